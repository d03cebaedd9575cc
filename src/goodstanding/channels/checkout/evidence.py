"""From a package to Checkout.com's evidence fields, and what of it would not be taken.

Each kind of evidence is a pair, ``…_file`` and ``…_text``. Names: SDK ``checkout-sdk`` 4.8.1, DisputeEvidenceRequest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from goodstanding.contract import Bundle, Exhibit, Limits, Violation

KINDS = (
    "proof_of_delivery_or_service", "invoice_or_receipt", "invoice_showing_distinct_transactions", "customer_communication",
    "refund_or_cancellation_policy", "recurring_transaction_agreement", "additional_evidence", "proof_of_delivery_or_service_date",
)  # fmt: skip
TEXT_CHARS = 500

LIMITS = Limits(
    media_types=("application/pdf", "image/jpeg", "image/png"),
    max_file_bytes=4_000_000,
    max_files=len(KINDS),
    max_text_chars=TEXT_CHARS,
    one_file_per_slot=True,
    slots=KINDS,
    source="https://checkout.com/docs/risk-management/disputes/file-uploader (4 MB read as decimal megabytes); checkout/checkout-api-reference 2fc946c",
)
#: What a card scheme takes in all; Checkout.com passes on no more. Source as above. (files, bytes)
SCHEME_LIMITS: Mapping[str, tuple[int | None, int]] = {
    "amex": (5, 25_000_000),
    "discover": (None, 3_000_000),
    "mastercard": (None, 14_500_000),
}
#: Mastercard takes 19 pages; each further page costs the merchant 1 EUR.
MASTERCARD_PAGES = 19

#: Evidence id -> the kind of evidence it is; what is not named here goes with the compiled document.
KIND_OF = {
    "ev.delivery_full_address": "proof_of_delivery_or_service",
    "ev.signature_pod": "proof_of_delivery_or_service",
    "ev.pickup_ack": "proof_of_delivery_or_service",
    "ev.service_doc": "proof_of_delivery_or_service",
    "ev.digital_download": "proof_of_delivery_or_service",
    "ev.usage_log": "proof_of_delivery_or_service",
    "ev.delivery_not_due": "proof_of_delivery_or_service_date",
    "ev.receipt_invoice": "invoice_or_receipt",
    "ev.amount_agreed": "invoice_or_receipt",
    "ev.distinct_orders": "invoice_showing_distinct_transactions",
    "ev.no_other_payment": "invoice_showing_distinct_transactions",
    "ev.customer_comm": "customer_communication",
    "ev.withdrawal_letter": "customer_communication",
    "ev.renewal_notice": "customer_communication",
    "ev.return_instructions": "customer_communication",
    "ev.refund_policy": "refund_or_cancellation_policy",
    "ev.noshow_policy": "refund_or_cancellation_policy",
    "ev.policy_disclosed": "refund_or_cancellation_policy",
    "ev.subscription_consent": "recurring_transaction_agreement",
    "ev.recurring_history": "recurring_transaction_agreement",
}
_ENDING = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file and the kind of evidence it is."""

    kind: str
    media_type: str
    content: bytes

    @property
    def filename(self) -> str:
        return f"{self.kind}-{hashlib.sha256(self.content).hexdigest()[:12]}.{_ENDING.get(self.media_type, 'bin')}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes to Checkout.com."""

    texts: Mapping[str, str]
    uploads: tuple[Upload, ...]

    def fields(self, file_ids: Mapping[str, str]) -> dict[str, str]:
        """The request's fields, given the ids of the uploaded files by kind."""
        return {f"{kind}_text": text for kind, text in self.texts.items()} | {
            f"{kind}_file": file_id for kind, file_id in file_ids.items()
        }


def plan(bundle: Bundle) -> Plan:
    """The document as additional evidence, lone exhibits under their kinds as well; without these where a scheme would not take all."""
    texts = _texts(bundle)
    whole = Plan(texts=texts, uploads=(*_document(bundle), *_alone(bundle)))
    if bundle.document and any(_scheme_violations(bundle.network, whole)):
        return Plan(texts=texts, uploads=_document(bundle))
    return whole


