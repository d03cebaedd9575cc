"""From a package to PayPal's evidence, and what of it PayPal would not take.

Evidence types and lengths: Customer Disputes API v1 (2024-02-03). Files: https://developer.paypal.com/platforms/disputes/reference/supported-file-types-sizes.md
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from goodstanding.contract import Bundle, Exhibit, Limits, Violation

LIMITS = Limits(
    media_types=("application/pdf", "image/jpeg", "image/png", "image/gif"),
    max_file_bytes=9_999_999,  # "less than 10 MB"
    max_total_bytes=50_000_000,
    source="https://developer.paypal.com/platforms/disputes/reference/supported-file-types-sizes.md (read 2026-11-22)",
)
#: Longest note of one piece of evidence, in the API's description. The whole reply is in the document.
NOTE_CHARS = 2_000
_SEE_DOCUMENT = "Please see the attached document for our full response and exhibits."

#: Evidence id -> PayPal's evidence type; what is not named here goes with the compiled document.
TYPE_OF = {
    "ev.signature_pod": "PROOF_OF_DELIVERY_SIGNATURE",
    "ev.delivery_full_address": "ONLINE_TRACKING_INFORMATION",
    "ev.tracking_partial": "ONLINE_TRACKING_INFORMATION",
    "ev.receipt_invoice": "PROOF_OF_RECEIPT_COPY",
    "ev.order_record": "ORDER_DETAILS",
    "ev.refund_policy": "RETURN_POLICY",
    "ev.subscription_consent": "BILLING_AGREEMENT",
    "ev.replacement_or_repair": "PROOF_OF_RESHIPMENT",
    "ev.product_page": "ITEM_DESCRIPTION",
    "ev.service_doc": "PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED",
    "ev.digital_download": "PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED",
    "ev.refund_proof": "PROOF_OF_REFUND",
}
FULFILLMENT, REFUND = "PROOF_OF_FULFILLMENT", "PROOF_OF_REFUND"
_EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
#: Names that sellers use for carriers -> PayPal's; any entry of its list is taken as it stands.
_CARRIER_NAMES = {
    "4px": "FOUR_PX_EXPRESS", "递四方": "FOUR_PX_EXPRESS", "yunexpress": "YUNEXPRESS", "云途": "YUNEXPRESS", "燕文": "YANWEN",
    "菜鸟": "CAINIAO", "顺丰": "SF_EXPRESS", "sf": "SF_EXPRESS", "sfexpress": "SF_EXPRESS", "中国邮政": "CN_CHINA_POST",
    "chinapost": "CN_CHINA_POST", "ems": "CN_EMS", "圆通": "YTO", "中通": "ZTO_EXPRESS", "申通": "CN_STO", "韵达": "CN_YUNDA",
    "万邦": "WANBEXPRESS", "万邑通": "WINIT", "三态": "SFC_LOGISTICS", "出口易": "CHUKOU1", "安骏": "ANJUN", "华翰": "HUAHAN_EXPRESS",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as it goes along: ``file1`` and so on in the order given."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The JSON part ``input``, and the files."""

    evidences: tuple[dict[str, Any], ...]
    files: tuple[File, ...]

    def body(self, boundary: str) -> bytes:
        """The multipart body: the JSON first, then the files."""
        parts = [
            _part(
                boundary, 'name="input"', "application/json", json.dumps({"evidences": list(self.evidences)}).encode()
            )
        ]
        for number, file in enumerate(self.files, start=1):
            where = f'name="file{number}"; filename="{file.name}"'
            parts.append(_part(boundary, where, file.media_type, file.content))
        return b"".join(parts) + f"--{boundary}--\r\n".encode()

    def boundary(self, digest: str) -> str:
        """Fixed by the package, so that a repeat sends the same bytes; no content can hold its own digest."""
        hashed = hashlib.sha256(digest.encode(errors="replace"))
        for file in self.files:
            hashed.update(file.content)
        return hashed.hexdigest()


def plan(bundle: Bundle, requested: Sequence[str] = ()) -> Plan:
    """How a package is laid out: tracking and refunds as data, the compiled document, and exhibits alone in their type.

    The document goes under the first type that PayPal asks for and nothing else fills, else under OTHER.
    """
    parcels, refunds = tracking(bundle), refund_ids(bundle)
    alone = _alone(bundle)
    evidences: list[dict[str, Any]] = []
    if parcels:
        evidences.append({"evidence_type": FULFILLMENT, "evidence_info": {"tracking_info": parcels}})
    if refunds:
        evidences.append({"evidence_type": REFUND, "evidence_info": {"refund_ids": refunds}})
    files = _fitting(bundle, alone)
    filled = {FULFILLMENT: bool(parcels), REFUND: bool(refunds)} | {type_: True for type_, _ in files}
    for type_, file in files:
        evidences.append({"evidence_type": type_, "documents": [{"name": file.name}]})
    whole = _document(bundle)
    note = bundle.reply_text.strip() if len(bundle.reply_text.strip()) <= NOTE_CHARS else _SEE_DOCUMENT
    if whole or note:
        type_ = next((name for name in requested if not filled.get(name)), "OTHER")
        entry: dict[str, Any] = {"evidence_type": type_, **({"notes": note} if note else {})}
        if whole:
            entry["documents"] = [{"name": whole.name}]
        evidences.append(entry)
    return Plan(evidences=tuple(evidences), files=(*(file for _, file in files), *((whole,) if whole else ())))


