"""One card to a Feishu or Lark group.

HTTP 200 with a ``code`` other than 0 is a failure. The signature's *key* is ``timestamp + "\\n" + secret`` and its message
is empty, in seconds: the other way round than DingTalk's.
https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time

from goodstanding.asking import address, post, said
from goodstanding.contract import Http, Message, Refused, Unavailable

from .config import Config

WHO = "Feishu"
MOST_BYTES = 16_000  # a request may have 20 KB with its wrapping
_HOSTS = r"open\.(feishu\.cn|larksuite\.com)"
#: Too fast, or busy: later it is taken.
_LATER = (9499, 11232, 11233)
_REMEDIES = {
    19001: ("key_invalid", "the robot was removed or its address changed; enter it anew"),
    19021: ("not_accepted", "the signature is refused; compare the signing secret and this machine's clock"),
    19022: ("not_accepted", "the robot's IP filter does not let us in"),
    19024: ("not_accepted", "the message lacks the robot's keyword; enter it"),
}


def send(message: Message, config: Config, http: Http) -> None:
    """Raises Refused or Unavailable where the message was not taken."""
    url = address(config.webhook_url, hosts=_HOSTS, who=WHO, base=config.api_base)
    payload = card(message, config.keyword)
    if config.sign_secret:
        stamp = str(int(time.time()))
        payload = {"timestamp": stamp, "sign": signature(stamp, config.sign_secret), **payload}
    answer = said(post(http, url, payload, who=WHO), who=WHO)
    code = answer.get("code", answer.get("StatusCode"))  # older robots answer StatusCode alone
    if code == 0:
        return
    text = f"{WHO}: {code}: {str(answer.get('msg', ''))[:160]}"
    if code in _LATER:
        raise Unavailable(f"{text}; it will be tried again", code="rate_limited", retry_after=60.0)
    name, remedy = _REMEDIES.get(code if isinstance(code, int) else 0, (f"code_{code}", "see what it says"))
    raise Refused(f"{text}; {remedy}", code=name)


def signature(stamp: str, secret: str) -> str:
    """Base64 of the HMAC of nothing."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def card(message: Message, keyword: str = "") -> dict[str, object]:
    """An interactive card; red where it is urgent. Angle brackets would be read as mentions and links."""
    text = re.sub(r"[<>]", "", message.body(MOST_BYTES))
    if keyword and keyword not in text and keyword not in message.title:
        text += f"\n{keyword}"
    elements: list[dict[str, object]] = [{"tag": "div", "text": {"tag": "lark_md", "content": text}}]
    if message.url:
        button = {
            "tag": "button",
            "text": {"tag": "plain_text", "content": message.button},
            "type": "primary",
            "url": message.url,
        }
        elements.append({"tag": "action", "actions": [button]})
    head = {
        "title": {"tag": "plain_text", "content": message.title},
        "template": "red" if message.urgent else "blue",
    }
    shown = {"config": {"wide_screen_mode": True}, "header": head, "elements": elements}
    return {"msg_type": "interactive", "card": shown}
