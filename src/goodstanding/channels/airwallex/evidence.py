"""From a package to a challenge's documents. Field names: official library ``@airwallex/node-sdk`` 2.1.0-beta.5."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from goodstanding.contract import Bundle, Limits, Violation

OTHER = "other_documents"
SLOTS = (
    "customer_communication_documents", "customer_signature_documents", "duplicate_charge_defense_documents", OTHER,
    "proof_of_delivery_documents", "receipt_documents", "refund_policy_documents",
)  # fmt: skip

#: Types, sizes and numbers of files are not documented where we could confirm it, so none is computed with.
LIMITS = Limits(slots=SLOTS, source="@airwallex/node-sdk 2.1.0-beta.5; types and sizes of files unconfirmed")

#: Evidence id -> the list of documents that it goes to; what is not named here goes with the compiled document.
SLOT_OF = {
    "ev.delivery_full_address": "proof_of_delivery_documents",
    "ev.tracking_partial": "proof_of_delivery_documents",
    "ev.pickup_ack": "proof_of_delivery_documents",
    "ev.digital_download": "proof_of_delivery_documents",
    "ev.signature_pod": "customer_signature_documents",
    "ev.signed_slip": "customer_signature_documents",
    "ev.customer_comm": "customer_communication_documents",
    "ev.withdrawal_letter": "customer_communication_documents",
    "ev.return_instructions": "customer_communication_documents",
    "ev.receipt_invoice": "receipt_documents",
    "ev.order_record": "receipt_documents",
    "ev.refund_policy": "refund_policy_documents",
    "ev.policy_disclosed": "refund_policy_documents",
    "ev.distinct_orders": "duplicate_charge_defense_documents",
    "ev.no_other_payment": "duplicate_charge_defense_documents",
}
_ENDING = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
#: Our names of a case's facts -> fields of ``delivery_info``.
_DELIVERY = {
    "tracking_number": "tracking_number",
    "carrier": "shipping_company",
    "shipping_carrier": "shipping_company",
}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file and the list of documents that it goes to."""

    slot: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.slot.encode() + b"\0" + self.content).hexdigest()

    @property
    def filename(self) -> str:
        return f"goodstanding-{self.digest[:16]}.{_ENDING.get(self.media_type, 'bin')}"


def plan(bundle: Bundle) -> tuple[Upload, ...]:
    """The compiled document among the others, and each exhibit of a documented kind in its list as well."""
    uploads = [Upload(slot=OTHER, media_type="application/pdf", content=bundle.document)] if bundle.document else []
    for exhibit in bundle.exhibits:
        slot = SLOT_OF.get(exhibit.kind, "" if bundle.document else OTHER)
        if exhibit.content and slot:
            uploads.append(Upload(slot=slot, media_type=exhibit.media_type, content=exhibit.content))
    return tuple({upload.digest: upload for upload in uploads}.values())


def challenge(bundle: Bundle, file_ids: Mapping[str, str]) -> dict[str, Any]:
    """The body of a challenge, given the files' ids by their digest.

    ``request_id`` is made from the package, so that a repeat is the same request. No text is sent beside the files: which
    field holds it is not documented, and the compiled document holds it.
    """
    uploads = plan(bundle)
    documents: dict[str, list[str]] = {}
    for upload in uploads:
        documents.setdefault(upload.slot, []).append(file_ids[upload.digest])
    said = "\0".join([bundle.case_ref, bundle.stage, *(upload.digest for upload in uploads)])
    values: dict[str, Any] = {
        "request_id": str(uuid.UUID(hashlib.sha256(said.encode(errors="replace")).hexdigest()[:32])),
        "supporting_documents": documents,
    }
    delivery = {theirs: bundle.fields[ours].strip() for ours, theirs in _DELIVERY.items() if bundle.fields.get(ours)}
    return values | ({"delivery_info": delivery} if delivery else {})


def violations(uploads: tuple[Upload, ...]) -> Iterator[Violation]:
    """What Airwallex would refuse, as far as its rules are known: a challenge needs a document."""
    if not uploads:
        yield Violation(code="nothing_to_send", message="the package holds no file; Airwallex asks for at least one")
    for upload in uploads:
        if not upload.content:
            yield Violation(code="empty_file", message="a file is empty", subject=upload.slot)


def notes(bundle: Bundle) -> Iterator[Violation]:
    """What a person should know and nothing forbids."""
    if bundle.reply_text.strip() and not bundle.document:
        yield Violation(
            code="text_not_sent",
            message="the reply is not sent: only files go to Airwallex; compile the package into one document",
            grade="serious",
        )
