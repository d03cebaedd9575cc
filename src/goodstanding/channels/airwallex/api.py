"""One operation's talk with Airwallex, and what failures mean to the caller.

Addresses: official library ``@airwallex/node-sdk`` 2.1.0-beta.5; the files' host: Airwallex's File Service. No
``x-api-version`` is sent, so the account's own version applies.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config

_KEY = re.compile(r"[\x21-\x7e]{4,1000}")
_ID = re.compile(r"[A-Za-z0-9_.\-]{1,120}")
_SECRETS = re.compile(r"\beyJ\S+|[^\s@'\"]+@[^\s@'\"]+|\b[0-9a-f]{40,}\b")
_HOSTS = {"live": "https://api.airwallex.com", "sandbox": "https://api-demo.airwallex.com"}
_FILE_HOSTS = {"live": "https://files.airwallex.com", "sandbox": "https://files-demo.airwallex.com"}
_DISPUTES = "/api/v1/pa/payment_disputes"


class Account:
    """An Airwallex account under the connection's key. Its token is asked for once in an operation and not kept."""

    def __init__(self, config: Config, http: Http) -> None:
        self._config, self._http, self._token = config, http, ""

    def disputes(self, query: Mapping[str, str]) -> dict[str, Any]:
        """One page of disputes."""
        return self._call("GET", f"{_DISPUTES}?{urlencode(query)}", b"", {})

    def dispute(self, dispute_id: str) -> dict[str, Any]:
        """One dispute as it stands."""
        found = self._call("GET", f"{_DISPUTES}/{_safe(dispute_id)}", b"", {})
        if found.get("id") != dispute_id:
            raise Unavailable(
                f"Airwallex answered with something else than dispute {dispute_id}; try again", code="unreadable_answer"
            )
        return found

    def challenge(self, dispute_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a dispute; ``request_id`` in the values makes a repeat the same act."""
        body = json.dumps(values).encode(errors="replace")
        return self._call(
            "POST", f"{_DISPUTES}/{_safe(dispute_id)}/challenge", body, {"Content-Type": "application/json"}
        )

    def upload(self, filename: str, media_type: str, content: bytes) -> str:
        """Upload a file; its id."""
        boundary = hashlib.sha256(content).hexdigest()  # no content can hold its own digest
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
            f"Content-Type: {media_type}\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        file_id = self._call("POST", "/api/v1/files/upload", body, headers, hosts=_FILE_HOSTS).get("file_id")
        if not isinstance(file_id, str) or not file_id:
            raise Unavailable("upload: Airwallex answered without a file's id; try again", code="unreadable_answer")
        return file_id

    def _call(
        self, method: str, path: str, body: bytes, headers: dict[str, str], hosts: Mapping[str, str] = _HOSTS
    ) -> dict[str, Any]:
        return self._send(method, hosts, path, {**headers, "Authorization": f"Bearer {self._access()}"}, body)

    def _access(self) -> str:
        if self._token:
            return self._token
        client_id, key = self._config.client_id.strip(), self._config.api_key.strip()
        if not client_id or not key:
            raise Refused("no access is set: enter client ID and a restricted API key", code="no_key")
        if not _KEY.fullmatch(client_id) or not _KEY.fullmatch(key):
            raise Refused("client ID or API key holds characters that no key has; copy it again", code="key_malformed")
        token = self._send(
            "POST", _HOSTS, "/api/v1/authentication/login", {"x-client-id": client_id, "x-api-key": key}, b""
        ).get("token")
        if not isinstance(token, str) or not _KEY.fullmatch(token[:1000]):
            raise Unavailable("login: Airwallex answered without a token; try again", code="unreadable_answer")
        self._token = token
        return token

    def _send(
        self, method: str, hosts: Mapping[str, str], path: str, headers: dict[str, str], body: bytes
    ) -> dict[str, Any]:
        base = self._config.api_base or hosts.get(self._config.environment, hosts["live"])
        where = f"{method} {path.partition('?')[0]}"
        try:
            response = self._http.request(
                method, base + path, headers=headers, content=body or None, follow_redirects=False
            )
        except httpx.TimeoutException as error:
            never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            code = "connect_timeout" if never_sent else "timeout"
            raise Unavailable(f"{where}: Airwallex did not answer in time; try again", code=code) from None
        except httpx.ConnectError as error:
            raise Unavailable(
                f"{where}: no connection to Airwallex ({error}); try again", code="connect_failed"
            ) from None
        except httpx.TransportError as error:
            raise Unavailable(
                f"{where}: the connection to Airwallex broke ({type(error).__name__}); try again", code="unreachable"
            ) from None
        return _answer(response, where)


def _safe(dispute_id: str) -> str:
    if not _ID.fullmatch(dispute_id) or set(dispute_id) == {"."}:
        raise Refused(f"{dispute_id[:60]!r} is no identifier of Airwallex", code="bad_identifier")
    return quote(dispute_id, safe="")


def _answer(response: httpx.Response, where: str) -> dict[str, Any]:
    status, answer = response.status_code, _json(response)
    if status == 429:
        raise Unavailable(
            f"{where}: Airwallex asks to slow down", code="rate_limited", retry_after=_retry_after(response) or 5.0
        )
    if status >= 500:
        raise Unavailable(
            f"{where}: Airwallex answered {status}; try again",
            code=f"http_{status}",
            retry_after=_retry_after(response),
        )
    # An error has ``code`` and ``message``; a dispute has neither. HTTP 200 alone proves nothing.
    failed = answer is not None and "code" in answer and "message" in answer
    if 200 <= status < 300 and not failed:
        if answer is None:
            raise Unavailable(f"{where}: Airwallex answered {status} without a JSON object", code="unreadable_answer")
        return answer
    raise _refusal(status, answer or {}, where)


def _refusal(status: int, answer: Mapping[str, Any], where: str) -> Refused:
    code = str(answer.get("code") or f"http_{status}")[:60].lower()
    said = _SECRETS.sub("***", str(answer.get("message") or ""))[:200]
    if status == 401:
        return Refused(
            f"{where}: Airwallex does not accept the key ({code}); check client ID, key and environment",
            code="key_invalid",
        )
    if status == 403:
        return Refused(
            f"{where}: the key lacks a permission; allow payment disputes (view, and edit to submit) and file upload",
            code="permission_missing",
        )
    if status == 404:
        return Refused(
            f"{where}: there is no such thing in this account; check id and environment", code="resource_missing"
        )
    return Refused(f"{where}: Airwallex refused ({status} {code}): {said}", code=code)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