def violations(bundle: Bundle, laid_out: Plan) -> Iterator[Violation]:
    """The rules that can be checked without asking PayPal."""
    if not laid_out.evidences:
        yield Violation(code="nothing_to_send", message="the package holds neither words, files nor tracking numbers")
    if not bundle.document and len(bundle.reply_text.strip()) > NOTE_CHARS:
        yield Violation(
            code="text_too_long",
            message=f"the reply has {len(bundle.reply_text.strip())} characters, at most {NOTE_CHARS} go without a document",
            subject="reply",
        )
    for file in laid_out.files:
        if file.media_type not in LIMITS.media_types:
            yield Violation(
                code="media_type",
                message=f"{file.name} is {file.media_type}; PayPal takes PDF, JPEG, PNG and GIF",
                subject=file.name,
            )
        if len(file.content) > (LIMITS.max_file_bytes or 0):
            yield _too_large("file_too_large", file.name, len(file.content), LIMITS.max_file_bytes or 0)
    total = sum(len(file.content) for file in laid_out.files)
    if total > (LIMITS.max_total_bytes or 0):
        yield _too_large("files_too_large", "", total, LIMITS.max_total_bytes or 0)
    if not bundle.document:
        sent = {file.content for file in laid_out.files}
        for exhibit in bundle.exhibits:
            if exhibit.content and exhibit.content not in sent:
                yield Violation(
                    code="left_out",
                    message=f"{exhibit.title} would not go along; compile the package into one document",
                    subject=exhibit.id,
                )


def tracking(bundle: Bundle) -> list[dict[str, str]]:
    """Parcels as PayPal wants them: a carrier of its list, or OTHER with the name."""
    numbers = [item for item in re.split(r"[\s,;，；]+", bundle.fields.get("tracking_number", "")) if item]
    numbers += [ref.value for ref in bundle.references if ref.type == "tracking" and ref.value not in numbers]
    name = (bundle.fields.get("carrier") or bundle.fields.get("shipping_carrier") or "").strip()
    code = carrier(name)
    url = bundle.fields.get("tracking_url", "").strip()
    parcel: dict[str, str] = {"carrier_name": code}
    if code == "OTHER":
        parcel["carrier_name_other"] = (name or "unknown")[:2000]
    if url.startswith("https://"):
        parcel["tracking_url"] = url
    return [{**parcel, "tracking_number": number[:255]} for number in numbers]


def refund_ids(bundle: Bundle) -> list[str]:
    """PayPal ids of refunds that were made already."""
    return list(
        dict.fromkeys(ref.value for ref in bundle.references if ref.type == "refund" and 0 < len(ref.value) <= 255)
    )


def carrier(name: str) -> str:
    """The entry of PayPal's closed list for a carrier's name, exactly as the list writes it; OTHER where there is none."""
    wanted = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    if (found := carriers().get(wanted)) is not None:
        return found
    plain = re.sub(r"[\s_-]+", "", name.lower())
    return next(
        (code for said, code in _CARRIER_NAMES.items() if plain == said or (said in plain and not said.isascii())),
        "OTHER",
    )


@cache
def carriers() -> dict[str, str]:
    """PayPal's list by its own spelling without white space around it: one entry is written with a space before it."""
    entries = json.loads((Path(__file__).parent / "carriers.json").read_text())
    return {entry.strip(): entry for entry in entries}


def _alone(bundle: Bundle) -> list[tuple[str, File]]:
    by_type: dict[str, list[Exhibit]] = {}
    for exhibit in bundle.exhibits:
        if exhibit.content and exhibit.kind in TYPE_OF:
            by_type.setdefault(TYPE_OF[exhibit.kind], []).append(exhibit)
    return [
        (type_, _file(found[0]))
        for type_, found in by_type.items()
        if len(found) == 1 and (found[0].media_type in LIMITS.media_types or not bundle.document)
    ]


def _fitting(bundle: Bundle, alone: list[tuple[str, File]]) -> list[tuple[str, File]]:
    """The copies beside the document, or none where they are too much; the document holds them anyway."""
    largest = LIMITS.max_file_bytes or 0
    total = len(bundle.document) + sum(len(file.content) for _, file in alone)
    if bundle.document and (total > (LIMITS.max_total_bytes or 0)):
        return []
    return [(type_, file) for type_, file in alone if not bundle.document or len(file.content) <= largest]


def _document(bundle: Bundle) -> File | None:
    if not bundle.document:
        return None
    return File(name=f"evidence-{_safe(bundle.case_ref)}.pdf", media_type="application/pdf", content=bundle.document)


def _file(exhibit: Exhibit) -> File:
    """Named by what it proves: file names of sellers repeat, and hold characters that PayPal refuses."""
    name = f"{_safe(exhibit.kind.removeprefix('ev.'))}.{_EXTENSIONS.get(exhibit.media_type, 'bin')}"
    return File(name=name, media_type=exhibit.media_type, content=exhibit.content)


def _safe(text: str) -> str:
    """PayPal takes letters, digits, hyphens, underscores and commas in a name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:80]


def _part(boundary: str, disposition: str, media_type: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {media_type}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def _too_large(code: str, subject: str, size: int, most: int) -> Violation:
    what = subject or "all files together"
    return Violation(
        code=code,
        message=f"{what}: {size} bytes, at most {most} are allowed",
        subject=subject,
        facts={"bytes": str(size), "most": str(most)},
    )
