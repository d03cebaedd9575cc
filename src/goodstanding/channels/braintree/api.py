"""One request to Braintree's XML API, and what its failures mean to the caller."""

from __future__ import annotations

import re
from typing import Any

import httpx

from goodstanding.contract import Http, Refused, Unavailable, Unreadable

from .config import Config
from .xml import read_xml

#: The version of the XML API that the official libraries ask for.
API_VERSION = "6"
_WORD = re.compile(r"[\x21-\x7e]{1,255}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_MAIL = re.compile(r"[^\s@'\"]+@[^\s@'\"]+\.[^\s@'\"]+")
_SLOW_DOWN = 10.0


def call(
    method: str, path: str, config: Config, http: Http, *, body: bytes = b"", media_type: str = "application/xml"
) -> dict[str, Any]:
    """The answer's XML as a dict; an empty answer is an empty dict. Raises Refused where asking again is useless, Unavailable where not."""
    public, private = credentials(config)
    headers = {"Accept": "application/xml", "X-ApiVersion": API_VERSION}
    if body or media_type != "application/xml":
        headers["Content-Type"] = media_type
    where = f"{method} {path.partition('?')[0]}"
    url = f"{config.url}/merchants/{identifier(config.merchant_id.strip())}{path}"
    try:
        response = http.request(method, url, headers=headers, content=body or None, auth=(public, private), timeout=60)
    except httpx.TimeoutException as error:
        never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        raise Unavailable(
            f"{where}: Braintree did not answer in time; try again", code="connect_timeout" if never_sent else "timeout"
        ) from None
    except httpx.TransportError as error:
        never_sent = isinstance(error, httpx.ConnectError)
        raise Unavailable(
            f"{where}: no connection to Braintree ({type(error).__name__}); try again",
            code="no_connection" if never_sent else "unreachable",
        ) from None
    return _answer(response, where, config)


def credentials(config: Config) -> tuple[str, str]:
    """Public and private key. Raises Refused where they cannot be used."""
    public, private = config.public_key.strip(), config.private_key.strip()
    if not _WORD.fullmatch(public) or not _WORD.fullmatch(private):
        raise Refused(
            "public and private key are not both set, or hold other characters than Braintree's", code="no_key"
        )
    return public, private


def identifier(value: str) -> str:
    """A Braintree id that is safe in a path."""
    if not _ID.fullmatch(value):
        raise Refused(f"{value[:60]!r} is no Braintree identifier", code="bad_identifier")
    return value


def _answer(response: httpx.Response, where: str, config: Config) -> dict[str, Any]:
    status = response.status_code
    if status == 429:
        wait = retry_after(response) or _SLOW_DOWN
        raise Unavailable(f"{where}: Braintree asks to slow down", code="rate_limited", retry_after=wait)
    if status >= 500 or status == 408:
        raise Unavailable(
            f"{where}: Braintree answered {status}; try again", code=f"http_{status}", retry_after=retry_after(response)
        )
    if status == 401:
        raise Refused(
            f"{where}: Braintree does not accept the keys (or they are of the other environment); enter them anew",
            code="key_invalid",
        )
    if status == 403:
        raise Refused(
            f"{where}: the key's user lacks the right to disputes; allow it in the user's role",
            code="permission_missing",
        )
    if status == 404:
        raise Refused(f"{where}: Braintree knows no such thing on this merchant", code="resource_missing")
    return _content(response, where, config)


def _content(response: httpx.Response, where: str, config: Config) -> dict[str, Any]:
    status = response.status_code
    if 200 <= status < 300 and not response.content.strip():
        return {}
    try:
        answer = read_xml(response.content)
    except Unreadable:
        if 200 <= status < 300:
            raise Unavailable(
                f"{where}: Braintree answered {status} without readable XML", code="unreadable_answer"
            ) from None
        raise Refused(f"{where}: Braintree refused ({status})", code=f"http_{status}") from None
    if "api_error_response" in answer:
        raise _refusal(answer["api_error_response"], status, where, config)
    if not 200 <= status < 300:
        raise Refused(f"{where}: Braintree refused ({status})", code=f"http_{status}")
    return answer


def _refusal(error: Any, status: int, where: str, config: Config) -> Refused:
    """Braintree's own error, whatever the HTTP status: ``message`` and the codes in ``errors``."""
    message = str(error.get("message") or "") if isinstance(error, dict) else ""
    code = next(iter(_codes(error)), f"http_{status}")
    return Refused(f"{where}: Braintree refused ({status} {code}): {scrubbed(message, config)}", code=code)


def _codes(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["code"]] if isinstance(value.get("code"), str) and re.fullmatch(r"\d{4,6}", value["code"]) else []
        return [*own, *(code for item in value.values() for code in _codes(item))]
    return [code for item in value for code in _codes(item)] if isinstance(value, list) else []


def scrubbed(text: str, config: Config) -> str:
    """Without the keys and without addresses."""
    for secret in (config.private_key.strip(), config.public_key.strip()):
        text = text.replace(secret, "***") if secret else text
    return _MAIL.sub("***", text)[:300]


def retry_after(response: httpx.Response) -> float | None:
    """Seconds, where the answer names them."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
