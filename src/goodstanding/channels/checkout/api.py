"""One operation's talk with Checkout.com: a token of few scopes, requests under it, and what failures mean to the caller."""

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

VIEW = ("disputes:view",)
#: By the description of 2021 providing evidence includes files; the current SDK knows a scope of its own for them.
PROVIDE = ("disputes:view", "disputes:provide-evidence", "files:upload")
_PREFIX = re.compile(r"[a-z0-9]{1,40}")
_ID = re.compile(r"[A-Za-z0-9_\-]{1,255}")
_SECRETS = re.compile(r"\b(?:sk|pk|ack)_\w+|[^\s@'\"]+@[^\s@'\"]+")


class Account:
    """Checkout.com under the connection's access key, with a token for just these scopes. The token is not kept."""

    def __init__(self, config: Config, http: Http, scopes: tuple[str, ...] = VIEW) -> None:
        self._config, self._http, self._scopes, self._token = config, http, scopes, ""

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Read an object."""
        return self._call("GET", path + (f"?{urlencode(query)}" if query else ""), {}, b"")

    def put(self, path: str, values: Mapping[str, Any]) -> None:
        """Write; Checkout.com answers 204 without a body."""
        self._call("PUT", path, {"Content-Type": "application/json"}, json.dumps(values).encode(errors="replace"))

    def post(self, path: str) -> None:
        """Act; Checkout.com answers 204 without a body."""
        self._call("POST", path, {"Content-Type": "application/json"}, b"")

    def upload(self, filename: str, media_type: str, content: bytes) -> str:
        """Upload a file as dispute evidence; its ``file_…`` id."""
        boundary = hashlib.sha256(content).hexdigest()  # no content can hold its own digest
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\nContent-Type: {media_type}\r\n\r\n'
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        answer = self._call("POST", "/files", {"Content-Type": f"multipart/form-data; boundary={boundary}"}, body)
        file_id = answer.get("id")
        if not isinstance(file_id, str) or not _ID.fullmatch(file_id):
            raise Unavailable("upload: Checkout.com answered without a file's id; try again", code="unreadable_answer")
        return file_id

    def allowed(self, scope: str) -> bool:
        """May the access key have a token with this scope? The token is dropped; nothing is done under it."""
        try:
            self._asked((scope,))
        except Refused as refused:
            if refused.code != "permission_missing":
                raise
            return False
        return True

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        base = self._config.api_base or _host(self._config, "api")
        self._token = self._token or self._fitting_token()
        return self._send(method, base + path, {**headers, "Authorization": f"Bearer {self._token}"}, body)

    def _fitting_token(self) -> str:
        """A token for the scopes, without the one for files where the key has it not."""
        try:
            return self._asked(self._scopes)
        except Refused as refused:
            smaller = tuple(scope for scope in self._scopes if scope != "files:upload")
            if refused.code != "permission_missing" or smaller == self._scopes:
                raise
            return self._asked(smaller)

    def _asked(self, scopes: tuple[str, ...]) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._config.client_id.strip(),
            "client_secret": self._config.client_secret.strip(),
            "scope": " ".join(scopes),
        }
        if not form["client_id"] or not form["client_secret"]:
            raise Refused("no access key is set: enter access key ID and secret", code="no_key")
        if form["client_secret"].startswith("sk_") or form["client_id"].startswith(("sk_", "pk_")):
            raise Refused(
                "a secret key (sk_…) can refund and pay out: make an access key (ack_…) instead", code="wrong_key_kind"
            )
        url = self._config.access_base or f"{_host(self._config, 'access')}/connect/token"
        answer = self._send(
            "POST", url, {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()
        )
        token = answer.get("access_token")
        if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]{8,8000}", token):
            raise Unavailable("Checkout.com answered without an access token; try again", code="unreadable_answer")
        return token

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        where = f"{method} {httpx.URL(url).path}"
        try:
            response = self._http.request(method, url, headers=headers, content=body or None, follow_redirects=False)
        except httpx.TimeoutException as error:
            never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            code = "connect_timeout" if never_sent else "timeout"
            raise Unavailable(f"{where}: Checkout.com did not answer in time; try again", code=code) from None
        except httpx.ConnectError as error:
            raise Unavailable(
                f"{where}: no connection to Checkout.com ({error}); try again", code="connect_failed"
            ) from None
        except httpx.TransportError as error:
            raise Unavailable(
                f"{where}: the connection to Checkout.com broke ({type(error).__name__}); try again", code="unreachable"
            ) from None
        return _answer(response, where)


def identifier(value: str) -> str:
    """A dispute's id that is safe in a path."""
    if not _ID.fullmatch(value):
        raise Refused(f"{value[:60]!r} is no dispute of Checkout.com", code="bad_identifier")
    return value


def _host(config: Config, service: str) -> str:
    prefix = config.prefix.strip().lower()
    if prefix and not _PREFIX.fullmatch(prefix):
        raise Refused(
            f"{prefix[:60]!r} is no subdomain prefix: enter only what stands before .api.checkout.com",
            code="bad_prefix",
        )
    middle = "sandbox." if config.environment == "sandbox" else ""
    return f"https://{f'{prefix}.' if prefix else ''}{service}.{middle}checkout.com"


def _answer(response: httpx.Response, where: str) -> dict[str, Any]:
    status = response.status_code
    if status == 429:
        raise Unavailable(
            f"{where}: Checkout.com asks to slow down", code="rate_limited", retry_after=_retry_after(response) or 5.0
        )
    if status >= 500:
        raise Unavailable(
            f"{where}: Checkout.com answered {status}; try again",
            code=f"http_{status}",
            retry_after=_retry_after(response),
        )
    answer = _json(response)
    if 200 <= status < 300:
        if answer is None:
            raise Unavailable(
                f"{where}: Checkout.com answered {status} without a JSON object", code="unreadable_answer"
            )
        return answer
    raise _refusal(status, answer or {}, where)


def _refusal(status: int, answer: Mapping[str, Any], where: str) -> Refused:
    error = str(answer.get("error") or "")
    if error == "invalid_scope" or status == 403:
        return Refused(f"{where}: the access key lacks a scope; allow it at Checkout.com", code="permission_missing")
    if status == 401 or error in ("invalid_client", "unauthorized_client"):
        return Refused(f"{where}: the access key is not accepted; check ID, secret and environment", code="key_invalid")
    codes = answer.get("error_codes")
    said = ", ".join(str(code) for code in codes) if isinstance(codes, list) else error
    code = (
        str(codes[0])[:100]
        if isinstance(codes, list) and codes
        else "resource_missing"
        if status == 404
        else f"http_{status}"
    )
    return Refused(f"{where}: Checkout.com refused ({status}): {_SECRETS.sub('***', said)[:200]}", code=code)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    """An empty body is an empty object: 204."""
    if not response.content.strip():
        return {}
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
