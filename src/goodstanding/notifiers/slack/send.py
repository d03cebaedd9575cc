"""One message to a Slack channel. The answer is the word ``ok``; errors have a status and a word of their own.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from goodstanding.asking import address, post
from goodstanding.contract import Http, Message, Refused
from goodstanding.contract.notifier import clipped

from .config import Config

WHO = "Slack"
MOST_BYTES = 2_900  # a section may have 3 000 characters; bytes are never fewer


def send(message: Message, config: Config, http: Http) -> None:
    """Raises Refused or Unavailable where the message was not taken."""
    url = address(config.webhook_url, hosts=r"hooks\.slack(-gov)?\.com", who=WHO, base=config.api_base)
    answer = post(http, url, blocks(message), who=WHO).text.strip()
    if answer != "ok":
        raise Refused(f"{WHO}: did not take the message: {answer[:120]!r}", code="not_taken")


def blocks(message: Message) -> dict[str, object]:
    """``text`` is what a phone shows; the blocks are what the channel shows."""
    shown: list[dict[str, object]] = [
        {"type": "header", "text": {"type": "plain_text", "text": clipped(message.title, 150)}},
        {"type": "section", "text": {"type": "mrkdwn", "text": _escaped(message.body(MOST_BYTES))}},
    ]
    if message.url:
        label = {"type": "plain_text", "text": clipped(message.button, 75)}
        shown.append({"type": "actions", "elements": [{"type": "button", "text": label, "url": message.url}]})
    return {"text": _escaped(message.title), "blocks": shown}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
