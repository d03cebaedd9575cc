"""From a package to Stripe's evidence fields, and what of it Stripe would not take.

Field names and lengths: https://docs.stripe.com/api/disputes/update (API 2026-10-28.endive). File rules: see LIMITS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from goodstanding.contract import Bundle, Exhibit, Limits, Violation

FILE_SLOTS = (
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
)  # fmt: skip
LONG_TEXTS = (
    "access_activity_log", "cancellation_policy_disclosure", "cancellation_rebuttal", "duplicate_charge_explanation",
    "product_description", "refund_policy_disclosure", "refund_refusal_explanation", "uncategorized_text",
)  # fmt: skip
SHORT_TEXTS = (
    "billing_address", "customer_email_address", "customer_name", "customer_purchase_ip", "duplicate_charge_id", "service_date",
    "shipping_address", "shipping_carrier", "shipping_date", "shipping_tracking_number",
)  # fmt: skip
SHORT_CHARS = 5_000

#: The total of 4.5 MB is what WooPayments, which submits to Stripe, enforces; fewer than 50 pages is Stripe's advice. The
#: page limit that counts is the network's (Mastercard 19): Stripe checks it when evidence is staged, see ``rehearse``.
LIMITS = Limits(
    media_types=("application/pdf", "image/png", "image/jpeg"),
    max_file_bytes=4_500_000,
    max_total_bytes=4_500_000,
    max_pages=49,
    max_files=len(FILE_SLOTS),
    max_text_chars=20_000,
    max_total_text_chars=150_000,
    one_file_per_slot=True,
    slots=FILE_SLOTS,
    languages=("en",),
    source="https://docs.stripe.com/disputes/best-practices; https://docs.stripe.com/api/disputes/update; WooPayments client/disputes/evidence",
)

#: Evidence id -> the file slot it fills; what is not named here goes with the compiled document.
SLOT_OF = {
    "ev.receipt_invoice": "receipt",
    "ev.amount_agreed": "receipt",
    "ev.delivery_full_address": "shipping_documentation",
    "ev.replacement_or_repair": "shipping_documentation",
    "ev.delivery_not_due": "shipping_documentation",
    "ev.signature_pod": "customer_signature",
    "ev.pickup_ack": "customer_signature",
    "ev.signed_slip": "customer_signature",
    "ev.refund_policy": "refund_policy",
    "ev.noshow_policy": "cancellation_policy",
    "ev.renewal_notice": "customer_communication",
    "ev.customer_comm": "customer_communication",
    "ev.withdrawal_letter": "customer_communication",
    "ev.return_instructions": "customer_communication",
    "ev.service_doc": "service_documentation",
    "ev.distinct_orders": "duplicate_charge_documentation",
    "ev.no_other_payment": "duplicate_charge_documentation",
}
#: Evidence id -> the text field that its words fill, where the package names no text of its own for it.
TEXT_OF = {
    "ev.usage_log": "access_activity_log",
    "ev.usage_after_cancel": "access_activity_log",
    "ev.digital_download": "access_activity_log",
    "ev.subscription_consent": "cancellation_policy_disclosure",
    "ev.no_cancel_request": "cancellation_rebuttal",
    "ev.policy_disclosed": "refund_policy_disclosure",
    "ev.refund_proof": "refund_refusal_explanation",
    "ev.no_return": "refund_refusal_explanation",
    "ev.distinct_orders": "duplicate_charge_explanation",
    "ev.product_page": "product_description",
}
#: Our names of a case's facts -> Stripe's, where they differ.
FIELD_OF = {
    "customer_email": "customer_email_address",
    "buyer_name": "customer_name",
    "buyer_email": "customer_email_address",
    "buyer_ip": "customer_purchase_ip",
    "customer_ip": "customer_purchase_ip",
    "tracking_number": "shipping_tracking_number",
    "carrier": "shipping_carrier",
    "shipped_at": "shipping_date",
}
_IDENTIFIERS = (
    "customer_account_id",
    "customer_device_fingerprint",
    "customer_device_id",
    "customer_email_address",
    "customer_purchase_ip",
)
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
_CE3 = "ce3."


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file and the slot it goes to."""

    slot: str
    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes to Stripe: text fields, files, and whether it is an appeal (which takes nothing else)."""

    texts: Mapping[str, str]
    uploads: tuple[Upload, ...]
    enhanced: Mapping[str, Any]
    appeal: bool = False

    def evidence(self, file_ids: Mapping[str, str]) -> dict[str, Any]:
        """The ``evidence`` hash, given the ids of the uploaded files by slot."""
        if self.appeal:
            card = {
                "reason_for_filing": self.texts.get("uncategorized_text", ""),
                "supporting_files": list(file_ids.values()),
            }
            return {"appeal": {"card": {name: value for name, value in card.items() if value}}}
        enhanced = {"enhanced_evidence": {"visa_compelling_evidence_3": self.enhanced}} if self.enhanced else {}
        return {**self.texts, **file_ids, **enhanced}


def plan(bundle: Bundle, *, slots: bool = True) -> Plan:
    """How a package is laid out over Stripe's fields.

    The compiled document, which holds reply and all exhibits under the labels that the reply cites, is the
    ``uncategorized_file``. An exhibit that is alone in its slot is filed there as well, where Stripe and the bank look for
    it; several for one slot are only in the document. ``slots=False`` leaves the copies out, for when they are too much.
    """
    appeal = bundle.stage == "appeal"
    document = _document(bundle)
    uploads = document if appeal or not slots else (*_alone_in_slot(bundle), *document)
    return Plan(
        texts=_texts(bundle),
        uploads=uploads,
        enhanced={} if appeal else _compelling_evidence(bundle.fields),
        appeal=appeal,
    )


def violations(bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    """The rules that can be checked without asking Stripe."""
    yield from _text_violations(laid_out.texts)
    yield from _file_violations(bundle, laid_out)
    if laid_out.enhanced:
        yield from _ce3_violations(laid_out.enhanced)


def fitting_plan(bundle: Bundle) -> Plan:
    """The plan with the copies in their slots if all fits the total size, else the document alone."""
    full = plan(bundle)
    small = plan(bundle, slots=False)
    return full if _total(full) <= (LIMITS.max_total_bytes or 0) or not small.uploads else small


def _document(bundle: Bundle) -> tuple[Upload, ...]:
    if bundle.document:
        name = f"evidence-{bundle.case_ref}.pdf"
        return (
            Upload(slot="uncategorized_file", filename=name, media_type="application/pdf", content=bundle.document),
        )
    loose = [
        exhibit
        for exhibit in bundle.exhibits
        if exhibit.content and exhibit.kind not in SLOT_OF and exhibit.kind not in TEXT_OF
    ]
    return (_as_upload(loose[0], "uncategorized_file"),) if len(loose) == 1 else ()


def _alone_in_slot(bundle: Bundle) -> tuple[Upload, ...]:
    by_slot: dict[str, list[Exhibit]] = {}
    for exhibit in bundle.exhibits:
        if exhibit.content and exhibit.kind in SLOT_OF:
            by_slot.setdefault(SLOT_OF[exhibit.kind], []).append(exhibit)
    return tuple(
        _as_upload(found[0], slot)
        for slot, found in by_slot.items()
        if len(found) == 1 and _may_stand_alone(bundle, found[0])
    )


def _may_stand_alone(bundle: Bundle, exhibit: Exhibit) -> bool:
    """A file of a type that Stripe refuses is left to the document, which shows it; without one it is a violation to report."""
    return exhibit.media_type in LIMITS.media_types or not bundle.document


def _as_upload(exhibit: Exhibit, slot: str) -> Upload:
    name = exhibit.filename or f"{slot}.{exhibit.media_type.rpartition('/')[2]}"
    return Upload(slot=slot, filename=name, media_type=exhibit.media_type, content=exhibit.content)


def _texts(bundle: Bundle) -> dict[str, str]:
    texts: dict[str, str] = {}
    for exhibit in bundle.exhibits:
        field = TEXT_OF.get(exhibit.kind)
        if field and exhibit.text.strip():
            texts[field] = "\n\n".join(filter(None, (texts.get(field), exhibit.text.strip())))
    for name, value in bundle.fields.items():
        field = FIELD_OF.get(name, name)
        if value.strip() and (field in SHORT_TEXTS or field in LONG_TEXTS):
            texts[field] = value.strip()
    if bundle.reply_text.strip():
        texts["uncategorized_text"] = bundle.reply_text.strip()
    return texts


def _compelling_evidence(fields: Mapping[str, str]) -> dict[str, Any]:
    """Visa Compelling Evidence 3.0 from fields such as ``ce3.disputed_transaction.customer_purchase_ip`` and
    ``ce3.prior_undisputed_transactions.0.charge``. ``fee_acknowledged`` is never set: it costs money, a person does it at Stripe.
    """
    disputed: dict[str, Any] = {}
    priors: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        if not name.startswith(_CE3) or not value.strip():
            continue
        part, _, rest = name.removeprefix(_CE3).partition(".")
        if part == "disputed_transaction" and rest:
            _put(disputed, rest, value.strip(), (*_IDENTIFIERS, "merchandise_or_services", "product_description"))
        elif part == "prior_undisputed_transactions":
            index, _, field = rest.partition(".")
            if index.isascii() and index.isdigit() and field:
                _put(
                    priors.setdefault(index, {}), field, value.strip(), (*_IDENTIFIERS, "charge", "product_description")
                )
    found = {
        "disputed_transaction": disputed,
        "prior_undisputed_transactions": [priors[index] for index in sorted(priors)],
    }
    return {name: value for name, value in found.items() if value}


def _put(holder: dict[str, Any], field: str, value: str, allowed: tuple[str, ...]) -> None:
    head, _, line = field.partition(".")
    if head == "shipping_address" and line in _ADDRESS:
        holder.setdefault("shipping_address", {})[line] = value
    elif field in allowed:
        holder[field] = value


def _text_violations(texts: Mapping[str, str]) -> Iterator[Violation]:
    for field, value in texts.items():
        most = (LIMITS.max_text_chars or 0) if field in LONG_TEXTS else SHORT_CHARS
        if len(value) > most:
            yield _violation(
                "text_too_long",
                f"{field} has {len(value)} characters, at most {most} are allowed",
                field,
                characters=len(value),
                most=most,
            )
    total, most = sum(map(len, texts.values())), LIMITS.max_total_text_chars or 0
    if total > most:
        yield _violation(
            "texts_too_long",
            f"all text fields have {total} characters, at most {most} are allowed",
            "",
            characters=total,
            most=most,
        )


def _file_violations(bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    for upload in laid_out.uploads:
        if upload.media_type not in LIMITS.media_types:
            yield _violation(
                "media_type", f"{upload.filename} is {upload.media_type}; Stripe takes PDF, PNG and JPEG", upload.slot
            )
        if not upload.content:
            yield _violation("empty_file", f"{upload.filename} is empty", upload.slot)
    total, most = _total(laid_out), LIMITS.max_total_bytes or 0
    if total > most:
        yield _violation(
            "files_too_large",
            f"all files have {total} bytes, at most {most} are allowed together",
            "",
            bytes=total,
            most=most,
        )
    if not bundle.document:
        yield from _without_document(bundle, laid_out)
    if not laid_out.uploads and not laid_out.texts:
        yield _violation("nothing_to_send", "the package holds neither text nor files", "")


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


def _ce3_violations(enhanced: Mapping[str, Any]) -> Iterator[Violation]:
    priors = enhanced.get("prior_undisputed_transactions", [])
    if len(priors) != 2 or not all(prior.get("charge") for prior in priors):
        yield _violation(
            "ce3_priors",
            "Visa CE 3.0 needs exactly two prior undisputed charges of Stripe",
            "ce3.prior_undisputed_transactions",
            given=len(priors),
        )
    disputed = enhanced.get("disputed_transaction", {})
    if disputed.get("merchandise_or_services") not in ("merchandise", "services"):
        yield _violation(
            "ce3_goods",
            "Visa CE 3.0 needs merchandise_or_services: merchandise or services",
            "ce3.disputed_transaction",
        )
    for where, part in (
        ("disputed_transaction", disputed),
        *((f"prior_undisputed_transactions.{i}", prior) for i, prior in enumerate(priors)),
    ):
        for field, least in (("customer_device_fingerprint", 20), ("customer_device_id", 15)):
            if 0 < len(part.get(field, "")) < least:
                yield _violation(
                    "ce3_identifier", f"{field} needs at least {least} characters", f"ce3.{where}", least=least
                )
        address = part.get("shipping_address", {})
        absent = [line for line in _ADDRESS if line != "line2" and not address.get(line)] if address else []
        if absent:
            yield _violation("ce3_address", f"the shipping address lacks {', '.join(absent)}", f"ce3.{where}")


def _total(laid_out: Plan) -> int:
    return sum(len(upload.content) for upload in laid_out.uploads)


def _violation(code: str, message: str, subject: str, **facts: int) -> Violation:
    return Violation(
        code=code, message=message, subject=subject, facts={name: str(value) for name, value in facts.items()}
    )
