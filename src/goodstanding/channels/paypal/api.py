"""One request to PayPal, and what its failures mean to the caller."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config

_ID = re.compile(r"[A-Za-z0-9-]{1,255}")
_WORD = re.compile(r"[\x21-\x7e]{8,400}")
_MAIL = re.compile(r"[^\s@'\"]+@[^\s@'\"]+\.[^\s@'\"]+")
_SLOW_DOWN = 10.0
_ERROR_FIELDS = ("name", "message")


@dataclass(frozen=True, kw_only=True)
class Session:
    """A token of the app, for one piece of work."""

    config: Config
    http: Http
    token: str
    scopes: tuple[str, ...]
    app: str

    @classmethod
    def open(cls, config: Config, http: Http) -> Session:
        """Ask for a token: https://developer.paypal.com/api/rest/authentication. Raises Refused or Unavailable."""
        if not _WORD.fullmatch(config.client_id.strip()) or not _WORD.fullmatch(config.client_secret.strip()):
            raise Refused(
                "client id and secret of the PayPal app are not both set, or hold other characters than PayPal's",
                code="no_key",
            )
        request = {
            "auth": (config.client_id.strip(), config.client_secret.strip()),
            "headers": {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            "content": b"grant_type=client_credentials",
        }
        answer = _call(http, "POST", f"{config.url}/v1/oauth2/token", request, config)
        token = answer.get("access_token")
        if not isinstance(token, str) or (
            not _WORD.fullmatch(token) and not re.fullmatch(r"[\x21-\x7e]{8,8000}", token)
        ):
            raise Unavailable("PayPal answered without an access token; try again", code="unreadable_answer")
        scopes = str(answer.get("scope") or "").split()
        return cls(
            config=config, http=http, token=token, scopes=tuple(scopes), app=str(answer.get("app_id") or "")[:60]
        )

    def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Read an object or a list."""
        return self._send("GET", path, {"params": dict(query or {})}, {})

    def post(self, path: str, body: bytes, media_type: str, *, once: str = "") -> dict[str, Any]:
        """Write. An error inside an answer of 2xx is a refusal."""
        extra = {"Content-Type": media_type, **({"PayPal-Request-Id": once} if once else {})}
        answer = self._send("POST", path, {"content": body}, extra)
        if all(isinstance(answer.get(field), str) for field in _ERROR_FIELDS) and "dispute_id" not in answer:
            raise _refusal(200, answer, f"POST {path}", self.config)
        return answer

    def _send(self, method: str, path: str, content: dict[str, Any], extra: Mapping[str, str]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **extra}
        return _call(self.http, method, self.config.url + path, {**content, "headers": headers}, self.config)


def identifier(value: str) -> str:
    """A dispute's id that is safe in a path."""
    if not _ID.fullmatch(value):
        raise Refused(f"{value[:60]!r} is no PayPal dispute id", code="bad_identifier")
    return quote(value)


def _call(http: Http, method: str, url: str, request: dict[str, Any], config: Config) -> dict[str, Any]:
    where = f"{method} {httpx.URL(url).path}"
    try:
        response = http.request(method, url, timeout=30, **request)
    except httpx.TimeoutException as error:
        never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        raise Unavailable(
            f"{where}: PayPal did not answer in time; try again", code="connect_timeout" if never_sent else "timeout"
        ) from None
    except httpx.TransportError as error:
        never_sent = isinstance(error, httpx.ConnectError)
        raise Unavailable(
            f"{where}: no connection to PayPal ({type(error).__name__}); try again",
            code="no_connection" if never_sent else "unreachable",
        ) from None
    status = response.status_code
    if status == 429:
        wait = _retry_after(response) or _SLOW_DOWN
        raise Unavailable(f"{where}: PayPal asks to slow down", code="rate_limited", retry_after=wait)
    if status >= 500:
        raise Unavailable(
            f"{where}: PayPal answered {status}; try again", code=f"http_{status}", retry_after=_retry_after(response)
        )
    answer = _json(response)
    if 200 <= status < 300:
        if answer is None:
            raise Unavailable(f"{where}: PayPal answered {status} without a JSON object", code="unreadable_answer")
        return answer
    raise _refusal(status, answer or {}, where, config)


def _refusal(status: int, error: Mapping[str, Any], where: str, config: Config) -> Refused:
    if status == 401:
        return Refused(
            f"{where}: PayPal does not accept the app's id and secret (or they are of the other environment); enter them anew",
            code="key_invalid",
        )
    if status == 403:
        return Refused(
            f"{where}: the app lacks the scope; switch on Disputes among its features in PayPal",
            code="permission_missing",
        )
    code = re.sub(r"[^A-Za-z0-9_.-]", "", str(error.get("name") or error.get("error") or ""))[:60] or f"http_{status}"
    issues = [str(item.get("issue") or item.get("description") or "") for item in _details(error)]
    said = "; ".join(filter(None, [str(error.get("message") or error.get("error_description") or ""), *issues]))
    return Refused(f"{where}: PayPal refused ({status} {code}): {_scrubbed(said, config)}", code=code)


def _details(error: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = error.get("details")
    return [item for item in found[:5] if isinstance(item, Mapping)] if isinstance(found, list) else []


def _scrubbed(text: str, config: Config) -> str:
    for secret in (config.client_secret.strip(), config.client_id.strip()):
        text = text.replace(secret, "***") if secret else text
    return _MAIL.sub("***", text)[:300]


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
