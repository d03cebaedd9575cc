"""One request to Square, and what its failures mean to the caller. HTTP 200 proves nothing: ``errors`` may stand inside."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config
from .vocabulary import API_VERSION

_TOKEN = re.compile(r"[\x21-\x7e]{8,1000}")
_ID = re.compile(r"[A-Za-z0-9_\-]{1,192}")
_SECRETS = re.compile(r"\bEAAA\S+|[^\s@'\"]+@[^\s@'\"]+")
_HOSTS = {"live": "https://connect.squareup.com", "sandbox": "https://connect.squareupsandbox.com"}


def get(path: str, query: Mapping[str, str], config: Config, http: Http) -> dict[str, Any]:
    """Read an object or a page."""
    return _call("GET", path + (f"?{urlencode(query)}" if query else ""), {}, b"", config, http)


def post(path: str, values: Mapping[str, Any], config: Config, http: Http) -> dict[str, Any]:
    """Write, with a JSON body; ``idempotency_key`` in it makes a repeat the same act."""
    body = json.dumps(values).encode(errors="replace") if values else b""
    return _call("POST", path, {"Content-Type": "application/json"}, body, config, http)


def delete(path: str, config: Config, http: Http) -> None:
    """Take something away."""
    _call("DELETE", path, {}, b"", config, http)


def upload(
    path: str, values: Mapping[str, str], filename: str, media_type: str, content: bytes, config: Config, http: Http
) -> dict[str, Any]:
    """Upload a file with its particulars, as multipart parts ``request`` and ``image_file``."""
    boundary = hashlib.sha256(content).hexdigest()  # no content can hold its own digest
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="request"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n'
        f"{json.dumps(values)}\r\n--{boundary}\r\n"
        f'Content-Disposition: form-data; name="image_file"; filename="{filename}"\r\nContent-Type: {media_type}\r\n\r\n'
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return _call("POST", path, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body, config, http)


def identifier(value: str) -> str:
    """An id of Square's that is safe in a path."""
    if not _ID.fullmatch(value):
        raise Refused(f"{value[:60]!r} is no identifier of Square", code="bad_identifier")
    return value


def _call(method: str, path: str, headers: dict[str, str], body: bytes, config: Config, http: Http) -> dict[str, Any]:
    token = config.access_token.strip()
    if not _TOKEN.fullmatch(token):
        raise Refused(
            "no usable access token is set: enter an OAuth token with dispute scopes",
            code="key_malformed" if token else "no_key",
        )
    base = config.api_base or _HOSTS.get(config.environment, _HOSTS["live"])
    headers = {**headers, "Authorization": f"Bearer {token}", "Square-Version": API_VERSION}
    where = f"{method} {path.partition('?')[0]}"
    try:
        response = http.request(method, base + path, headers=headers, content=body or None, follow_redirects=False)
    except httpx.TimeoutException as error:
        never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        code = "connect_timeout" if never_sent else "timeout"
        raise Unavailable(f"{where}: Square did not answer in time; try again", code=code) from None
    except httpx.ConnectError as error:
        raise Unavailable(f"{where}: no connection to Square ({error}); try again", code="connect_failed") from None
    except httpx.TransportError as error:
        raise Unavailable(
            f"{where}: the connection to Square broke ({type(error).__name__}); try again", code="unreachable"
        ) from None
    return _answer(response, where)


def _answer(response: httpx.Response, where: str) -> dict[str, Any]:
    status, answer = response.status_code, _json(response)
    errors = answer.get("errors") if answer else None
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    category = str(first.get("category") or "")
    if status == 429 or category == "RATE_LIMIT_ERROR":
        raise Unavailable(
            f"{where}: Square asks to slow down", code="rate_limited", retry_after=_retry_after(response) or 5.0
        )
    if status >= 500 or category == "API_ERROR":
        code = f"http_{status}" if status >= 500 else "server_error"
        raise Unavailable(
            f"{where}: Square answered {status} {first.get('code') or ''}; try again",
            code=code,
            retry_after=_retry_after(response),
        )
    if 200 <= status < 300 and not errors:
        if answer is None:
            raise Unavailable(f"{where}: Square answered {status} without a JSON object", code="unreadable_answer")
        return answer
    raise _refusal(status, first, where)


def _refusal(status: int, error: Mapping[str, Any], where: str) -> Refused:
    code = str(error.get("code") or f"HTTP_{status}")[:100]
    if status == 401 or code in ("UNAUTHORIZED", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_REVOKED"):
        return Refused(
            f"{where}: Square does not accept the token ({code}); authorise anew and check the environment",
            code="key_invalid",
        )
    if status == 403 or code == "INSUFFICIENT_SCOPES":
        return Refused(
            f"{where}: the token lacks a permission; authorise with DISPUTES_READ, and DISPUTES_WRITE to submit",
            code="permission_missing",
        )
    field = f", field {str(error['field'])[:100]}" if error.get("field") else ""
    said = _SECRETS.sub("***", str(error.get("detail") or ""))[:200]
    return Refused(
        f"{where}: Square refused ({status} {code}{field}): {said}",
        code="resource_missing" if status == 404 else code.lower(),
    )


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
