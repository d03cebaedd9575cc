"""From a package to Square's pieces of evidence, and what of it would not be taken.

Types and lengths: square/connect-api-specification 5733f66, DisputeEvidenceType, CreateDisputeEvidenceTextRequest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from goodstanding.contract import Bundle, Exhibit, Limits, Violation

TYPES = (
    "GENERIC_EVIDENCE", "ONLINE_OR_APP_ACCESS_LOG", "AUTHORIZATION_DOCUMENTATION", "CANCELLATION_OR_REFUND_DOCUMENTATION",
    "CARDHOLDER_COMMUNICATION", "CARDHOLDER_INFORMATION", "PURCHASE_ACKNOWLEDGEMENT", "DUPLICATE_CHARGE_DOCUMENTATION",
    "PRODUCT_OR_SERVICE_DESCRIPTION", "RECEIPT", "SERVICE_RECEIVED_DOCUMENTATION", "PROOF_OF_DELIVERY_DOCUMENTATION",
    "RELATED_TRANSACTION_DOCUMENTATION", "REBUTTAL_EXPLANATION", "TRACKING_NUMBER",
)  # fmt: skip
TEXT_CHARS = 500

#: Square states no size of files that we could confirm, so none is computed with.
LIMITS = Limits(
    media_types=("application/pdf", "image/jpeg", "image/png", "image/tiff", "image/heic", "image/heif"),
    max_text_chars=TEXT_CHARS,
    slots=TYPES,
    source="square/connect-api-specification 5733f66 (2025-08-20), CreateDisputeEvidenceFile, CreateDisputeEvidenceText; file size unconfirmed",
)

#: Evidence id -> Square's type; what is not named here goes with the compiled document.
TYPE_OF = {
    "ev.usage_log": "ONLINE_OR_APP_ACCESS_LOG",
    "ev.usage_after_cancel": "ONLINE_OR_APP_ACCESS_LOG",
    "ev.digital_download": "ONLINE_OR_APP_ACCESS_LOG",
    "ev.auth_record": "AUTHORIZATION_DOCUMENTATION",
    "ev.three_ds": "AUTHORIZATION_DOCUMENTATION",
    "ev.refund_policy": "CANCELLATION_OR_REFUND_DOCUMENTATION",
    "ev.noshow_policy": "CANCELLATION_OR_REFUND_DOCUMENTATION",
    "ev.policy_disclosed": "CANCELLATION_OR_REFUND_DOCUMENTATION",
    "ev.refund_proof": "CANCELLATION_OR_REFUND_DOCUMENTATION",
    "ev.customer_comm": "CARDHOLDER_COMMUNICATION",
    "ev.withdrawal_letter": "CARDHOLDER_COMMUNICATION",
    "ev.return_instructions": "CARDHOLDER_COMMUNICATION",
    "ev.account_profile": "CARDHOLDER_INFORMATION",
    "ev.device_ip": "CARDHOLDER_INFORMATION",
    "ev.order_record": "PURCHASE_ACKNOWLEDGEMENT",
    "ev.terms_accept_log": "PURCHASE_ACKNOWLEDGEMENT",
    "ev.amount_agreed": "PURCHASE_ACKNOWLEDGEMENT",
    "ev.distinct_orders": "DUPLICATE_CHARGE_DOCUMENTATION",
    "ev.no_other_payment": "DUPLICATE_CHARGE_DOCUMENTATION",
    "ev.product_page": "PRODUCT_OR_SERVICE_DESCRIPTION",
    "ev.receipt_invoice": "RECEIPT",
    "ev.service_doc": "SERVICE_RECEIVED_DOCUMENTATION",
    "ev.delivery_full_address": "PROOF_OF_DELIVERY_DOCUMENTATION",
    "ev.signature_pod": "PROOF_OF_DELIVERY_DOCUMENTATION",
    "ev.pickup_ack": "PROOF_OF_DELIVERY_DOCUMENTATION",
    "ev.prior_transactions": "RELATED_TRANSACTION_DOCUMENTATION",
}
_ENDING = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tiff", "image/heic": "heic", "image/heif": "heif",
}  # fmt: skip
_OURS = re.compile(r"goodstanding-[0-9a-f]{16}\.[a-z]{3,4}")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of evidence: a text, or a file. A file's name is made from its content, at most 40 characters."""

    type: str
    text: str = ""
    media_type: str = ""
    content: bytes = b""

    @property
    def filename(self) -> str:
        digest = hashlib.sha256(self.type.encode() + b"\0" + self.content).hexdigest()[:16]
        return f"goodstanding-{digest}.{_ENDING.get(self.media_type, 'bin')}"


