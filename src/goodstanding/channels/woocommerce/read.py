"""Asking the shop: which disputes there are, how one stands now, and what the key allows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from goodstanding.contract import Grant, Http, Incoming, Reference, Refused, Requirement, Unavailable

from .api import answer_of, get, identifier
from .config import Config
from .requirements import of_dispute
from .vocabulary import RULED, SENT

_DISPUTES = "/payments/disputes"
#: An inquiry may be closed after 120 days, and the list cannot ask for changes.
_LOOK_BACK = timedelta(days=180)
_PAGE, _MAX_PAGES = 100, 200
#: A path that no plug-in registers: WooCommerce looks at the key before it looks for the path.
_NOWHERE = "/goodstanding-probe"


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Disputes begun since, or up to 180 days before and perhaps decided since, as they are now.

    The list's rows come from the shop's cache, with a due date without zone. What still waits for an answer, or is in a state
    that we do not know, is therefore read whole; the rest is passed on as the row.
    """
    now, oldest = datetime.now(UTC), f"{(since - _LOOK_BACK).astimezone(UTC):%Y-%m-%d}"
    for number in range(1, _MAX_PAGES + 1):
        query = {"page": number, "pagesize": _PAGE, "sort": "created", "direction": "desc"}
        rows = _rows(get(_DISPUTES, query, config, http))
        for row in rows:
            if str(row.get("created") or "9")[:10] < oldest:
                return
            settled = row.get("status") in (*RULED, *SENT)
            yield _incoming(row if settled else _whole_or_row(row, config, http), "poll", now)
        if len(rows) < _PAGE:
            return


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now."""
    if reference.type != "case":
        raise Refused(
            f"WooPayments cannot be asked for a dispute by {reference.type}; give the dispute's id (dp_…)",
            code="bad_reference",
        )
    return _incoming(_whole(reference.value, config, http), "lookup", datetime.now(UTC))


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """Which of the dispute's evidence fields help, as it stands now."""
    return list(of_dispute(_whole(reference.value, config, http)))


def probe(config: Config, http: Http) -> Grant:
    """What the key allows. A key reads, writes, or both, and nothing finer; one that writes can refund and is ``dangerous``.

    Reading is tried on a list of one. Writing is tried with a POST to a path that does not exist: WooCommerce tells a
    read-only key 401 before it looks for the path, and one that writes that there is no such path. Nothing can come of it.
    """
    reads = _may_read(config, http)
    writes = _may_write(config, http)
    return Grant(
        permissions=(*(("read",) if reads else ()), *(("write",) if writes else ())),
        dangerous=("write",) if writes else (),
        missing=() if reads else ("read",),
        account=config.site.strip()[:255],
    )


def _may_read(config: Config, http: Http) -> bool:
    try:
        get(_DISPUTES, {"page": 1, "pagesize": 1}, config, http)
    except Refused as refused:
        if refused.code != "permission_missing":
            raise
        return False
    return True


def _may_write(config: Config, http: Http) -> bool:
    try:
        answer_of("POST", _NOWHERE, {}, config, http)
    except Refused as refused:
        return refused.code not in ("permission_missing", "key_invalid")
    return True


def _rows(answer: dict[str, Any] | list[Any]) -> list[dict[str, Any]]:
    rows = answer.get("data") if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        raise Unavailable("disputes: the shop answered without a list; try again", code="unreadable_answer")
    return [row for row in rows if isinstance(row, dict)]


def _whole(dispute_id: str, config: Config, http: Http) -> dict[str, Any]:
    found = get(f"{_DISPUTES}/{identifier(dispute_id)}", {}, config, http)
    if not isinstance(found, dict) or found.get("object") != "dispute" or found.get("id") != dispute_id:
        raise Unavailable(
            f"the shop answered with something else than dispute {dispute_id}; try again", code="unreadable_answer"
        )
    return found


def _whole_or_row(row: dict[str, Any], config: Config, http: Http) -> dict[str, Any]:
    """The dispute whole. One that the cache still lists and nobody knows any more is no reason to lose the others."""
    try:
        return _whole(str(row.get("dispute_id")), config, http)
    except Refused as refused:
        if refused.code not in ("resource_missing", "bad_identifier"):
            raise
    return row


def _incoming(thing: dict[str, Any], origin: str, now: datetime) -> Incoming:
    body = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = (("Content-Type", "application/json"),)
    return Incoming(origin=origin, body=body, received_at=now, headers=headers, method="GET", url=_DISPUTES)
