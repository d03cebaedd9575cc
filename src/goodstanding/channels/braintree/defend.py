"""What a dispute accepts as proof, a check of the package, and the answer itself.

Nothing here accepts a dispute (``/accept``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import (
    Bundle,
    Http,
    Receipt,
    Reference,
    Refused,
    Requirement,
    Unavailable,
    Violation,
)

from . import vocabulary
from .api import call, identifier
from .config import Config
from .evidence import File, Plan, plan, violations
from .read import dispute
from .xml import write_xml

#: Failures after which the final request may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer")

#: reason -> our evidence ids that help. Braintree demands no particular proof; its reason-specific categories are unconfirmed.
_HELPFUL = {
    "product_not_received": ("ev.delivery_full_address", "ev.signature_pod", "ev.service_doc", "ev.digital_download"),
    "product_unsatisfactory": (
        "ev.product_page",
        "ev.return_instructions",
        "ev.replacement_or_repair",
        "ev.quality_proof",
    ),
    "fraud": (
        "ev.delivery_full_address",
        "ev.device_ip",
        "ev.avs_match",
        "ev.cvv_match",
        "ev.three_ds",
        "ev.prior_transactions",
    ),
    "not_recognized": ("ev.receipt_invoice", "ev.descriptor", "ev.delivery_full_address"),
    "credit_not_processed": ("ev.refund_proof", "ev.refund_policy", "ev.policy_disclosed"),
    "cancelled_recurring_transaction": ("ev.subscription_consent", "ev.no_cancel_request", "ev.renewal_notice"),
    "duplicate": ("ev.distinct_orders", "ev.receipt_invoice"),
    "transaction_amount_differs": ("ev.amount_agreed", "ev.receipt_invoice"),
}

_ANY_PROOF = ("ev.order_record", "ev.receipt_invoice", "ev.delivery_full_address", "ev.customer_comm", "ev.service_doc")


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """Braintree takes a text and files; which proof helps follows from the reason. Nothing where it takes nothing."""
    found = dispute(reference.value, config, http)
    if list(_not_answerable(found)):
        return []
    helps = _HELPFUL.get(str(found.get("reason")), _ANY_PROOF)
    return [
        Requirement(code="comments", need="any_of", evidence=("ev.rebuttal",), label="Text evidence"),
        Requirement(
            code="EVIDENCE_DOCUMENT", need="any_of", evidence=helps, label="File evidence (PDF, JPEG, PNG up to 4 MB)"
        ),
    ]


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Check the package, and whether the dispute is open. Braintree has no dry run: nothing is uploaded."""
    found = dispute(bundle.case_ref, config, http)
    return [*_not_answerable(found), *violations(plan(bundle))]


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Upload, add as evidence, and finalize. Final: Braintree then sends everything to the bank.

    Evidence that lies there already, of an older package or put in by hand, is removed first: what goes out is what was
    approved. Where the last answer is lost the dispute is read again; ``unknown`` means that not even this told.
    """
    before = dispute(bundle.case_ref, config, http)
    laid_out = plan(bundle)
    for violation in (*_not_answerable(before), *violations(laid_out)):
        raise Refused(violation.message, code=violation.code)
    path = f"/disputes/{identifier(bundle.case_ref)}"
    uploads = [_upload(file, bundle, config, http) for file in laid_out.files]
    for evidence_id in _there(before):
        call("DELETE", f"{path}/evidence/{identifier(evidence_id)}", config, http)
    _add(path, laid_out, uploads, config, http)
    lost = _finalize(path, config, http)
    return _receipt(bundle.case_ref, _seen(bundle.case_ref, config, http), lost)


def _upload(file: File, bundle: Bundle, config: Config, http: Http) -> str:
    body, media_type = file.body(bundle.digest)
    answer = call("POST", "/document_uploads", config, http, body=body, media_type=media_type).get("document_upload")
    upload_id = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(upload_id, str) or not upload_id:
        raise Unavailable("Braintree answered the upload without an id; nothing was sent, try again", code="bad_upload")
    return upload_id


def _add(path: str, laid_out: Plan, uploads: list[str], config: Config, http: Http) -> None:
    pieces: list[dict[str, Any]] = [{"document_upload_id": upload, "category": None} for upload in uploads]
    if laid_out.comments:
        pieces.append({"comments": laid_out.comments, "category": None, "sequence_number": None})
    for piece in pieces:
        body = write_xml("evidence", piece).encode()
        answer = call("POST", f"{path}/evidence", config, http, body=body)
        if not isinstance(answer.get("evidence"), dict):
            raise Unavailable(
                "Braintree did not confirm a piece of evidence; nothing was sent, try again", code="bad_evidence"
            )


def _finalize(path: str, config: Config, http: Http) -> str:
    """ "" where Braintree said that it is done, else how its answer was lost."""
    try:
        call("PUT", f"{path}/finalize", config, http)
    except Unavailable as trouble:
        if trouble.code not in _MAYBE_DONE and not trouble.code.startswith("http_5"):
            raise
        return str(trouble)[:200]
    return ""


def _seen(case_ref: str, config: Config, http: Http) -> dict[str, Any] | None:
    try:
        return dispute(case_ref, config, http)
    except (Unavailable, Refused):
        return None


def _receipt(case_ref: str, after: dict[str, Any] | None, lost: str) -> Receipt:
    """``accepted`` only where the dispute itself is no longer open."""
    status = str((after or {}).get("status") or "")[:60]
    raw = {**({"status": status} if status else {}), **({"error": lost} if lost else {})}
    sent = after is not None and status not in ("", vocabulary.OPEN, "expired", "accepted", "auto_accepted")
    return Receipt(
        state="accepted" if sent else "unknown", reference=case_ref, at=datetime.now(UTC) if sent else None, raw=raw
    )


def _not_answerable(found: dict[str, Any]) -> Iterator[Violation]:
    status = str(found.get("status") or "?")[:60]
    if found.get("pre_dispute_program") == vocabulary.RDR:
        yield Violation(
            code="settled_by_rules", message="Visa refunded this by the merchant's own RDR rules; it takes no answer"
        )
    elif status != vocabulary.OPEN:
        message = f"the dispute is {status}: Braintree takes evidence only while it is open"
        yield Violation(code="not_open", message=message, facts={"status": status})


def _there(found: dict[str, Any]) -> Iterator[str]:
    pieces = found.get("evidence")
    for piece in pieces if isinstance(pieces, list) else []:
        if isinstance(piece, dict) and isinstance(piece.get("id"), str):
            yield piece["id"]
