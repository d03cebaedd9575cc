"""One Markdown message to a WeCom group. HTTP 200 with an ``errcode`` other than 0 is a failure.

https://developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

from goodstanding.asking import address, post, said
from goodstanding.contract import Http, Message, Refused, Unavailable
from goodstanding.contract.notifier import clipped

from .config import Config

WHO = "WeCom"
MOST_BYTES = 4096  # of UTF-8, the whole Markdown text
_LATER = (-1, 45009, 45011)
_REMEDIES = {
    93000: ("key_invalid", "the robot was removed or its address is wrong; enter it anew"),
    93008: ("key_invalid", "the robot is not in the group any more; add one and enter its address"),
}


def send(message: Message, config: Config, http: Http) -> None:
    """Raises Refused or Unavailable where the message was not taken."""
    url = address(config.webhook_url, hosts=r"qyapi\.weixin\.qq\.com", who=WHO, base=config.api_base)
    payload = {"msgtype": "markdown", "markdown": {"content": markdown(message)}}
    answer = said(post(http, url, payload, who=WHO), who=WHO)
    code = answer.get("errcode")
    if code == 0:
        return
    text = f"{WHO}: {code}: {str(answer.get('errmsg', ''))[:160]}"
    if code in _LATER:
        raise Unavailable(f"{text}; it will be tried again", code="rate_limited", retry_after=60.0)
    name, remedy = _REMEDIES.get(code if isinstance(code, int) else 0, (f"errcode_{code}", "see what it says"))
    raise Refused(f"{text}; {remedy}", code=name)


def markdown(message: Message) -> str:
    """Title, lines and link; the lines give way where all of it is too long, the link stays."""
    colour = "warning" if message.urgent else "info"
    head = f'### <font color="{colour}">{clipped(message.title, 200)}</font>\n'
    foot = f"\n[{message.button}]({message.url})" if message.url else ""
    return head + message.body(MOST_BYTES - len((head + foot).encode())) + foot
