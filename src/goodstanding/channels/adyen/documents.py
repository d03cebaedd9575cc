"""From a package to Adyen's defence documents, and what of it Adyen would not take.

Sizes, types and pages: https://docs.adyen.com/risk-management/understanding-disputes/defense-requirements (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2

from goodstanding.contract import Bundle, Exhibit, Limits, Reader, Violation

#: The smallest size that holds for every scheme's PDF; larger pictures and shorter page counts are checked below.
LIMITS = Limits(
    media_types=("application/pdf", "image/jpeg", "image/tiff"),
    max_file_bytes=2_000_000,
    source="https://docs.adyen.com/risk-management/understanding-disputes/defense-requirements (read 2026-11-24)",
)
_MOST_BYTES = {"application/pdf": 2_000_000, "image/jpeg": 10_000_000, "image/tiff": 10_000_000}
_MOST_BYTES_OF_NETWORK = {"diners": 3_000_000, "discover": 3_000_000}
_MASTERCARD_PAGES = 19
_INQUIRY_PAGES = 4

#: Document types that Adyen's own specification shows, and the proof of ours that fits. Types are asked for each dispute;
#: one that is not named here is filled by the whole document.
EVIDENCE = {
    "TIDorInvoice": ("ev.receipt_invoice", "ev.order_record"),
    "GoodsNotReturned": ("ev.no_return",),
    "GoodsRepairedOrReplaced": ("ev.replacement_or_repair",),
    "GoodsWereAsDescribed": ("ev.product_page", "ev.quality_proof", "ev.authenticity"),
}
#: Proof that makes a whole document worth sending, for types that only the whole document fills.
ANY_PROOF = (
    "ev.delivery_full_address", "ev.signature_pod", "ev.order_record", "ev.receipt_invoice", "ev.customer_comm", "ev.product_page",
    "ev.refund_proof", "ev.service_doc", "ev.usage_log", "ev.device_ip", "ev.rebuttal",
)  # fmt: skip
#: The reason that claims nothing in particular, where Adyen offers it.
GENERAL = "SupplyDefenseMaterial"
#: The case's fact in which a person names the defence reason to use.
CHOICE = "adyen_defense_reason"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A document type of one defence reason: ``level`` in Adyen's word, ``there`` if one was supplied already."""

    code: str
    level: str
    there: bool


