"""What a dispute accepts as proof, a check of the package, and the answer itself.

Only what PayPal offers in the dispute's own links is done, and of that only providing evidence and appealing. Nothing here
accepts a claim, makes an offer, escalates or refunds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import (
    Bundle,
    Http,
    Reader,
    Receipt,
    Reference,
    Refused,
    Requirement,
    Unavailable,
    Unreadable,
    Violation,
)

from . import vocabulary
from .api import Session, identifier
from .config import Config
from .evidence import Plan, plan, violations
from .facts import is_requested, links_of
from .read import dispute

#: Failures after which the request may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer")

#: evidence type -> our evidence ids.
_EVIDENCE = {
    "PROOF_OF_FULFILLMENT": ("ev.delivery_full_address", "ev.tracking_partial"),
    "PROOF_OF_DELIVERY_SIGNATURE": ("ev.signature_pod",),
    "PROOF_OF_REFUND": ("ev.refund_proof",),
    "PROOF_OF_RECEIPT_COPY": ("ev.receipt_invoice",),
    "ORDER_DETAILS": ("ev.order_record",),
    "RETURN_POLICY": ("ev.refund_policy", "ev.policy_disclosed"),
    "BILLING_AGREEMENT": ("ev.subscription_consent",),
    "PROOF_OF_RESHIPMENT": ("ev.replacement_or_repair",),
    "ITEM_DESCRIPTION": ("ev.product_page",),
    "ONLINE_TRACKING_INFORMATION": ("ev.delivery_full_address", "ev.tracking_partial"),
    "DELIVERY_RECEIPT": ("ev.delivery_full_address", "ev.signature_pod"),
    "PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED": ("ev.service_doc", "ev.digital_download", "ev.usage_log"),
    "PAID_WITH_OTHER_METHOD": ("ev.no_other_payment",),
    "MERCHANT_RESPONSE": ("ev.rebuttal",),
    "OTHER": ("ev.rebuttal", "ev.timeline", "ev.customer_comm"),
}
#: reason -> types that help where PayPal asks for none in particular.
_HELPFUL = {
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED": (
        "PROOF_OF_FULFILLMENT", "PROOF_OF_DELIVERY_SIGNATURE", "PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED", "PROOF_OF_REFUND",
    ),
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED": ("ITEM_DESCRIPTION", "RETURN_POLICY", "PROOF_OF_RESHIPMENT", "PROOF_OF_REFUND"),
    "UNAUTHORISED": ("PROOF_OF_FULFILLMENT", "PROOF_OF_DELIVERY_SIGNATURE", "ORDER_DETAILS"),
    "CREDIT_NOT_PROCESSED": ("PROOF_OF_REFUND", "RETURN_POLICY"),
    "DUPLICATE_TRANSACTION": ("PROOF_OF_RECEIPT_COPY", "ORDER_DETAILS", "PROOF_OF_FULFILLMENT"),
    "INCORRECT_AMOUNT": ("PROOF_OF_RECEIPT_COPY", "ORDER_DETAILS"),
    "PAYMENT_BY_OTHER_MEANS": ("PROOF_OF_RECEIPT_COPY",),
    "CANCELED_RECURRING_BILLING": ("BILLING_AGREEMENT",),
}  # fmt: skip


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """What PayPal asks the merchant for in this dispute, and what helps against its reason. Nothing where it takes nothing."""
    found = dispute(Session.open(config, http), reference.value)
    if not _way(found):
        return []
    asked = dict(_asked(found))
    given = [
        Requirement(
            code=code,
            need="required" if must else "any_of",
            evidence=_EVIDENCE.get(code, ()),
            label="PayPal asks for it",
        )
        for code, must in asked.items()
    ]
    helpful = [code for code in (*_HELPFUL.get(str(found.get("reason")), ()), "OTHER") if code not in asked]
    return [*given, *(Requirement(code=code, need="helpful", evidence=_EVIDENCE[code]) for code in helpful)]


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Check the package, and whether PayPal takes evidence now. It has no dry run: nothing is sent."""
    found = dispute(Session.open(config, http), bundle.case_ref)
    laid_out = plan(bundle, [code for code, _ in _asked(found)])
    return [*_not_answerable(found), *violations(bundle, laid_out)]


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Provide the evidence, or appeal, as PayPal offers; then read the dispute again.

    ``accepted`` only where the dispute itself shows the merchant's evidence or no longer waits; ``unknown`` where PayPal's
    answer was lost and the dispute does not tell.
    """
    session = Session.open(config, http)
    before = dispute(session, bundle.case_ref)
    laid_out = plan(bundle, [code for code, _ in _asked(before)])
    for violation in (*_not_answerable(before), *violations(bundle, laid_out)):
        raise Refused(violation.message, code=violation.code)
    way = _way(before)
    lost = _send(bundle, laid_out, way, session)
    after = _seen(session, bundle.case_ref)
    return _receipt(bundle, before, after, way, lost)


def _send(bundle: Bundle, laid_out: Plan, way: str, session: Session) -> str:
    """Send once. "" where PayPal said that it took it, else how its answer was lost."""
    boundary = laid_out.boundary(bundle.digest)
    path = f"/v1/customer/disputes/{identifier(bundle.case_ref)}/{vocabulary.PROVIDE[way]}"
    once = hashlib.sha256(f"{bundle.case_ref}:{bundle.digest}:{way}".encode(errors="replace")).hexdigest()
    media_type = f"multipart/form-data; boundary={boundary}"
    try:
        session.post(path, laid_out.body(boundary), media_type, once=once)
    except Unavailable as trouble:
        if trouble.code not in _MAYBE_DONE and not trouble.code.startswith("http_5"):
            raise
        return str(trouble)[:200]
    return ""


def _seen(session: Session, case_ref: str) -> dict[str, Any] | None:
    try:
        return dispute(session, case_ref)
    except (Unavailable, Refused):
        return None


def _receipt(bundle: Bundle, before: dict[str, Any], after: dict[str, Any] | None, way: str, lost: str) -> Receipt:
    raw = {"way": way, **({"error": lost} if lost else {})}
    if after is not None:
        raw["status"] = str(after.get("status", ""))[:60]
        shown = _submitted(after) > _submitted(before)
        moved_on = after.get("status") != before.get("status") and not _way(after)
        if shown or moved_on:
            return Receipt(state="accepted", reference=bundle.case_ref, at=datetime.now(UTC), raw=raw)
    return Receipt(state="unknown", reference=bundle.case_ref, raw=raw)


def _way(found: dict[str, Any]) -> str:
    """The link under which PayPal takes evidence now; "" where it offers none."""
    offered = links_of(Reader(found))
    return next((rel for rel in vocabulary.PROVIDE if rel in offered), "")


def _not_answerable(found: dict[str, Any]) -> Iterator[Violation]:
    if not _way(found):
        offers = ", ".join(links_of(Reader(found))) or "nothing"
        status = str(found.get("status"))[:60]
        message = f"PayPal takes no evidence for this dispute now (status {status}; it offers: {offers}); answer it in the Resolution Center"
        yield Violation(code="not_offered", message=message, facts={"status": status, "offers": offers})


def _asked(found: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """(type, is it a must) of evidence that PayPal asks the merchant to provide."""
    try:
        for item in Reader(found).items("evidences"):
            code = item.text("evidence_type", "")
            if code and is_requested(item):
                yield code, item.flag("action_info.mandatory", default=False)
    except Unreadable:
        return


def _submitted(found: dict[str, Any]) -> int:
    try:
        return sum(item.text("source", "") == "SUBMITTED_BY_SELLER" for item in Reader(found).items("evidences"))
    except Unreadable:
        return 0
