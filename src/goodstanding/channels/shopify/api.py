"""One operation's talk with a shop: GraphQL, the file upload by REST, and what failures mean to the caller.

HTTP 200 proves nothing: GraphQL tells errors inside it (https://shopify.dev/docs/api/admin-graphql#status_and_error_codes).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config
from .vocabulary import GRAPHQL_VERSION, REST_VERSION

_SHOP = re.compile(r"[a-z0-9][a-z0-9\-]{0,100}\.myshopify\.com")
_TOKEN = re.compile(r"[\x21-\x7e]{8,500}")
_SECRETS = re.compile(r"\bshp[a-z]{2}_\w+|[^\s@'\"]+@[^\s@'\"]+")
#: Seconds to wait where Shopify asks to slow down without saying how long.
_SLOW_DOWN = 2.0


class Shop:
    """A shop's Admin API under the connection's credentials. A token from a client id is asked for once and not kept."""

    def __init__(self, config: Config, http: Http) -> None:
        self._config, self._http, self._token = config, http, ""

    def graphql(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The ``data`` of an answer without errors."""
        body = json.dumps({"query": document, "variables": variables}).encode(errors="replace")
        answer = self._call("POST", f"/admin/api/{GRAPHQL_VERSION}/graphql.json", body)
        errors = answer.get("errors")
        if errors:
            raise _graphql_error(errors, answer)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise Unavailable("GraphQL: Shopify answered without data; try again", code="unreadable_answer")
        return data

    def upload(self, dispute_id: str, slot: str, filename: str, media_type: str, content: bytes) -> str:
        """Upload a file for a dispute; its number. GraphQL cannot do this."""
        path = f"/admin/api/{REST_VERSION}/shopify_payments/disputes/{dispute_id}/dispute_file_uploads.json"
        upload = {
            "document_type": slot,
            "filename": filename,
            "mimetype": media_type,
            "data": base64.b64encode(content).decode(),
        }
        answer = self._call("POST", path, json.dumps({"dispute_file_upload": upload}).encode(errors="replace"))
        made = answer.get("dispute_file_upload")
        number = made.get("id") if isinstance(made, dict) else None
        if isinstance(number, bool) or not isinstance(number, int):
            raise Unavailable("upload: Shopify answered without a file's id; try again", code="unreadable_answer")
        return str(number)

    def _call(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "X-Shopify-Access-Token": self._access_token()}
        return self._send(method, path, headers, body)

    def _access_token(self) -> str:
        token = self._token or self._config.access_token.strip()
        if not token and self._config.client_id.strip():
            token = self._exchanged()
        if not token:
            raise Refused("no access is set: enter the app's client ID, or its Admin API access token", code="no_key")
        if not _TOKEN.fullmatch(token):
            raise Refused("the access token holds characters that no token has; copy it again", code="key_malformed")
        self._token = token
        return token

    def _exchanged(self) -> str:
        """A token of 24 hours: https://shopify.dev/docs/apps/build/authentication-authorization/client-credentials-grant"""
        if not self._config.webhook_secret.strip():
            raise Refused("a client ID alone opens nothing: enter the app's client secret too", code="no_key")
        form = {
            "grant_type": "client_credentials",
            "client_id": self._config.client_id.strip(),
            "client_secret": self._config.webhook_secret.strip(),
        }
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._send("POST", "/admin/oauth/access_token", headers, json.dumps(form).encode(errors="replace"))
        except Refused as refused:
            raise Refused(
                f"{refused}; check client ID and secret, and that the app is installed in this shop", code="key_invalid"
            ) from None
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise Unavailable("Shopify answered without an access token; try again", code="unreadable_answer")
        return token

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        where = f"{method} {path}"
        try:
            response = self._http.request(
                method, self._base() + path, headers=headers, content=body, follow_redirects=False
            )
        except httpx.TimeoutException as error:
            never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            code = "connect_timeout" if never_sent else "timeout"
            raise Unavailable(f"{where}: Shopify did not answer in time; try again", code=code) from None
        except httpx.ConnectError as error:
            raise Unavailable(
                f"{where}: no connection to Shopify ({error}); try again", code="connect_failed"
            ) from None
        except httpx.TransportError as error:
            raise Unavailable(
                f"{where}: the connection to Shopify broke ({type(error).__name__}); try again", code="unreachable"
            ) from None
        return _answer(response, where)

    def _base(self) -> str:
        if self._config.api_base:
            return self._config.api_base
        shop = self._config.shop.strip().lower().removeprefix("https://").rstrip("/")
        if not _SHOP.fullmatch(shop):
            raise Refused(
                f"{shop[:80]!r} is no shop domain: enter your-store.myshopify.com",
                code="bad_shop" if shop else "no_shop",
            )
        return f"https://{shop}"


