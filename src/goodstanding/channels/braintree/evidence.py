"""From a package to Braintree's evidence, and what of it Braintree would not take.

Files: https://developer.paypal.com/braintree/docs/reference/request/document-upload/create (read 2026-11-24).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from goodstanding.contract import Bundle, Exhibit, Limits, Violation

LIMITS = Limits(
    media_types=("application/pdf", "image/jpeg", "image/png"),
    max_file_bytes=4_000_000,
    source="https://developer.paypal.com/braintree/docs/reference/request/document-upload/create (read 2026-11-24)",
)
_EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
#: Proof that the bank's clerk should meet as a file of its own, besides the document that holds everything.
_ALONE = ("ev.signature_pod", "ev.delivery_full_address", "ev.receipt_invoice", "ev.refund_proof")


@dataclass(frozen=True, kw_only=True)
class File:
    """A file to upload."""

    name: str
    media_type: str
    content: bytes

    def body(self, digest: str) -> tuple[bytes, str]:
        """The multipart body as the official libraries send it, and its media type."""
        edge = hashlib.sha256(digest.encode(errors="replace") + self.content).hexdigest()
        parts = [_field(edge, "kind", "evidence_document"), _field(edge, "document_upload[kind]", "evidence_document")]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{self.name}"\r\nContent-Type: {self.media_type}\r\n\r\n'
        content = b"".join(parts) + head.encode() + self.content + f"\r\n--{edge}--\r\n".encode()
        return content, f"multipart/form-data; boundary={edge}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes to Braintree: one text, and files."""

    comments: str
    files: tuple[File, ...]


def plan(bundle: Bundle) -> Plan:
    """The reply as text evidence; the compiled document, and a few exhibits that speak for themselves, as files."""
    alone = [_file(item) for item in _lone(bundle)]
    if not bundle.document:
        return Plan(
            comments=bundle.reply_text.strip(), files=tuple(_file(item) for item in bundle.exhibits if item.content)
        )
    whole = File(name="evidence.pdf", media_type="application/pdf", content=bundle.document)
    return Plan(comments=bundle.reply_text.strip(), files=(whole, *(file for file in alone if _fits(file))))


def violations(laid_out: Plan) -> Iterator[Violation]:
    """The rules that can be checked without asking Braintree."""
    if not laid_out.comments and not laid_out.files:
        yield Violation(code="nothing_to_send", message="the package holds neither words nor files")
    most = LIMITS.max_file_bytes or 0
    for file in laid_out.files:
        if file.media_type not in LIMITS.media_types:
            yield Violation(
                code="media_type",
                message=f"{file.name} is {file.media_type}; Braintree takes PDF, JPEG and PNG",
                subject=file.name,
            )
        if len(file.content) > most:
            yield Violation(
                code="file_too_large",
                message=f"{file.name} has {len(file.content)} bytes, at most {most} are allowed",
                subject=file.name,
                facts={"bytes": str(len(file.content)), "most": str(most)},
            )


def _lone(bundle: Bundle) -> list[Exhibit]:
    found = [item for item in bundle.exhibits if item.content and item.kind in _ALONE]
    return [item for item in found if [other.kind for other in found].count(item.kind) == 1]


def _fits(file: File) -> bool:
    return file.media_type in LIMITS.media_types and len(file.content) <= (LIMITS.max_file_bytes or 0)


def _file(exhibit: Exhibit) -> File:
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", exhibit.kind.removeprefix("ev.")).strip("-")[:60] or "evidence"
    name = f"{stem}.{_EXTENSIONS.get(exhibit.media_type, 'bin')}"
    return File(name=name, media_type=exhibit.media_type, content=exhibit.content)


def _field(edge: str, name: str, value: str) -> bytes:
    return f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
