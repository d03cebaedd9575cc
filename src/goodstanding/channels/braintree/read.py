"""Asking Braintree: what is new, how a case stands now, and what the key's user may do."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from goodstanding.contract import Grant, Http, Incoming, Reader, Reference, Refused, Unavailable, Unreadable

from .api import call, credentials, identifier, retry_after
from .config import Config
from .xml import write_xml

_MAX_PAGES = 200
#: A search cannot ask for changes, only for the day a dispute was received; disputes are decided months later.
_LOOK_BACK = timedelta(days=180)
_VIEWER = "query { viewer { id rights { name } roles { name isAccountAdmin } merchant { id } } }"
_GRAPHQL_VERSION = "2018-09-10"
#: Rights with which money moves or the account changes:
#: https://developer.paypal.com/braintree/articles/control-panel/users-roles/role-permissions
_HARMLESS = re.compile(r"disput|chargeback|\bview\b|\bread\b|\bsearch\b|\breport|download", re.IGNORECASE)
_MOVES_MONEY = re.compile(
    r"sale|refund|credit|settle|void|escrow|payout|disburs|vault|payment method|manage|create|edit|delete|\badd\b|transfer|submit",
    re.IGNORECASE,
)
_DISPUTES = re.compile(r"disput|chargeback", re.IGNORECASE)


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Disputes received since, or up to 180 days before, as they are now. The same state has the same event."""
    now = datetime.now(UTC)
    earliest = (since - _LOOK_BACK).astimezone(UTC)
    search = {"received_date": {"min": ("datetime", f"{earliest:%Y-%m-%dT%H:%M:%SZ}")}}
    body = write_xml("search", search).encode()
    for page in range(1, _MAX_PAGES + 1):
        answer = call("POST", f"/disputes/advanced_search?page={page}", config, http, body=body)
        found, more = _page(answer)
        yield from (_incoming(item, "poll", now) for item in found)
        if not more or not found:
            return


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now; a payment is looked up by its newest dispute."""
    now = datetime.now(UTC)
    if reference.type == "case":
        return _incoming(dispute(reference.value, config, http), "lookup", now)
    if reference.type in ("payment", "charge"):
        search = {"transaction_id": {"is": identifier(reference.value)}}
        answer = call(
            "POST", "/disputes/advanced_search?page=1", config, http, body=write_xml("search", search).encode()
        )
        found, _ = _page(answer)
        if found:
            return _incoming(found[0], "lookup", now)
        raise Refused(f"Braintree knows no dispute on {reference.value}", code="resource_missing")
    raise Refused(f"Braintree cannot be asked by {reference.type}; give the dispute's id", code="bad_reference")


def dispute(case_ref: str, config: Config, http: Http) -> dict[str, Any]:
    """One dispute. Raises Unavailable where Braintree answers with something else."""
    answer = call("GET", f"/disputes/{identifier(case_ref)}", config, http).get("dispute")
    if not isinstance(answer, dict) or answer.get("id") != case_ref:
        raise Unavailable(
            f"Braintree answered with something else than dispute {case_ref}; try again", code="unreadable_answer"
        )
    return answer


def probe(config: Config, http: Http) -> Grant:
    """The rights that Braintree itself names for the key's user, by GraphQL's ``viewer``; nothing is tried out.

    An account admin, or a right with which money moves or the account changes, is dangerous; so is one whose name says
    nothing to us. Where Braintree does not tell the rights, Refused says so rather than calling the key safe.
    """
    viewer = _viewer(config, http)
    try:
        read = Reader(viewer)
        rights = tuple(
            dict.fromkeys(item.text("name", "")[:120] for item in read.items("rights") if item.text("name", ""))
        )
        admin = any(item.flag("isAccountAdmin", default=False) for item in read.items("roles"))
        account = read.text("merchant.id", "")[:120]
    except Unreadable:
        raise _unknown("an answer that is not understood") from None
    if not rights and not admin:
        raise _unknown("no rights at all")
    dangerous = tuple(right for right in rights if is_dangerous(right))
    return Grant(
        permissions=rights,
        dangerous=(("account admin", *dangerous) if admin else dangerous),
        missing=() if any(_DISPUTES.search(right) for right in rights) or admin else ("disputes",),
        account=account,
        test_mode=config.environment == "sandbox",
    )


def is_dangerous(right: str) -> bool:
    """Does its name say that money moves or something is changed, disputes aside? An unknown name counts as such."""
    if _DISPUTES.search(right):
        return bool(re.search(r"refund|sale|settle|void", right, re.IGNORECASE))
    return bool(_MOVES_MONEY.search(right)) or not _HARMLESS.search(right)


def _viewer(config: Config, http: Http) -> dict[str, Any]:
    public, private = credentials(config)
    headers = {
        "Authorization": "Basic " + base64.b64encode(f"{public}:{private}".encode()).decode(),
        "Braintree-Version": _GRAPHQL_VERSION,
        "Content-Type": "application/json",
    }
    try:
        response = http.post(config.graphql_url, headers=headers, content=json.dumps({"query": _VIEWER}), timeout=30)
    except httpx.TransportError as error:
        raise Unavailable(
            f"Braintree could not be asked for the key's rights ({type(error).__name__})", code="unreachable"
        ) from None
    if response.status_code == 429 or response.status_code >= 500:
        raise Unavailable(
            f"Braintree answered {response.status_code} to the question for the key's rights",
            code=f"http_{response.status_code}",
            retry_after=retry_after(response),
        )
    if response.status_code == 401:
        raise Refused(
            "Braintree does not accept the keys (or they are of the other environment); enter them anew",
            code="key_invalid",
        )
    try:
        answer = json.loads(response.content)
        errors, viewer = answer.get("errors"), (answer.get("data") or {}).get("viewer")
    except (ValueError, AttributeError, RecursionError):
        raise _unknown("an answer that is not understood") from None
    if errors and _not_authenticated(errors):
        raise Refused(
            "Braintree does not accept the keys (or they are of the other environment); enter them anew",
            code="key_invalid",
        )
    if errors or not isinstance(viewer, dict):
        raise _unknown("an error")
    return viewer


def _not_authenticated(errors: Any) -> bool:
    """GraphQL answers a wrong key with 200 and ``errorClass`` AUTHENTICATION."""
    return "AUTHENTICATION" in json.dumps(errors)[:5000]


def _unknown(said: str) -> Refused:
    return Refused(
        f"Braintree does not tell this key's rights ({said}); check in the Control Panel that its user's role allows nothing but disputes",
        code="rights_unknown",
    )


def _page(answer: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """The disputes of a page, and whether more follow."""
    read = Reader(answer)
    try:
        found = answer.get("disputes")
        items = found.get("items", []) if isinstance(found, dict) else []
        page, size = read.integer("disputes.current_page_number", 1), read.integer("disputes.page_size", 0)
        total = read.integer("disputes.total_items", 0)
    except Unreadable as error:
        raise Unavailable(
            f"Braintree's list of disputes is not understood: {error}", code="unreadable_answer"
        ) from None
    if not isinstance(found, dict):
        raise Unavailable("Braintree answered without a list of disputes; try again", code="unreadable_answer")
    return [item for item in items if isinstance(item, dict)], page * size < total


def _incoming(found: dict[str, Any], origin: str, now: datetime) -> Incoming:
    return Incoming(
        origin=origin,
        body=write_xml("dispute", _plain(found)).encode(),
        received_at=now,
        headers=(("Content-Type", "application/xml"),),
        method="GET",
        url="/disputes",
    )


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """The dispute as it is written again: lists (evidence, history) are not part of a notice."""
    return {key: _plain(item) if isinstance(item, dict) else item for key, item in _scalars(value)}


def _scalars(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if isinstance(item, dict | str):
            yield key, item