def _answer(response: httpx.Response, where: str) -> dict[str, Any]:
    status = response.status_code
    if status == 429:
        raise Unavailable(
            f"{where}: Shopify asks to slow down", code="rate_limited", retry_after=_retry_after(response) or _SLOW_DOWN
        )
    if status >= 500:
        raise Unavailable(
            f"{where}: Shopify answered {status}; try again", code=f"http_{status}", retry_after=_retry_after(response)
        )
    answer = _json(response)
    if 200 <= status < 300:
        if answer is None:
            raise Unavailable(f"{where}: Shopify answered {status} without a JSON object", code="unreadable_answer")
        return answer
    raise _refusal(status, answer or {}, where)


_REFUSALS = {
    401: ("key_invalid", "the token is not accepted; make or enter a new one"),
    402: ("shop_frozen", "the shop is frozen for want of payment; settle it with Shopify"),
    403: ("permission_missing", "the app lacks a permission; allow it in the app's settings and install it again"),
    404: ("resource_missing", "there is no such thing in this shop; check the shop domain and the dispute's id"),
    423: ("shop_locked", "the shop is locked; ask Shopify"),
}


def _refusal(status: int, answer: Mapping[str, Any], where: str) -> Refused:
    code, remedy = _REFUSALS.get(status, (f"http_{status}", "see what it says"))
    said = _SECRETS.sub(
        "***", json.dumps(answer.get("errors") or answer.get("error_description") or answer.get("error") or "")
    )[:200]
    return Refused(f"{where}: Shopify refused ({status}): {remedy}. It said {said}", code=code)


def _graphql_error(errors: Any, answer: Mapping[str, Any]) -> Refused | Unavailable:
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    extensions = first.get("extensions")
    code = str(extensions.get("code") or "")[:60] if isinstance(extensions, dict) else ""
    said = _SECRETS.sub("***", str(first.get("message") or errors))[:200]
    if code == "THROTTLED":
        return Unavailable(
            f"GraphQL: Shopify asks to slow down: {said}", code="rate_limited", retry_after=_cost_wait(answer)
        )
    if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT"):
        return Unavailable(f"GraphQL: Shopify failed: {said}; try again", code="server_error")
    if code == "ACCESS_DENIED":
        return Refused(
            f"GraphQL: the app lacks a permission: {said}; allow it and install the app again",
            code="permission_missing",
        )
    return Refused(f"GraphQL: Shopify refused ({code or 'no code'}): {said}", code=code.lower() or "graphql_error")


def _cost_wait(answer: Mapping[str, Any]) -> float:
    """Seconds until the query's cost is available again: https://shopify.dev/docs/api/usage/limits"""
    try:
        cost = answer["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return min(60.0, max(1.0, missing / float(status["restoreRate"])))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return _SLOW_DOWN


def _retry_after(response: httpx.Response) -> float | None:
    """Shopify writes seconds with a fraction: ``Retry-After: 2.0``."""
    value = response.headers.get("Retry-After", "")
    return float(value) if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", value) else None


def _json(response: httpx.Response) -> dict[str, Any] | None:
    try:
        value = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
