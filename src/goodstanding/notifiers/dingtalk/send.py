"""One card to a DingTalk group.

HTTP 200 with an ``errcode`` other than 0 is a failure. The signature is over ``timestamp + "\\n" + secret`` with the
secret as key, in milliseconds: https://open.dingtalk.com/document/robots/customize-robot-security-settings
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from urllib.parse import quote_plus

from goodstanding.asking import address, post, said
from goodstanding.contract import Http, Message, Refused, Unavailable

from .config import Config

WHO = "DingTalk"
MOST_BYTES = 18_000  # a message may have 20 000 with its wrapping
#: Sent too fast, or the system is busy: later it is taken.
_LATER = {-1: 60.0, 90018: 60.0, 90030: 60.0, 130101: 60.0, 410100: 60.0}
_REMEDIES = {
    300001: ("key_invalid", "the robot was removed or its token changed; enter its address anew"),
    310000: (
        "not_accepted",
        "the signing secret, keyword or IP filter does not fit; compare the robot's security settings",
    ),
    400101: ("key_invalid", "the token in the address is not known; enter the robot's address anew"),
}


def send(message: Message, config: Config, http: Http) -> None:
    """Raises Refused or Unavailable where the message was not taken."""
    url = address(config.webhook_url, hosts=r"oapi\.dingtalk\.com", who=WHO, base=config.api_base)
    if config.sign_secret:
        stamp = str(round(time.time() * 1000))
        url += f"&timestamp={stamp}&sign={quote_plus(signature(stamp, config.sign_secret))}"
    answer = said(post(http, url, card(message, config.keyword), who=WHO), who=WHO)
    code = answer.get("errcode")
    if code == 0:
        return
    text = f"{WHO}: {code}: {str(answer.get('errmsg', ''))[:160]}"
    if code in _LATER:
        raise Unavailable(f"{text}; it will be tried again", code="rate_limited", retry_after=_LATER[code])
    name, remedy = _REMEDIES.get(code if isinstance(code, int) else 0, (f"errcode_{code}", "see what it says"))
    raise Refused(f"{text}; {remedy}", code=name)


def signature(stamp: str, secret: str) -> str:
    """Base64, not yet encoded for a URL."""
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def card(message: Message, keyword: str = "") -> dict[str, object]:
    """An action card where there is a link, else Markdown. The keyword stands in the text, or the robot refuses it."""
    text = f"### {message.title}\n\n" + message.body(MOST_BYTES, joint="\n\n")
    if keyword and keyword not in text:
        text += f"\n\n{keyword}"
    if not message.url:
        return {"msgtype": "markdown", "markdown": {"title": message.title, "text": text}}
    shown = {"title": message.title, "text": text, "singleTitle": message.button, "singleURL": message.url}
    return {"msgtype": "actionCard", "actionCard": shown}
