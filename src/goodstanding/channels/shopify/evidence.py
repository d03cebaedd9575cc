"""From a package to Shopify's evidence fields, and what of it Shopify would not take.

Field names: Admin GraphQL 2026-10, ``ShopifyPaymentsDisputeEvidenceUpdateInput``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from goodstanding.contract import Bundle, Exhibit, Limits, Violation

FILE_SLOTS = (
    "cancellationPolicyFile", "customerCommunicationFile", "refundPolicyFile", "serviceDocumentationFile", "shippingDocumentationFile",
    "uncategorizedFile",
)  # fmt: skip
TEXTS = (
    "accessActivityLog", "cancellationPolicyDisclosure", "cancellationRebuttal", "customerEmailAddress", "customerFirstName",
    "customerLastName", "refundPolicyDisclosure", "refundRefusalExplanation", "uncategorizedText",
)  # fmt: skip

#: 2 MB and 4 MB are read as decimal megabytes, the stricter reading; Shopify's reference gives no figures, only that
#: there are such limits (``TOO_LARGE``, ``FILES_SIZE_EXCEEDED_LIMIT``). Lengths of texts are not stated at all.
LIMITS = Limits(
    media_types=("application/pdf", "image/jpeg", "image/png"),
    max_file_bytes=2_000_000,
    max_total_bytes=4_000_000,
    max_pages=49,
    max_files=len(FILE_SLOTS),
    one_file_per_slot=True,
    slots=FILE_SLOTS,
    source="Shopify Help Center, Chargebacks and inquiries (2026-10), as quoted in https://kahunam.com/articles/shopify/how-to-submit-evidence-for-a-chargeback-on-shopify; exact bytes unconfirmed",
)

#: Evidence id -> the file slot it fills; what is not named here goes with the compiled document.
SLOT_OF = {
    "ev.delivery_full_address": "shippingDocumentationFile",
    "ev.signature_pod": "shippingDocumentationFile",
    "ev.pickup_ack": "shippingDocumentationFile",
    "ev.replacement_or_repair": "shippingDocumentationFile",
    "ev.delivery_not_due": "shippingDocumentationFile",
    "ev.refund_policy": "refundPolicyFile",
    "ev.noshow_policy": "cancellationPolicyFile",
    "ev.renewal_notice": "customerCommunicationFile",
    "ev.customer_comm": "customerCommunicationFile",
    "ev.withdrawal_letter": "customerCommunicationFile",
    "ev.return_instructions": "customerCommunicationFile",
    "ev.service_doc": "serviceDocumentationFile",
}
#: Evidence id -> the text field that its words fill, where the package names no text of its own for it.
TEXT_OF = {
    "ev.usage_log": "accessActivityLog",
    "ev.usage_after_cancel": "accessActivityLog",
    "ev.digital_download": "accessActivityLog",
    "ev.subscription_consent": "cancellationPolicyDisclosure",
    "ev.no_cancel_request": "cancellationRebuttal",
    "ev.policy_disclosed": "refundPolicyDisclosure",
    "ev.refund_proof": "refundRefusalExplanation",
    "ev.no_return": "refundRefusalExplanation",
}
#: Our names of a case's facts -> Shopify's. Names of people are not taken apart: Shopify has them from the order.
FIELD_OF = {
    "customer_email": "customerEmailAddress",
    "customer_email_address": "customerEmailAddress",
    "buyer_email": "customerEmailAddress",
    "customer_first_name": "customerFirstName",
    "customer_last_name": "customerLastName",
}
#: Facts that Shopify shows to the bank by itself and takes from no one.
READ_ONLY = {
    "product_description": "productDescription",
    "customer_purchase_ip": "customerPurchaseIp",
    "customer_ip": "customerPurchaseIp",
    "buyer_ip": "customerPurchaseIp",
    "tracking_number": "fulfillments",
    "carrier": "fulfillments",
    "shipped_at": "fulfillments",
}
_OURS = re.compile(r"goodstanding-[0-9a-f]{16}\.(?:pdf|jpg|png)")
_ENDING = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file and the slot it goes to. Its name is made from its content, so that an upload is recognised as done already."""

    slot: str
    media_type: str
    content: bytes

    @property
    def filename(self) -> str:
        digest = hashlib.sha256(self.slot.encode() + b"\0" + self.content).hexdigest()[:16]
        return f"goodstanding-{digest}.{_ENDING.get(self.media_type, 'bin')}"

    @property
    def document_type(self) -> str:
        """The slot as REST spells it: ``shippingDocumentationFile`` is ``shipping_documentation_file``."""
        return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), self.slot)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes to Shopify: text fields and files."""

    texts: Mapping[str, str]
    uploads: tuple[Upload, ...]

    def input(self, file_ids: Mapping[str, str]) -> dict[str, Any]:
        """The mutation's ``input``, given the GraphQL ids of the uploaded files by slot. It submits."""
        files = {slot: {"id": file_id} for slot, file_id in file_ids.items()}
        return {**self.texts, **files, "submitEvidence": True}


