"""One request to a WordPress site, and what its failures mean to the caller."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from goodstanding.contract import Http, Refused, Unavailable

from .config import Config

_SITE = re.compile(r"https://[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~\-/]{0,200})?")
_KEYS = re.compile(r"(ck|cs)_[0-9A-Za-z]{8,100}")
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")


def get(path: str, query: Mapping[str, Any], config: Config, http: Http) -> dict[str, Any] | list[Any]:
    """Read an object or a list under ``/wp-json/wc/v3``."""
    return answer_of("GET", path, query, config, http)


def answer_of(
    method: str, path: str, query: Mapping[str, Any], config: Config, http: Http
) -> dict[str, Any] | list[Any]:
    """One call; raises Refused or Unavailable where the answer is no JSON object or list of success."""
    where = f"{method} /wp-json/wc/v3{path}"
    authorization = _authorization(config)  # first: without a key the connection listens, whatever else is not set
    url = _base(config) + path + (f"?{urlencode(query)}" if query else "")
    try:
        response = http.request(method, url, headers={"Authorization": authorization}, follow_redirects=False)
    except httpx.TimeoutException:
        raise Unavailable(f"{where}: the shop did not answer in time; try again", code="timeout") from None
    except httpx.TransportError as error:
        raise Unavailable(
            f"{where}: no connection to the shop ({type(error).__name__}); try again", code="unreachable"
        ) from None
    return _answer(response, where)


def identifier(value: str) -> str:
    """A dispute's id that is safe in a path."""
    if not _ID.fullmatch(value):
        raise Refused(f"{value[:60]!r} is no dispute of WooPayments", code="bad_identifier")
    return value


def _base(config: Config) -> str:
    if config.api_base:
        return config.api_base
    site = config.site.strip().rstrip("/")
    if not _SITE.fullmatch(site) or ".." in site:
        raise Refused(
            f"{site[:80]!r} is no https address of a shop: enter the WordPress address, such as https://shop.example.com",
            code="bad_site" if site else "no_site",
        )
    return f"{site}/wp-json/wc/v3"


def _authorization(config: Config) -> str:
    """Basic authentication, which WooCommerce takes over https: the key is user, the secret password."""
    key, secret = config.consumer_key.strip(), config.consumer_secret.strip()
    if not key or not secret:
        raise Refused("no REST API key is set: enter consumer key and consumer secret", code="no_key")
    if not _KEYS.fullmatch(key) or not _KEYS.fullmatch(secret):
        raise Refused(
            "consumer key (ck_…) or secret (cs_…) is not of the usual form; copy it again", code="key_malformed"
        )
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def _answer(response: httpx.Response, where: str) -> dict[str, Any] | list[Any]:
    status, answer = response.status_code, _json(response)
    error = answer if isinstance(answer, dict) else {}
    code = str(error.get("code") or "")[:100]
    if code == "resource_missing":  # WooPayments passes this on as HTTP 500
        raise Refused(f"{where}: there is no such dispute", code="resource_missing")
    if status == 429 or status >= 500:
        raise Unavailable(
            f"{where}: the shop answered {status}; try again",
            code="rate_limited" if status == 429 else f"http_{status}",
            retry_after=_retry_after(response),
        )
    if 300 <= status < 400:
        target = response.headers.get("Location", "")[:120]
        raise Refused(f"{where}: the shop moved to {target}; enter that address instead", code="moved")
    if status >= 400:
        raise _refusal(status, code, str(error.get("message") or "")[:200], where)
    if answer is None:
        raise Unavailable(
            f"{where}: the shop answered {status} with a page instead of JSON; a firewall or cache may stand before it",
            code="unreadable_answer",
        )
    return answer


def _refusal(status: int, code: str, said: str, where: str) -> Refused:
    if status == 401 and "permission" in said:
        return Refused(f"{where}: the key may not do this: {said}", code="permission_missing")
    if status == 401:
        return Refused(f"{where}: the shop does not accept the key; make a new read-only key", code="key_invalid")
    if status == 403:
        return Refused(
            f"{where}: refused: the key's user must be able to manage WooCommerce, and no firewall may stand before the REST API",
            code="permission_missing",
        )
    if code == "rest_no_route":
        return Refused(f"{where}: the shop has no such address: is WooPayments installed?", code="no_route")
    if status == 404:
        return Refused(
            f"{where}: not found: set permalinks to anything but plain, or check the shop's address", code="not_found"
        )
    return Refused(f"{where}: the shop refused ({status} {code}): {said}", code=code or f"http_{status}")


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _json(response: httpx.Response) -> dict[str, Any] | list[Any] | None:
    try:
        value = json.loads(
            response.content.decode("utf-8-sig")
        )  # a plug-in saved with a byte order mark is enough to get one
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None
