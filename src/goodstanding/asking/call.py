"""A request, its answer as JSON, or an error that says who has to act."""

from __future__ import annotations

import json
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from goodstanding.contract import Http, Refused, Unavailable

T = TypeVar("T")
_SECRET = re.compile(r"\b(?:ck|cs|shp[a-z]{2}|sk|rk)_\w+|[^\s@'\"]+@[^\s@'\"]+")
_MAX_ANSWER = 40 * 2**20
#: Seconds before the first repetition, doubled for each further one; never longer than the last.
FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0


def call(
    http: Http,
    method: str,
    url: str,
    *,
    who: str,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> Any:
    """The decoded JSON of a 2xx answer. Raises Unavailable (429, 5xx, no answer) or Refused (everything else)."""
    where = f"{who}: {method} {httpx.URL(url).path}"
    try:
        response = http.request(method, url, headers=dict(headers or {}), content=content, follow_redirects=False)
    except httpx.TimeoutException:
        raise Unavailable(f"{where}: no answer in time; it will be tried again", code="timeout") from None
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise _unreachable(where, error) from None
    return _answer(response, where, who)


def patient(ask: Callable[[], T], tries: int = 3) -> T:
    """``ask()``, again after a wait while it is Unavailable; the vendor's own waiting time counts. For reading only.

    A wait beyond LONGEST_WAIT is the caller's matter: the error goes on with its ``retry_after``.
    """
    for turn in range(tries):
        try:
            return ask()
        except Unavailable as error:
            backoff = FIRST_WAIT * 2**turn * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
            wait = backoff if error.retry_after is None else error.retry_after
            if turn == tries - 1 or wait > LONGEST_WAIT:
                raise
            time.sleep(wait)
    raise AssertionError("unreachable")


def _unreachable(where: str, error: Exception) -> Unavailable | Refused:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refused(f"{where}: its certificate is not valid: {cause.verify_message}", code="tls")
        cause = cause.__cause__ or cause.__context__
    return Unavailable(f"{where}: no connection ({type(error).__name__}); it will be tried again", code="unreachable")


def _answer(response: httpx.Response, where: str, who: str) -> Any:
    status = response.status_code
    if status == 429 or status >= 500:
        said = "asks to slow down" if status == 429 else f"answered {status}"
        raise Unavailable(
            f"{where}: {who} {said}; it will be tried again",
            code="rate_limited" if status == 429 else f"http_{status}",
            retry_after=retry_after(response.headers.get("Retry-After", "")),
        )
    if 300 <= status < 400:
        target = response.headers.get("Location", "")[:120]
        raise Refused(f"{where}: moved to {target}; enter that address instead", code="moved")
    if status >= 400:
        raise _refusal(response, where)
    if len(response.content) > _MAX_ANSWER:
        raise Unavailable(f"{where}: the answer is larger than {_MAX_ANSWER} bytes", code="unreadable_answer")
    try:
        return json.loads(response.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unavailable(
            f"{where}: a page instead of JSON ({status}); a firewall or cache may stand before it",
            code="unreadable_answer",
        ) from None


_REMEDIES = {
    401: ("key_invalid", "the key is not accepted or has expired; make a new one and enter it"),
    403: ("permission_missing", "the key lacks a permission, or a firewall stands before the interface"),
    404: ("not_found", "no such address; check the address and that the interface is switched on"),
}


def _refusal(response: httpx.Response, where: str) -> Refused:
    status = response.status_code
    said = _SECRET.sub("***", response.text[:2_000])[:200]
    code, remedy = _REMEDIES.get(status, (f"http_{status}", "see what it says"))
    if status == 401 and ("permission" in said or "authorized to access" in said):
        code, remedy = "permission_missing", "the key lacks a permission; allow it"
    return Refused(f"{where}: refused ({status}): {remedy}. It said {said!r}", code=code)


def retry_after(value: str) -> float | None:
    """Seconds from a ``Retry-After`` header: a number, or a date."""
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value.strip()):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
