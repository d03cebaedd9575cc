"""A shop's Admin GraphQL API under the connection's credentials. HTTP 200 proves nothing: errors stand inside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from goodstanding.asking import call, patient
from goodstanding.contract import Http, Refused, Unavailable

from .config import Config
from .documents import VERSION

_SHOP = re.compile(r"[a-z0-9][a-z0-9\-]{0,100}\.myshopify\.com")
_TOKEN = re.compile(r"[\x21-\x7e]{8,500}")
#: Seconds to wait where Shopify asks to slow down without saying how long.
_SLOW_DOWN = 2.0


class Shop:
    """A token from a client id is asked for once and not kept."""

    def __init__(self, config: Config, http: Http) -> None:
        self._config, self._http, self._token = config, http, ""

    def graphql(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The ``data`` of an answer without errors; asked again while Shopify asks to wait."""
        body = json.dumps({"query": document, "variables": variables}).encode(errors="replace")
        return patient(lambda: self._ask(body))

    def _ask(self, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "X-Shopify-Access-Token": self._access_token()}
        url = f"{self._base()}/admin/api/{VERSION}/graphql.json"
        answer = call(self._http, "POST", url, who="Shopify", headers=headers, content=body)
        if not isinstance(answer, dict):
            raise Unavailable("Shopify: an answer that is no object; it will be tried again", code="unreadable_answer")
        if errors := answer.get("errors"):
            raise _error(errors, answer)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise Unavailable("Shopify: an answer without data; it will be tried again", code="unreadable_answer")
        return data

    def _base(self) -> str:
        if self._config.api_base:
            return self._config.api_base
        shop = self._config.shop.strip().lower().removeprefix("https://").rstrip("/")
        if not _SHOP.fullmatch(shop):
            raise Refused(f"{shop[:80]!r} is no shop domain: enter your-store.myshopify.com", code="bad_shop")
        return f"https://{shop}"

    def _access_token(self) -> str:
        token = self._token or self._config.access_token.strip()
        if not token and self._config.client_id.strip():
            token = self._exchanged()
        if not token:
            raise Refused("Shopify: no access is set: enter client ID and secret, or an access token", code="no_key")
        if not _TOKEN.fullmatch(token):
            raise Refused("Shopify: the token holds characters that no token has; copy it again", code="key_malformed")
        self._token = token
        return token

    def _exchanged(self) -> str:
        """https://shopify.dev/docs/apps/build/authentication-authorization/client-credentials-grant"""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._config.client_id.strip(),
            "client_secret": self._config.client_secret.strip(),
        }
        answer = call(
            self._http,
            "POST",
            f"{self._base()}/admin/oauth/access_token",
            who="Shopify",
            headers={"Content-Type": "application/json"},
            content=json.dumps(form).encode(errors="replace"),
        )
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise Unavailable("Shopify: an answer without access token; try again", code="unreadable_answer")
        return token


def _error(errors: Any, answer: Mapping[str, Any]) -> Refused | Unavailable:
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    extensions = first.get("extensions")
    code = str(extensions.get("code") or "")[:60] if isinstance(extensions, dict) else ""
    said = str(first.get("message") or errors)[:200]
    if code == "THROTTLED":
        return Unavailable(f"Shopify asks to slow down: {said}", code="rate_limited", retry_after=_wait(answer))
    if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT"):
        return Unavailable(f"Shopify failed: {said}; it will be tried again", code="server_error")
    if code == "ACCESS_DENIED":
        return Refused(
            f"Shopify: the app may not read this: {said}; allow read_orders and access to protected customer data, "
            "then install the app again",
            code="permission_missing",
        )
    return Refused(f"Shopify refused ({code or 'no code'}): {said}", code=code.lower() or "graphql_error")


def _wait(answer: Mapping[str, Any]) -> float:
    """Seconds until the query's cost is available again: https://shopify.dev/docs/api/usage/limits"""
    try:
        cost = answer["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return min(60.0, max(0.0, missing / float(status["restoreRate"])))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return _SLOW_DOWN
