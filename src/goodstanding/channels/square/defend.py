"""What a dispute accepts as proof, a check of the answer, and the answer itself. Nothing here accepts a dispute."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import Bundle, Http, Receipt, Reference, Refused, Requirement, Unavailable, Violation

from .api import delete, get, identifier, post, upload
from .config import Config
from .evidence import TYPE_OF, TYPES, Piece, is_ours, notes, plan, violations
from .read import dispute
from .vocabulary import OPEN, SENT, UNANSWERABLE

#: Failures after which the final request may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer", "server_error")
_MAX_PAGES = 50
_EVIDENCE = {kind: tuple(ours for ours, theirs in TYPE_OF.items() if theirs == kind) for kind in TYPES}
_EVIDENCE |= {
    "GENERIC_EVIDENCE": ("ev.order_record", "ev.quality_proof", "ev.authenticity", "ev.timeline"),
    "REBUTTAL_EXPLANATION": ("ev.rebuttal", "ev.timeline"),
    "TRACKING_NUMBER": ("ev.delivery_full_address", "ev.tracking_partial"),
}

#: reason -> (asked for first, helpful), after what Square says of each reason in DisputeReason.
_BY_REASON: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "AMOUNT_DIFFERS": (("PURCHASE_ACKNOWLEDGEMENT", "RECEIPT"), ("CARDHOLDER_COMMUNICATION",)),
    "CANCELLED": (("CANCELLATION_OR_REFUND_DOCUMENTATION", "PURCHASE_ACKNOWLEDGEMENT"), ("CARDHOLDER_COMMUNICATION", "SERVICE_RECEIVED_DOCUMENTATION")),
    "CUSTOMER_REQUESTS_CREDIT": (("CANCELLATION_OR_REFUND_DOCUMENTATION",), ("CARDHOLDER_COMMUNICATION", "PURCHASE_ACKNOWLEDGEMENT")),
    "DUPLICATE": (("DUPLICATE_CHARGE_DOCUMENTATION",), ("RECEIPT", "RELATED_TRANSACTION_DOCUMENTATION")),
    "PAID_BY_OTHER_MEANS": (("DUPLICATE_CHARGE_DOCUMENTATION", "CANCELLATION_OR_REFUND_DOCUMENTATION"), ("RECEIPT",)),
    "NO_KNOWLEDGE": (
        ("AUTHORIZATION_DOCUMENTATION", "CARDHOLDER_INFORMATION", "PROOF_OF_DELIVERY_DOCUMENTATION", "ONLINE_OR_APP_ACCESS_LOG"),
        ("RELATED_TRANSACTION_DOCUMENTATION", "CARDHOLDER_COMMUNICATION", "RECEIPT"),
    ),
    "NOT_AS_DESCRIBED": (
        ("PRODUCT_OR_SERVICE_DESCRIPTION", "SERVICE_RECEIVED_DOCUMENTATION"),
        ("CARDHOLDER_COMMUNICATION", "CANCELLATION_OR_REFUND_DOCUMENTATION", "PROOF_OF_DELIVERY_DOCUMENTATION"),
    ),
    "NOT_RECEIVED": (
        ("PROOF_OF_DELIVERY_DOCUMENTATION", "TRACKING_NUMBER", "SERVICE_RECEIVED_DOCUMENTATION", "ONLINE_OR_APP_ACCESS_LOG"),
        ("CARDHOLDER_COMMUNICATION", "RECEIPT"),
    ),
}  # fmt: skip


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """Square demands no particular proof; it names types. None where it waits for nothing, or takes no answer."""
    found = dispute(reference.value, config, http)
    reason = str(found.get("reason") or "")
    if found.get("state") not in OPEN or reason in UNANSWERABLE:
        return []
    first, helpful = _BY_REASON.get(reason, ((), ("GENERIC_EVIDENCE", "REBUTTAL_EXPLANATION")))
    asked = [("any_of", code) for code in first] + [
        ("helpful", code) for code in dict.fromkeys((*helpful, "REBUTTAL_EXPLANATION"))
    ]
    return [Requirement(code=code, need=need, evidence=_EVIDENCE[code]) for need, code in asked]


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Our own check, and whether the dispute still takes an answer. Nothing is uploaded before it is approved."""
    pieces = plan(bundle)
    found = [*violations(bundle, pieces), *notes(bundle)]
    if any(item.grade == "fatal" for item in found):
        return found
    there = _evidence_there(bundle.case_ref, config, http)
    return [*found, *_not_answerable(dispute(bundle.case_ref, config, http)), *_foreign(there, pieces)]


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Upload piece by piece, take away what an older package of ours left, submit. Final.

    A repeat finds the pieces of the first attempt and adds only what is missing. Where the last answer is lost the
    dispute is read again; ``unknown`` means that this did not tell.
    """
    pieces, path = plan(bundle), f"/v2/disputes/{identifier(bundle.case_ref)}"
    found, there = dispute(bundle.case_ref, config, http), _evidence_there(bundle.case_ref, config, http)
    for violation in (*violations(bundle, pieces), *_not_answerable(found), *_foreign(there, pieces)):
        raise Refused(violation.message, code=violation.code)
    state = [str(found.get("version")), *sorted(str(item.get("id")) for item in there)]
    wanted = {piece.filename for piece in pieces if not piece.text}
    for item in there:
        if is_ours(_filename(item)) and _filename(item) not in wanted:
            delete(f"{path}/evidence/{identifier(str(item.get('id')))}", config, http)
    for piece in pieces:
        if not any(_same(item, piece) for item in there):
            _add(path, bundle, piece, state, config, http)
    return _sent(path, bundle.case_ref, config, http)


def _add(path: str, bundle: Bundle, piece: Piece, state: list[str], config: Config, http: Http) -> None:
    """``state`` is part of the key: a piece that a person removed meanwhile has to be made anew, not remembered."""
    said = json.dumps([bundle.case_ref, state, piece.type, piece.text, hashlib.sha256(piece.content).hexdigest()])
    values = {
        "idempotency_key": hashlib.sha256(said.encode(errors="replace")).hexdigest()[:45],
        "evidence_type": piece.type,
    }
    if piece.text:
        made = post(f"{path}/evidence-text", {**values, "evidence_text": piece.text}, config, http)
    else:
        values["content_type"] = piece.media_type
        made = upload(f"{path}/evidence-files", values, piece.filename, piece.media_type, piece.content, config, http)
    if not isinstance(made.get("evidence"), dict):
        raise Unavailable("Square answered an upload without the evidence; try again", code="unreadable_answer")


def _sent(path: str, case_ref: str, config: Config, http: Http) -> Receipt:
    try:
        found = post(f"{path}/submit-evidence", {}, config, http).get("dispute")
        state = str(found.get("state")) if isinstance(found, dict) and found.get("id") == case_ref else ""
    except Unavailable as trouble:
        failed_there = trouble.code == "server_error" or trouble.code.startswith("http_5")
        if not failed_there and trouble.code not in _MAYBE_DONE:
            raise  # never carried out: no connection, or asked to slow down
        state = _state(case_ref, config, http)
        if failed_there and state in OPEN:
            raise  # Square said that it failed, and the dispute shows it: safe to try again later
    return _receipt(state, case_ref)


def _state(case_ref: str, config: Config, http: Http) -> str:
    try:
        return str(dispute(case_ref, config, http).get("state"))
    except (Unavailable, Refused):
        return ""


def _evidence_there(case_ref: str, config: Config, http: Http) -> list[dict[str, Any]]:
    """What was uploaded so far; Square tells names and texts, but gives no file back."""
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(_MAX_PAGES):
        page = get(f"/v2/disputes/{identifier(case_ref)}/evidence", {"cursor": cursor} if cursor else {}, config, http)
        items = page.get("evidence", [])
        found += [item for item in (items if isinstance(items, list) else []) if isinstance(item, dict)]
        following = page.get("cursor")
        if not isinstance(following, str) or not following or following == cursor:
            break
        cursor = following
    return found


def _filename(item: dict[str, Any]) -> str:
    file = item.get("evidence_file")
    return str(file.get("filename") or "") if isinstance(file, dict) else ""


def _same(item: dict[str, Any], piece: Piece) -> bool:
    if piece.text:
        return item.get("evidence_text") == piece.text and item.get("evidence_type") == piece.type
    return _filename(item) == piece.filename


def _foreign(there: list[dict[str, Any]], pieces: tuple[Piece, ...]) -> Iterator[Violation]:
    """Evidence added by hand, or a text of an older package: it would go out unapproved."""
    for item in there:
        if is_ours(_filename(item)) or any(_same(item, piece) for piece in pieces):
            continue
        name = (_filename(item) or str(item.get("evidence_text") or "") or str(item.get("evidence_type")))[:60]
        message = f"{name!r} was added in Square and is no part of this package; remove it there, or add it here"
        yield Violation(code="foreign_evidence", message=message, subject=str(item.get("id"))[:60])


def _not_answerable(found: dict[str, Any]) -> Iterator[Violation]:
    state = str(found.get("state"))[:60]
    if state not in OPEN:
        message = f"the dispute is {state}: Square takes no answer now"
        yield Violation(code="not_open", message=message, facts={"state": state})
    if found.get("reason") in UNANSWERABLE:
        message = "Square takes no answer to this dispute: the chip was not read (EMV liability shift)"
        yield Violation(code="no_answer_possible", message=message)


def _receipt(state: str, case_ref: str) -> Receipt:
    """``accepted`` only where the dispute itself shows that evidence went out."""
    proven = state in SENT or state in ("WON", "LOST", "INQUIRY_CLOSED")
    return Receipt(
        state="accepted" if proven else "unknown", reference=case_ref, at=datetime.now(UTC), raw={"state": state[:60]}
    )
