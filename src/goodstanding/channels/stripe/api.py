"""One request to Stripe, and what its failures mean to the caller."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config
from .vocabulary import API_VERSION

_KEY = re.compile(r"[A-Za-z0-9_]{8,255}")
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_MAIL = re.compile(r"[^\s@'\"]+@[^\s@'\"]+")
_SECRETS = re.compile(r"\b[sr]k_[A-Za-z0-9_*]+|\bwhsec_\S+")
_PERMISSION = re.compile(r"rak_[a-z0-9_]+")
#: Seconds to wait where Stripe asks to slow down without saying how long: https://docs.stripe.com/rate-limits
_SLOW_DOWN = 5.0

Form = list[tuple[str, str]]


def get(path: str, query: Mapping[str, Any], config: Config, http: Http) -> dict[str, Any]:
    """Read an object or a list."""
    encoded = form(query)
    return _call("GET", config.api_base + path + (f"?{urlencode(encoded)}" if encoded else ""), {}, b"", config, http)


def post(path: str, values: Mapping[str, Any], config: Config, http: Http, *, once: str) -> dict[str, Any]:
    """Write, at most once per ``once``: Stripe answers a repeated idempotency key with its first answer.

    It keeps keys for at least 24 hours, and repeats a first answer of 5xx as well: https://docs.stripe.com/api/idempotent_requests
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": once}
    return _call("POST", config.api_base + path, headers, urlencode(form(values)).encode(), config, http)


def upload(filename: str, media_type: str, content: bytes, config: Config, http: Http, *, once: str) -> str:
    """Upload a file as dispute evidence; its ``file_…`` id."""
    # The boundary is fixed by key and content, so that a repeat sends the same bytes; no content can hold its own digest.
    boundary = hashlib.sha256(once.encode() + content).hexdigest()
    safe_name = re.sub(r"[^A-Za-z0-9._ -]", "_", filename)[:100] or "evidence"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe_name}"\r\nContent-Type: {media_type}\r\n\r\n'
    )
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": once}
    answer = _call("POST", f"{config.files_base}/v1/files", headers, body, config, http)
    file_id = answer.get("id")
    if answer.get("object") != "file" or not isinstance(file_id, str) or not _ID.fullmatch(file_id):
        raise Unavailable("Stripe answered the upload without a file id; try again", code="unreadable_answer")
    return file_id


def pages(
    path: str, query: Mapping[str, Any], config: Config, http: Http, *, limit: int = 500
) -> Iterator[dict[str, Any]]:
    """The objects of a list, newest first, over at most ``limit`` pages of 100."""
    after = ""
    for _ in range(limit):
        answer = get(path, {**query, "limit": 100, **({"starting_after": after} if after else {})}, config, http)
        items = answer.get("data")
        if not isinstance(items, list):
            raise Unavailable(f"GET {path}: Stripe answered without a list; try again", code="unreadable_answer")
        yield from (item for item in items if isinstance(item, dict))
        last = items[-1].get("id") if items and isinstance(items[-1], dict) else None
        if not answer.get("has_more") or not isinstance(last, str) or last == after:
            return
        after = last


def form(values: Mapping[str, Any]) -> Form:
    """Stripe's nested form fields: ``{"evidence": {"receipt": "f"}}`` becomes ``evidence[receipt]=f``; lists are numbered."""
    return [pair for key, value in values.items() for pair in _fields(key, value)]


def identifier(value: str) -> str:
    """A Stripe id that is safe in a path."""
    if not _ID.fullmatch(value):
        raise Refused(f"{value[:60]!r} is no Stripe identifier", code="bad_identifier")
    return quote(value)


def _fields(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _fields(f"{key}[{name}]", item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _fields(f"{key}[{index}]", item)
    else:
        yield key, ("true" if value else "false") if isinstance(value, bool) else str(value)


def _call(method: str, url: str, headers: dict[str, str], body: bytes, config: Config, http: Http) -> dict[str, Any]:
    key = config.api_key.strip()
    if not _KEY.fullmatch(key):
        raise Refused(
            "no usable Stripe key is set: enter the restricted key (rk_…) of this account",
            code="no_key" if not key else "key_malformed",
        )
    headers = {**headers, "Authorization": f"Bearer {key}", "Stripe-Version": API_VERSION}
    where = f"{method} {httpx.URL(url).path}"
    try:
        response = http.request(method, url, headers=headers, content=body or None)
    except httpx.TimeoutException as error:
        raise Unavailable(f"{where}: Stripe did not answer in time; try again", code=_timeout_code(error)) from None
    except httpx.TransportError as error:
        raise Unavailable(
            f"{where}: no connection to Stripe ({type(error).__name__}); try again", code="unreachable"
        ) from None
    return _answer(response, where)


def _timeout_code(error: httpx.TimeoutException) -> str:
    never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
    return "connect_timeout" if never_sent else "timeout"


def _answer(response: httpx.Response, where: str) -> dict[str, Any]:
    status = response.status_code
    if status == 429:
        raise Unavailable(
            f"{where}: Stripe asks to slow down", code="rate_limited", retry_after=_retry_after(response) or _SLOW_DOWN
        )
    if status >= 500 or status == 409:
        raise Unavailable(
            f"{where}: Stripe answered {status}; try again", code=f"http_{status}", retry_after=_retry_after(response)
        )
    answer = _json(response)
    if 200 <= status < 300:
        if answer is None:
            raise Unavailable(f"{where}: Stripe answered {status} without a JSON object", code="unreadable_answer")
        return answer
    error = (answer or {}).get("error")
    raise _refusal(status, error if isinstance(error, dict) else {}, where)


def _refusal(status: int, error: Mapping[str, Any], where: str) -> Refused:
    message = str(error.get("message") or "")
    if status == 401:
        return Refused(
            f"{where}: Stripe does not accept the key; make a new restricted key and enter it", code="key_invalid"
        )
    if status == 403:
        needed = _PERMISSION.search(message)
        return Refused(
            f"{where}: the key lacks a permission{f' ({needed[0]})' if needed else ''}; allow it in Stripe",
            code="permission_missing",
        )
    code = str(error.get("code") or error.get("type") or f"http_{status}")[:100]
    param = f", field {str(error['param'])[:100]}" if error.get("param") else ""
    said = _SECRETS.sub("***", _MAIL.sub("***", message))[:200]
    return Refused(f"{where}: Stripe refused ({status} {code}{param}): {said}", code=code)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