@dataclass(frozen=True, kw_only=True)
class Defence:
    """A defence reason that this dispute takes, and its documents."""

    code: str
    documents: tuple[Wanted, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file for one document type."""

    type: str
    media_type: str
    content: bytes


def defences(answer: dict[str, Any]) -> list[Defence]:
    """The defence reasons in Adyen's answer. Raises Unreadable where it is none."""
    return [
        Defence(
            code=reason.text("defenseReasonCode"),
            documents=tuple(
                Wanted(
                    code=item.text("defenseDocumentTypeCode"),
                    level=item.text("requirementLevel", ""),
                    there=item.flag("available", default=False),
                )
                for item in reason.items("defenseDocumentTypes")
            ),
        )
        for reason in Reader(answer).items("defenseReasons")
    ]


def chosen(bundle: Bundle, offered: Sequence[Defence]) -> Defence | Violation:
    """The defence reason to use. Naming one is a claim, so a person's choice goes first and nothing specific is guessed:
    else the only one there is, else the general one, else a person has to say.
    """
    codes = ", ".join(item.code for item in offered)
    wish = bundle.fields.get(CHOICE, "").strip()
    if not offered:
        return Violation(code="not_defendable", message="Adyen offers no defence reason: this dispute takes no defence")
    found = next((item for item in offered if item.code == wish), None)
    if wish and found is None:
        return Violation(code="unknown_defense_reason", message=f"{wish!r} is not offered; choose one of: {codes}")
    if found is None:
        found = offered[0] if len(offered) == 1 else next((item for item in offered if item.code == GENERAL), None)
    if found is None:
        return Violation(
            code="defense_reason_needed", message=f"choose a defence reason for this case: {codes}", subject=CHOICE
        )
    return found


def plan(bundle: Bundle, defence: Defence) -> tuple[Document, ...]:
    """Which file goes to which document type.

    The compiled document, which holds the reply and all exhibits, fills every demanded type that no exhibit of its own
    fills; if none is demanded, the first type offered.
    """
    placed = {wanted.code: file for wanted in defence.documents if (file := _own(bundle, wanted.code))}
    demanded = [item.code for item in defence.documents if item.level in ("Required", "AlternativeRequired")]
    either = [item.code for item in defence.documents if item.level == "OneOrMore"]
    if bundle.document:
        whole = [code for code in demanded if code not in placed]
        if not whole:
            free = [code for code in (*either, *(item.code for item in defence.documents)) if code not in placed]
            # The document must go along even where every type has a file of its own: it holds the reply.
            whole = free[:1] or [demanded[-1] if demanded else next(iter(placed), "")]
        placed |= {
            code: Document(type=code, media_type="application/pdf", content=bundle.document) for code in whole if code
        }
    return tuple(placed.values())


def violations(bundle: Bundle, defence: Defence, files: Sequence[Document]) -> Iterator[Violation]:
    """The rules that can be checked without asking Adyen again."""
    placed = {file.type for file in files}
    for wanted in defence.documents:
        if wanted.level in ("Required", "AlternativeRequired") and wanted.code not in placed:
            yield Violation(
                code="document_missing", message=f"{defence.code} demands {wanted.code}", subject=wanted.code
            )
    either = [item.code for item in defence.documents if item.level == "OneOrMore"]
    if either and not placed & set(either):
        yield Violation(
            code="document_missing", message=f"{defence.code} demands one of {', '.join(either)}", subject=either[0]
        )
    if not files:
        yield Violation(code="nothing_to_send", message="the package holds no file for any document type")
    for file in files:
        yield from _file_violations(bundle, file)


def _own(bundle: Bundle, code: str) -> Document | None:
    """The one exhibit that proves just this, if it can stand alone."""
    found = [item for item in bundle.exhibits if item.content and item.kind in EVIDENCE.get(code, ())]
    if len(found) != 1 or not _may_stand_alone(bundle, found[0]):
        return None
    return Document(type=code, media_type=found[0].media_type, content=found[0].content)


def _may_stand_alone(bundle: Bundle, exhibit: Exhibit) -> bool:
    """An exhibit that Adyen would refuse is left to the document, which shows it; without one it is a violation to report."""
    fits = exhibit.media_type in _MOST_BYTES and len(exhibit.content) <= _most_bytes(bundle, exhibit.media_type)
    return fits or not bundle.document


def _most_bytes(bundle: Bundle, media_type: str) -> int:
    most = _MOST_BYTES.get(media_type, 2_000_000)
    return min(most, _MOST_BYTES_OF_NETWORK.get(bundle.network, most))


def _file_violations(bundle: Bundle, file: Document) -> Iterator[Violation]:
    if file.media_type not in LIMITS.media_types:
        yield Violation(
            code="media_type",
            message=f"{file.type} is {file.media_type}; Adyen takes PDF, JPEG and TIFF",
            subject=file.type,
        )
    most = _most_bytes(bundle, file.media_type)
    if len(file.content) > most:
        yield Violation(
            code="file_too_large",
            message=f"{file.type} has {len(file.content)} bytes, at most {most} are allowed",
            subject=file.type,
            facts={"bytes": str(len(file.content)), "most": str(most)},
        )
    most_pages = _INQUIRY_PAGES if bundle.stage == "inquiry" else _MASTERCARD_PAGES
    if bundle.stage != "inquiry" and bundle.network != "mastercard":
        return
    pages = _pages(file)
    if pages > most_pages:
        yield Violation(
            code="too_many_pages",
            message=f"{file.type} has {pages} pages, at most {most_pages} are allowed",
            subject=file.type,
            facts={"pages": str(pages), "most": str(most_pages)},
        )


def _pages(file: Document) -> int:
    if file.media_type != "application/pdf":
        return 1
    try:
        return len(pypdfium2.PdfDocument(file.content))
    except pypdfium2.PdfiumError:
        return 1