def is_ours(filename: object) -> bool:
    """Did we give a file its name?"""
    return isinstance(filename, str) and _OURS.fullmatch(filename) is not None


def plan(bundle: Bundle) -> Plan:
    """The document in ``uncategorizedFile``, lone exhibits in their slots as well; without these where they would not fit."""
    texts = _texts(bundle)
    whole = Plan(texts=texts, uploads=(*_document(bundle), *_alone_in_slot(bundle)))
    if bundle.document and _total(whole) > (LIMITS.max_total_bytes or 0):
        return Plan(texts=texts, uploads=tuple(_document(bundle)))
    return whole


def violations(bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    """What Shopify would refuse, by its rules as far as they are known, and notes on what it takes from no one."""
    for upload in laid_out.uploads:
        if upload.media_type not in LIMITS.media_types:
            yield _violation(
                "media_type", f"a file is {upload.media_type}; Shopify takes PDF, JPEG and PNG", upload.slot
            )
        if not upload.content:
            yield _violation("empty_file", "a file is empty", upload.slot)
        if len(upload.content) >= (LIMITS.max_file_bytes or 0):
            yield _violation(
                "file_too_large",
                f"a file has {len(upload.content)} bytes; Shopify takes less than {LIMITS.max_file_bytes}",
                upload.slot,
                bytes=len(upload.content),
                most=LIMITS.max_file_bytes,
            )
    if (total := _total(laid_out)) >= (LIMITS.max_total_bytes or 0):
        yield _violation(
            "files_too_large",
            f"all files have {total} bytes; Shopify takes less than {LIMITS.max_total_bytes} together",
            "",
            bytes=total,
            most=LIMITS.max_total_bytes,
        )
    if not bundle.document:
        yield from _without_document(bundle, laid_out)
    if not laid_out.uploads and not laid_out.texts:
        yield _violation("nothing_to_send", "the package holds neither text nor files", "")


def notes(bundle: Bundle) -> Iterator[Violation]:
    """Facts of the package that have a field at Shopify which only Shopify fills."""
    for name, field in READ_ONLY.items():
        if bundle.fields.get(name, "").strip():
            yield Violation(
                code="read_only_field",
                message=f"{name} is not sent: {field} is read-only, Shopify fills it in from the order",
                grade="note",
                subject=name,
            )


def _document(bundle: Bundle) -> tuple[Upload, ...]:
    if bundle.document:
        return (Upload(slot="uncategorizedFile", media_type="application/pdf", content=bundle.document),)
    loose = [item for item in bundle.exhibits if item.content and item.kind not in SLOT_OF and item.kind not in TEXT_OF]
    return (_as_upload(loose[0], "uncategorizedFile"),) if len(loose) == 1 else ()


def _alone_in_slot(bundle: Bundle) -> tuple[Upload, ...]:
    by_slot: dict[str, list[Exhibit]] = {}
    for exhibit in bundle.exhibits:
        if exhibit.content and exhibit.kind in SLOT_OF:
            by_slot.setdefault(SLOT_OF[exhibit.kind], []).append(exhibit)
    alone = [(slot, found[0]) for slot, found in by_slot.items() if len(found) == 1]
    return tuple(_as_upload(item, slot) for slot, item in alone if not bundle.document or _fits(item))


def _fits(exhibit: Exhibit) -> bool:
    """A file that Shopify refuses is left to the document, which shows it."""
    return exhibit.media_type in LIMITS.media_types and len(exhibit.content) < (LIMITS.max_file_bytes or 0)


def _as_upload(exhibit: Exhibit, slot: str) -> Upload:
    return Upload(slot=slot, media_type=exhibit.media_type, content=exhibit.content)


def _texts(bundle: Bundle) -> dict[str, str]:
    texts: dict[str, str] = {}
    for exhibit in bundle.exhibits:
        field = TEXT_OF.get(exhibit.kind)
        if field and exhibit.text.strip():
            texts[field] = "\n\n".join(filter(None, (texts.get(field), exhibit.text.strip())))
    for name, value in bundle.fields.items():
        field = FIELD_OF.get(name, name)
        if value.strip() and field in TEXTS:
            texts[field] = value.strip()
    if bundle.reply_text.strip():
        texts["uncategorizedText"] = bundle.reply_text.strip()
    return texts


def _without_document(bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    """Exhibits that would not reach the bank: no document holds them and their slot takes one file only."""
    sent = {upload.content for upload in laid_out.uploads}
    for exhibit in bundle.exhibits:
        said = exhibit.kind in TEXT_OF and exhibit.text.strip()
        if exhibit.content and exhibit.content not in sent and not said:
            yield _violation(
                "slot_taken",
                f"{exhibit.title}: its slot takes one file only; compile the package into one document",
                exhibit.id,
            )


def _total(laid_out: Plan) -> int:
    return sum(len(upload.content) for upload in laid_out.uploads)


def _violation(code: str, message: str, subject: str, **facts: int | None) -> Violation:
    return Violation(
        code=code, message=message, subject=subject, facts={name: str(value) for name, value in facts.items()}
    )
