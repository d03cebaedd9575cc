"""One request to Klarna, and what its failures mean to the caller.

Key and form: https://docs.klarna.com/api/authentication. Addresses: Payment Dispute API v4.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config

#: The form says for which environment a key is, and nothing of what it allows.
_KEY = re.compile(r"klarna_(live|test)_[\x21-\x7e]{4,1000}")
_ID = re.compile(r"[A-Za-z0-9:_\-]{1,255}")
_SECRETS = re.compile(r"\bklarna_\w+|[^\s@'\"]+@[^\s@'\"]+")
_HOSTS = {"live": "https://api-global.klarna.com", "test": "https://api-global.test.klarna.com"}
DISPUTES = "/v4/payment/disputes"


def environment(config: Config) -> str:
    """``live`` or ``test``, by the key's form. Raises Refused where there is no key, or none of Klarna's form."""
    key = config.api_key.strip()
    found = _KEY.fullmatch(key)
    if not found:
        raise Refused(
            "no usable API key is set: enter one that starts with klarna_live_ or klarna_test_",
            code="key_malformed" if key else "no_key",
        )
    return found[1]


def of_dispute(dispute_id: str) -> str:
    """The address of a dispute."""
    if not _ID.fullmatch(dispute_id):
        raise Refused(f"{dispute_id[:60]!r} is no identifier of Klarna", code="bad_identifier")
    return f"{DISPUTES}/{quote(dispute_id, safe=':')}"


def get(path: str, config: Config, http: Http) -> dict[str, Any]:
    """Read an object."""
    return _call("GET", path, {}, b"", config, http)


def post(path: str, values: Mapping[str, Any], config: Config, http: Http) -> dict[str, Any]:
    """Write, with a JSON body."""
    body = json.dumps(values).encode(errors="replace")
    return _call("POST", path, {"Content-Type": "application/json"}, body, config, http)


def upload(path: str, filename: str, media_type: str, content: bytes, config: Config, http: Http) -> str:
    """Upload an attachment; its id."""
    boundary = hashlib.sha256(content).hexdigest()  # no content can hold its own digest
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    made = _call("POST", path, headers, body, config, http).get("payment_dispute_attachment_id")
    if not isinstance(made, str) or not made:
        raise Unavailable("upload: Klarna answered without an attachment's id; try again", code="unreadable_answer")
    return made


def _call(method: str, path: str, headers: dict[str, str], body: bytes, config: Config, http: Http) -> dict[str, Any]:
    base = config.api_base or _HOSTS[environment(config)]
    headers = {**headers, "Authorization": f"Basic {config.api_key.strip()}"}
    where = f"{method} {path.partition('?')[0]}"
    try:
        response = http.request(method, base + path, headers=headers, content=body or None, follow_redirects=False)
    except httpx.TimeoutException as error:
        never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        code = "connect_timeout" if never_sent else "timeout"
        raise Unavailable(f"{where}: Klarna did not answer in time; try again", code=code) from None
    except httpx.ConnectError as error:
        raise Unavailable(f"{where}: no connection to Klarna ({error}); try again", code="connect_failed") from None
    except httpx.TransportError as error:
        raise Unavailable(
            f"{where}: the connection to Klarna broke ({type(error).__name__}); try again", code="unreachable"
        ) from None
    return _answer(response, where)


def _answer(response: httpx.Response, where: str) -> dict[str, Any]:
    status, answer = response.status_code, _json(response)
    if status == 429:
        raise Unavailable(
            f"{where}: Klarna asks to slow down", code="rate_limited", retry_after=_retry_after(response) or 5.0
        )
    if status >= 500:
        raise Unavailable(
            f"{where}: Klarna answered {status}; try again", code=f"http_{status}", retry_after=_retry_after(response)
        )
    # An error has ``error_code``; a dispute has none. HTTP 200 alone proves nothing.
    if 200 <= status < 300 and not (answer and answer.get("error_code")):
        if answer is None:
            raise Unavailable(f"{where}: Klarna answered {status} without a JSON object", code="unreadable_answer")
        return answer
    raise _refusal(status, answer or {}, where)


_REFUSALS = {
    401: ("key_invalid", "the API key is not accepted; make or enter a new one, and check live or test"),
    403: ("permission_missing", "the key may not do this; ask Klarna to allow disputes for it"),
    404: ("resource_missing", "there is no such thing in this account; check the dispute's id"),
    409: ("not_open", "the dispute's state does not allow this now; read it in Klarna"),
}


def _refusal(status: int, answer: Mapping[str, Any], where: str) -> Refused:
    code, remedy = _REFUSALS.get(status, (str(answer.get("error_code") or f"http_{status}")[:60].lower(), "see it"))
    said = _SECRETS.sub("***", str(answer.get("error_message") or ""))[:200]
    return Refused(f"{where}: Klarna refused ({status}): {remedy}. It said {said!r}", code=code)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