def is_ours(filename: object) -> bool:
    """Did we give a file its name?"""
    return isinstance(filename, str) and _OURS.fullmatch(filename) is not None


def plan(bundle: Bundle) -> tuple[Piece, ...]:
    """Reply and tracking number as texts; the document, and lone exhibits under their types, as files."""
    return (*_texts(bundle), *_document(bundle), *_alone(bundle))


def violations(bundle: Bundle, pieces: tuple[Piece, ...]) -> Iterator[Violation]:
    """What Square would refuse, by its rules as far as they are known."""
    for piece in pieces:
        if piece.text and len(piece.text) > TEXT_CHARS:
            message = f"the text has {len(piece.text)} characters, at most {TEXT_CHARS} are allowed; compile the package into a document"
            yield _violation("text_too_long", message, piece.type, characters=len(piece.text), most=TEXT_CHARS)
        if not piece.text and piece.media_type not in LIMITS.media_types:
            message = f"a file is {piece.media_type}; Square takes PDF, JPEG, PNG, TIFF, HEIC and HEIF"
            yield _violation("media_type", message, piece.type)
        if not piece.text and not piece.content:
            yield _violation("empty_file", "a file is empty", piece.type)
    if not bundle.document:
        sent = {piece.content for piece in pieces}
        for exhibit in bundle.exhibits:
            if exhibit.content and exhibit.content not in sent:
                message = f"{exhibit.title}: several exhibits are of its type; compile the package into one document"
                yield _violation("slot_taken", message, exhibit.id)
    if not pieces:
        yield _violation("nothing_to_send", "the package holds neither text nor files", "")


def notes(bundle: Bundle) -> Iterator[Violation]:
    """What a person should know and nothing forbids."""
    if bundle.document and len(bundle.reply_text.strip()) > TEXT_CHARS:
        message = f"the reply is longer than {TEXT_CHARS} characters and goes with the document only"
        yield Violation(code="text_in_document", message=message, grade="note")


def _texts(bundle: Bundle) -> tuple[Piece, ...]:
    tracking = bundle.fields.get("tracking_number", "") or bundle.fields.get("shipping_tracking_number", "")
    found = [("REBUTTAL_EXPLANATION", bundle.reply_text.strip()), ("TRACKING_NUMBER", tracking.strip())]
    return tuple(
        Piece(type=kind, text=text) for kind, text in found if text and (not bundle.document or len(text) <= TEXT_CHARS)
    )


def _document(bundle: Bundle) -> tuple[Piece, ...]:
    if bundle.document:
        return (Piece(type="GENERIC_EVIDENCE", media_type="application/pdf", content=bundle.document),)
    loose = [item for item in bundle.exhibits if item.content and item.kind not in TYPE_OF]
    return (_as_piece(loose[0], "GENERIC_EVIDENCE"),) if len(loose) == 1 else ()


def _alone(bundle: Bundle) -> tuple[Piece, ...]:
    by_type: dict[str, list[Exhibit]] = {}
    for exhibit in bundle.exhibits:
        if exhibit.content and exhibit.kind in TYPE_OF:
            by_type.setdefault(TYPE_OF[exhibit.kind], []).append(exhibit)
    alone = [(kind, found[0]) for kind, found in by_type.items() if len(found) == 1]
    # A file of a type that Square refuses is left to the document, which shows it.
    return tuple(
        _as_piece(item, kind) for kind, item in alone if not bundle.document or item.media_type in LIMITS.media_types
    )


def _as_piece(exhibit: Exhibit, kind: str) -> Piece:
    return Piece(type=kind, media_type=exhibit.media_type, content=exhibit.content)


def _violation(code: str, message: str, subject: str, **facts: int) -> Violation:
    return Violation(
        code=code, message=message, subject=subject, facts={name: str(value) for name, value in facts.items()}
    )
