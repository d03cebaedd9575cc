"""One signed call: the signature is the HMAC of the exact text that is sent.

Not documented in public; taken from clients that agree with one another, and unconfirmed by the vendor.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from goodstanding.asking import call, patient
from goodstanding.contract import Http, Refused, Unavailable

from .config import Config

GATEWAY = "https://gwapi.mabangerp.com/api/v2"


def ask(api: str, data: Mapping[str, Any], config: Config, http: Http) -> Mapping[str, Any]:
    """The ``data`` of a good answer. HTTP 200 with another ``code`` than 200 is a refusal."""
    return patient(lambda: _ask(api, data, config, http))


def sign(body: bytes, token: str) -> str:
    """``Authorization``: lower-case hex HMAC-SHA256 of the body under the app's token."""
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def _ask(api: str, data: Mapping[str, Any], config: Config, http: Http) -> Mapping[str, Any]:
    key, token = config.app_key.strip(), config.app_token.strip()
    if not key or not token:
        raise Refused("马帮: no key is set: enter AppKey and App token", code="no_key")
    message = {"api": api, "appkey": key, "data": dict(data), "timestamp": int(time.time()), "version": "1"}
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = {"Content-Type": "application/json", "Authorization": sign(body, token)}
    answer = call(http, "POST", config.api_base or GATEWAY, who="马帮", headers=headers, content=body)
    if not isinstance(answer, dict):
        raise Unavailable("马帮: an answer that is no object; it will be tried again", code="unreadable_answer")
    code, said = str(answer.get("code") or ""), str(answer.get("message") or "")[:200]
    if code in ("429", "500", "502", "503"):
        raise Unavailable(f"马帮 {api}: {code} {said}; it will be tried again", code=f"mabang_{code}")
    if code != "200":
        raise Refused(
            f"马帮 {api}: refused ({code}): {said}; check AppKey, App token, this machine's clock and the interface's permission",
            code="key_invalid" if code in ("401", "403") else f"mabang_{code}",
        )
    found = answer.get("data")
    if not isinstance(found, dict):
        raise Unavailable(f"马帮 {api}: an answer without data; it will be tried again", code="unreadable_answer")
    return found