def violations(bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    """What Checkout.com or the card scheme would refuse."""
    for upload in laid_out.uploads:
        if upload.media_type not in LIMITS.media_types:
            yield _violation(
                "media_type", f"a file is {upload.media_type}; Checkout.com takes PDF, JPEG and PNG", upload.kind
            )
        if not upload.content:
            yield _violation("empty_file", "a file is empty", upload.kind)
        if len(upload.content) > (LIMITS.max_file_bytes or 0):
            message = f"a file has {len(upload.content)} bytes, at most {LIMITS.max_file_bytes} are allowed"
            yield _violation(
                "file_too_large", message, upload.kind, bytes=len(upload.content), most=LIMITS.max_file_bytes
            )
    for kind, text in laid_out.texts.items():
        if len(text) > TEXT_CHARS:
            message = f"the text has {len(text)} characters, at most {TEXT_CHARS} are allowed; compile the package into a document"
            yield _violation("text_too_long", message, kind, characters=len(text), most=TEXT_CHARS)
    yield from _scheme_violations(bundle.network, laid_out)
    if not bundle.document:
        yield from _without_document(bundle, laid_out)
    if not laid_out.uploads and not laid_out.texts:
        yield _violation("nothing_to_send", "the package holds neither text nor files", "")


def notes(bundle: Bundle) -> Iterator[Violation]:
    """What a person should know and nothing forbids."""
    if bundle.network == "mastercard" and bundle.document:
        message = f"Mastercard takes {MASTERCARD_PAGES} pages; Checkout.com charges 1 EUR for each further page"
        yield Violation(code="pages_cost", message=message, grade="note", facts={"pages": str(MASTERCARD_PAGES)})
    if bundle.document and len(bundle.reply_text.strip()) > TEXT_CHARS:
        message = f"the reply is longer than {TEXT_CHARS} characters and goes with the document only"
        yield Violation(code="text_in_document", message=message, grade="note")


def _document(bundle: Bundle) -> tuple[Upload, ...]:
    if bundle.document:
        return (Upload(kind="additional_evidence", media_type="application/pdf", content=bundle.document),)
    loose = [item for item in bundle.exhibits if item.content and item.kind not in KIND_OF]
    return (_as_upload(loose[0], "additional_evidence"),) if len(loose) == 1 else ()


def _alone(bundle: Bundle) -> tuple[Upload, ...]:
    by_kind: dict[str, list[Exhibit]] = {}
    for exhibit in bundle.exhibits:
        if exhibit.content and exhibit.kind in KIND_OF:
            by_kind.setdefault(KIND_OF[exhibit.kind], []).append(exhibit)
    alone = [(kind, found[0]) for kind, found in by_kind.items() if len(found) == 1]
    return tuple(_as_upload(item, kind) for kind, item in alone if not bundle.document or _fits(item))


def _fits(exhibit: Exhibit) -> bool:
    """A file that would be refused is left to the document, which shows it."""
    return exhibit.media_type in LIMITS.media_types and len(exhibit.content) <= (LIMITS.max_file_bytes or 0)


def _as_upload(exhibit: Exhibit, kind: str) -> Upload:
    return Upload(kind=kind, media_type=exhibit.media_type, content=exhibit.content)


def _texts(bundle: Bundle) -> dict[str, str]:
    """The reply, and named texts of the package. What is too long for a field goes with the document, where there is one."""
    texts = {kind: value.strip() for kind in KINDS if (value := bundle.fields.get(f"{kind}_text", "")).strip()}
    if reply := bundle.reply_text.strip():
        texts.setdefault("additional_evidence", reply)
    return {kind: text for kind, text in texts.items() if not bundle.document or len(text) <= TEXT_CHARS}


def _scheme_violations(network: str, laid_out: Plan) -> Iterator[Violation]:
    files, most = SCHEME_LIMITS.get(network, (None, 0))
    total = sum(len(upload.content) for upload in laid_out.uploads)
    if files and len(laid_out.uploads) > files:
        yield _violation(
            "too_many_files",
            f"{network} takes {files} files, not {len(laid_out.uploads)}",
            "",
            files=len(laid_out.uploads),
            most=files,
        )
    if most and total > most:
        yield _violation(
            "files_too_large", f"{network} takes {most} bytes in all, not {total}", "", bytes=total, most=most
        )


def _without_document(bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    sent = {upload.content for upload in laid_out.uploads}
    for exhibit in bundle.exhibits:
        if exhibit.content and exhibit.content not in sent:
            message = (
                f"{exhibit.title}: its kind of evidence takes one file only; compile the package into one document"
            )
            yield _violation("slot_taken", message, exhibit.id)


def _violation(code: str, message: str, subject: str, **facts: int | None) -> Violation:
    return Violation(
        code=code, message=message, subject=subject, facts={name: str(value) for name, value in facts.items()}
    )
