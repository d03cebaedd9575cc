"""One signed JSON message to an address of the merchant's own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlsplit, urlunsplit

from goodstanding.asking import post
from goodstanding.contract import Http, Message, Refused

from .config import Config

WHO = "webhook"
LEAST_SECRET = 16


def send(message: Message, config: Config, http: Http) -> None:
    """Any 2xx means that it was taken. Raises Refused or Unavailable."""
    if len(config.sign_secret) < LEAST_SECRET:
        raise Refused(f"{WHO}: the signing secret needs {LEAST_SECRET} characters or more", code="weak_secret")
    body = json.dumps(payload(message), ensure_ascii=False).encode()
    stamp = str(int(time.time()))
    headers = {"GoodStanding-Timestamp": stamp, "GoodStanding-Signature": signature(stamp, body, config.sign_secret)}
    post(http, _address(config), body, who=WHO, headers=headers)


def signature(stamp: str, body: bytes, secret: str) -> str:
    """``v1=`` and the hex HMAC-SHA256 of ``timestamp.body``."""
    return "v1=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def payload(message: Message) -> dict[str, object]:
    return {
        "version": 1,
        "title": message.title,
        "lines": list(message.lines),
        "url": message.url,
        "due_at": message.due_at.isoformat() if message.due_at else None,
        "urgent": message.urgent,
    }


def _address(config: Config) -> str:
    """https only. That it leads out of this network is seen to by the client that is handed in."""
    try:
        parts = urlsplit(config.webhook_url.strip())
        good = parts.scheme == "https" and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise Refused(f"{WHO}: the address must be https without a user name; correct it", code="bad_address")
    return (
        config.api_base.rstrip("/") + urlunsplit(("", "", parts.path, parts.query, ""))
        if config.api_base
        else parts.geturl()
    )
