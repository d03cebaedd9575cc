"""One adaptive card to a Teams channel.

Workflows answers 202 with nothing; the older webhook answers 200 with ``1``, or with an error's text under 200.
https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
"""

from __future__ import annotations

from goodstanding.asking import address, post
from goodstanding.contract import Http, Message, Refused, Unavailable

from .config import Config

WHO = "Teams"
MOST_BYTES = 24_000  # a message may have 28 KB with its wrapping
_HOSTS = r"([a-z0-9-]+\.)+(logic\.azure\.com|api\.powerplatform\.com|webhook\.office\.com)"


def send(message: Message, config: Config, http: Http) -> None:
    """Raises Refused or Unavailable where the message was not taken."""
    url = address(config.webhook_url, hosts=_HOSTS, who=WHO, base=config.api_base)
    answer = post(http, url, card(message), who=WHO)
    text = answer.text.strip()
    if answer.status_code == 202 or text in ("", "1"):
        return
    if "429" in text:  # the older webhook says so in the text of a 200
        raise Unavailable(f"{WHO}: asks to slow down; it will be tried again", code="rate_limited", retry_after=60.0)
    raise Refused(f"{WHO}: did not take the message: {text[:120]!r}", code="not_taken")


def card(message: Message) -> dict[str, object]:
    """The card as both kinds of webhook take it."""
    colour = "attention" if message.urgent else "default"
    title = {
        "type": "TextBlock",
        "text": message.title,
        "weight": "bolder",
        "size": "medium",
        "wrap": True,
        "color": colour,
    }
    content: dict[str, object] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [title, {"type": "TextBlock", "text": message.body(MOST_BYTES, joint="\n\n"), "wrap": True}],
    }
    if message.url:
        content["actions"] = [{"type": "Action.OpenUrl", "title": message.button, "url": message.url}]
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attached]}
