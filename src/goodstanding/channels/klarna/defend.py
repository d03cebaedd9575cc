"""What a dispute accepts as proof, a check of the answer, and the answer itself.

Nothing here accepts a loss, and no partial refund is ever proposed: both move money.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import (
    Bundle,
    Http,
    Limits,
    Receipt,
    Reference,
    Refused,
    Requirement,
    Unavailable,
    Violation,
)

from . import vocabulary as words
from .api import of_dispute, post, upload
from .config import Config
from .read import dispute

#: Types, sizes and lengths are not confirmed, so none is computed with.
LIMITS = Limits(source="Klarna Payment Dispute API v4; types, sizes and lengths unconfirmed")

#: Failures after which the answer may have been carried out all the same.
_MAYBE_DONE = ("timeout", "unreachable", "unreadable_answer")
#: state in which an answer is taken -> (act, states that show it was).
_ACTS = {
    words.INITIATED: ("represent", (words.REPRESENTMENT,)),
    words.PRE_ARBITRATION: ("appeal", (words.ARBITRATION,)),
}
_ENDING = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
#: reason -> our evidence that speaks to it.
_EVIDENCE = {
    "PRODUCTS_OR_SERVICES_NOT_RECEIVED": ("ev.delivery_full_address", "ev.signature_pod", "ev.pickup_ack", "ev.digital_download", "ev.service_doc"),
    "PRODUCTS_DEFECTIVE_OR_NOT_AS_DESCRIBED": ("ev.product_page", "ev.quality_proof", "ev.customer_comm", "ev.replacement_or_repair", "ev.refund_policy"),
    "REFUND_NOT_PROCESSED": ("ev.refund_proof", "ev.refund_policy", "ev.no_return", "ev.return_instructions", "ev.customer_comm"),
    "INCORRECT_AMOUNT": ("ev.amount_agreed", "ev.receipt_invoice", "ev.order_record"),
    "PURCHASE_UNAUTHORIZED": ("ev.delivery_full_address", "ev.signature_pod", "ev.device_ip", "ev.account_profile", "ev.order_record"),
    "PURCHASE_HIGH_RISK": ("ev.delivery_full_address", "ev.tracking_partial", "ev.order_record"),
}  # fmt: skip
_ANY = ("ev.order_record", "ev.receipt_invoice", "ev.customer_comm", "ev.delivery_full_address")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file as it goes to Klarna."""

    title: str
    media_type: str
    content: bytes

    @property
    def filename(self) -> str:
        return f"goodstanding-{hashlib.sha256(self.content).hexdigest()[:16]}.{_ENDING.get(self.media_type, 'bin')}"


def requirements(reference: Reference, config: Config, http: Http) -> Iterable[Requirement]:
    """Klarna asks for attachments, and takes words beside them; an appeal needs the words. None where it waits for nothing."""
    found = dispute(reference.value, config, http)
    if list(_not_answerable(found)):
        return []
    evidence = _EVIDENCE.get(str(found.get("dispute_reason")), _ANY)
    appeal = found.get("state") == words.PRE_ARBITRATION
    return [
        Requirement(code="attachments", need="helpful" if appeal else "any_of", evidence=evidence),
        Requirement(
            code="additional_information",
            need="required" if appeal else "helpful",
            evidence=("ev.rebuttal", "ev.timeline"),
        ),
    ]


def rehearse(bundle: Bundle, config: Config, http: Http) -> Iterable[Violation]:
    """Whether the package can be sent, and whether the dispute still takes an answer. Nothing is uploaded before it is approved."""
    found = dispute(bundle.case_ref, config, http)
    return [*_violations(bundle, found), *_not_answerable(found)]


def submit(bundle: Bundle, config: Config, http: Http) -> Receipt:
    """Upload the attachments, then answer: a representment, or an appeal after a preliminary decision. Final.

    Where the last answer is lost the dispute is read again; ``unknown`` means that this did not tell. An answered dispute is
    in another state, so a repeat is refused.
    """
    found = dispute(bundle.case_ref, config, http)
    for violation in (*_not_answerable(found), *_violations(bundle, found)):
        raise Refused(violation.message, code=violation.code)
    act, proof = _ACTS[str(found["state"])]
    path = of_dispute(bundle.case_ref)
    attachments = [
        {
            "payment_dispute_attachment_id": upload(
                f"{path}/attachments", item.filename, item.media_type, item.content, config, http
            ),
            "description": item.title[:255],
        }
        for item in plan(bundle)
    ]
    values: dict[str, Any] = {"attachments": attachments} if attachments else {}
    if words_said := bundle.reply_text.strip():
        values["additional_information"] = words_said
    return _sent(f"{path}/{act}", values, proof, bundle.case_ref, config, http)


def plan(bundle: Bundle) -> tuple[Attachment, ...]:
    """The compiled document, which holds all exhibits; or each exhibit by itself."""
    if bundle.document:
        return (Attachment(title="Evidence", media_type="application/pdf", content=bundle.document),)
    return tuple(
        Attachment(title=item.title, media_type=item.media_type, content=item.content)
        for item in bundle.exhibits
        if item.content
    )


def _sent(
    path: str, values: dict[str, Any], proof: tuple[str, ...], case_ref: str, config: Config, http: Http
) -> Receipt:
    try:
        state = str(post(path, values, config, http).get("state") or "")
        if state not in proof:
            state = _state(case_ref, config, http)
    except Unavailable as trouble:
        failed_there = trouble.code.startswith("http_5")
        if not failed_there and trouble.code not in _MAYBE_DONE:
            raise  # never carried out: no connection, or asked to slow down
        state = _state(case_ref, config, http)
        if failed_there and state in _ACTS:
            raise  # Klarna said that it failed, and the dispute shows it: safe to try again later
    return Receipt(
        state="accepted" if state in proof else "unknown",
        reference=case_ref,
        at=datetime.now(UTC),
        raw={"state": state[:60]},
    )


def _state(case_ref: str, config: Config, http: Http) -> str:
    try:
        return str(dispute(case_ref, config, http).get("state"))
    except (Unavailable, Refused):
        return ""


def _violations(bundle: Bundle, found: dict[str, Any]) -> Iterator[Violation]:
    attachments = plan(bundle)
    if found.get("state") == words.PRE_ARBITRATION:
        if not bundle.reply_text.strip():
            yield Violation(code="text_missing", message="an appeal needs words that say why the decision is wrong")
    elif not attachments:
        yield Violation(code="nothing_to_send", message="the package holds no file; Klarna asks for at least one")


def _not_answerable(found: dict[str, Any]) -> Iterator[Violation]:
    state = str(found.get("state"))[:60]
    request = _request(found)
    if state not in _ACTS:
        yield Violation(
            code="not_open", message=f"the dispute is {state}: Klarna takes no answer now", facts={"state": state}
        )
    elif state == words.INITIATED and request in words.NO_ANSWER:
        yield Violation(
            code="not_open",
            message=f"the request for evidence is {request}: Klarna takes no answer now",
            facts={"state": request},
        )


def _request(found: dict[str, Any]) -> str:
    context = found.get("state_context")
    for holder in (found, context if isinstance(context, dict) else {}):
        request = holder.get("representment")
        if isinstance(request, dict) and request.get("state"):
            return str(request["state"])[:60]
    return ""
