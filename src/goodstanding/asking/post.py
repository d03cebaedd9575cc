"""A message handed to an address that is itself the secret: no error says the address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .call import retry_after

_MAX_ANSWER = 64 * 1024
_REMEDIES = {
    400: ("bad_request", "it does not take this message"),
    401: ("key_invalid", "the address or its secret is not accepted; make a new one and enter it"),
    403: ("key_invalid", "the address or its secret is not accepted; make a new one and enter it"),
    404: ("gone", "the robot was removed; make a new one and enter its address"),
    410: ("gone", "the robot was removed; make a new one and enter its address"),
}


def address(text: str, *, hosts: str, who: str, base: str = "") -> str:
    """The webhook address a person entered, if it leads to one of the vendor's hosts (a pattern).

    ``base`` replaces scheme and host, for tests and for who runs a proxy. Raises Refused.
    """
    try:
        parts = urlsplit(text.strip())
        host, plain = parts.hostname or "", parts.port in (None, 443) and not parts.username
    except ValueError:
        host, plain, parts = "", False, urlsplit("")
    if parts.scheme != "https" or not plain or not re.fullmatch(hosts, host):
        raise Refused(f"this is no webhook address of {who}; copy it from the robot's page", code="bad_address")
    path = urlunsplit(("", "", parts.path, parts.query, ""))
    return (base.rstrip("/") if base else f"https://{host}") + path


def post(http: Http, url: str, payload: Any, *, who: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """The 2xx answer to a JSON payload (bytes are sent as they are). Raises Unavailable or Refused."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    sent = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    try:
        response = http.request("POST", url, headers=sent, content=content, follow_redirects=False)
    except httpx.TimeoutException:
        raise Unavailable(f"{who}: no answer in time; it will be tried again", code="timeout") from None
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise Unavailable(f"{who}: no connection ({type(error).__name__})", code="unreachable") from None
    status = response.status_code
    if status == 429 or status >= 500:
        raise Unavailable(
            f"{who}: {'asks to slow down' if status == 429 else f'answered {status}'}; it will be tried again",
            code="rate_limited" if status == 429 else f"http_{status}",
            retry_after=retry_after(response.headers.get("Retry-After", "")),
        )
    if status >= 300:
        code, remedy = _REMEDIES.get(status, (f"http_{status}", "see what it says"))
        raise Refused(f"{who}: refused ({status}): {remedy}. It said {response.text[:120]!r}", code=code)
    return response


def said(response: httpx.Response, *, who: str) -> dict[str, Any]:
    """The answer as a JSON object. Raises Unavailable where it is something else: a page of a firewall, say."""
    try:
        value = json.loads(response.content[:_MAX_ANSWER])
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Unavailable(
            f"{who}: something else than JSON came back; it will be tried again", code="unreadable_answer"
        )
    return value
