"""One request to Adyen, and what its failures mean to the caller."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config

_KEY = re.compile(r"[\x21-\x7e]{16,512}")
_MAIL = re.compile(r"[^\s@'\"]+@[^\s@'\"]+\.[^\s@'\"]+")
_SLOW_DOWN = 5.0
_READS = 30.0


def dispute_call(
    act: str, case_ref: str, values: Mapping[str, Any], config: Config, http: Http, *, once: str = ""
) -> dict[str, Any]:
    """One act of the Disputes API on one dispute. HTTP 200 with ``success: false`` inside is a refusal."""
    if not config.merchant_account.strip():
        raise Refused(
            "no merchant account code is set: enter it, as shown in the Customer Area", code="no_merchant_account"
        )
    body = {"disputePspReference": case_ref, "merchantAccountCode": config.merchant_account.strip(), **values}
    extra = {"Idempotency-Key": once} if once else {}
    answer = call("POST", f"{config.disputes_url}/{act}", body, config, http, extra)
    result = answer.get("disputeServiceResult")
    if not isinstance(result, dict) or not isinstance(result.get("success"), bool):
        raise Unavailable(f"{act}: Adyen answered without a result", code="unreadable_answer")
    if result["success"] is not True:
        said = _scrubbed(str(result.get("errorMessage") or "no reason given"), config)
        raise Refused(f"{act}: Adyen refused: {said}", code="not_accepted")
    return answer


def call(
    method: str, url: str, body: Mapping[str, Any] | None, config: Config, http: Http, extra: Mapping[str, str]
) -> dict[str, Any]:
    """The answer's JSON object. Raises Refused where asking again is useless, Unavailable where it is not."""
    key = config.api_key.strip()
    if not _KEY.fullmatch(key):
        raise Refused(
            "no usable Adyen API key is set: enter the key of a credential with the role API dispute management",
            code="key_malformed" if key else "no_key",
        )
    headers = {"X-API-Key": key, "Accept": "application/json", **extra}
    content = b""
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps(body).encode()
    where = f"{method} {httpx.URL(url).path}"
    try:
        response = http.request(method, url, headers=headers, content=content or None, timeout=_READS)
    except httpx.TimeoutException as error:
        never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        raise Unavailable(
            f"{where}: Adyen did not answer in time; try again", code="connect_timeout" if never_sent else "timeout"
        ) from None
    except httpx.TransportError as error:
        never_sent = isinstance(error, httpx.ConnectError)
        raise Unavailable(
            f"{where}: no connection to Adyen ({type(error).__name__}); try again",
            code="no_connection" if never_sent else "unreachable",
        ) from None
    return _answer(response, where, config)


def _answer(response: httpx.Response, where: str, config: Config) -> dict[str, Any]:
    status = response.status_code
    if status == 429:
        wait = _retry_after(response) or _SLOW_DOWN
        raise Unavailable(f"{where}: Adyen asks to slow down", code="rate_limited", retry_after=wait)
    if status >= 500:
        raise Unavailable(
            f"{where}: Adyen answered {status}; try again", code=f"http_{status}", retry_after=_retry_after(response)
        )
    answer = _json(response)
    if 200 <= status < 300:
        if answer is None:
            raise Unavailable(f"{where}: Adyen answered {status} without a JSON object", code="unreadable_answer")
        return answer
    raise _refusal(status, answer or {}, where, config)


def _refusal(status: int, error: Mapping[str, Any], where: str, config: Config) -> Refused:
    if status == 401:
        return Refused(f"{where}: Adyen does not accept the key; generate a new one and enter it", code="key_invalid")
    if status == 403:
        return Refused(
            f"{where}: the credential lacks the role API dispute management, or access to this merchant account; add it in Adyen",
            code="permission_missing",
        )
    code = re.sub(r"[^A-Za-z0-9_.-]", "", str(error.get("errorCode") or ""))[:40] or f"http_{status}"
    said = _scrubbed(str(error.get("message") or error.get("detail") or error.get("title") or ""), config)
    return Refused(f"{where}: Adyen refused ({status} {code}): {said}", code=code)


def _scrubbed(text: str, config: Config) -> str:
    return _MAIL.sub("***", text.replace(config.api_key.strip(), "***"))[:200]


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
