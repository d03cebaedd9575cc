"""The package as one ZIP whose manifest proves, without us and without a network, that nothing was changed.

    package.pdf  reply.md  exhibits/…  manifest.json

Exhibits are the originals, byte for byte. The manifest names every other file with its SHA-256, and carries a digest of
itself; the product stores that digest with the approval. The same bundle gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from goodstanding.contract import Bundle, Exhibit, Violation

VERSION = 1
MANIFEST = "manifest.json"
#: A trusted time stamp over the manifest (RFC 3161) may lie beside it.
TIME_STAMP = "manifest.tsr"

MAX_FILES = 2_000
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_TOTAL_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200  # unpacked to packed; documents and pictures stay far below
_MAX_MANIFEST = 8 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_CHUNK = 1024 * 1024


def pack(bundle: Bundle, *, created: datetime) -> bytes:
    """Write the archive. ``created`` is aware; it stands in the manifest only."""
    contents, files = _contents(bundle)
    manifest: dict[str, Any] = {
        "version": VERSION,
        "case": bundle.case_ref,
        "created": created.astimezone(UTC).isoformat(timespec="seconds"),
        "package": bundle.digest,
        "files": files,
    }
    manifest["digest"] = digest(manifest)
    contents[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
    out = BytesIO()
    # Stored, not deflated: what deflate makes differs between versions of zlib, and the contents hardly shrink.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, content)
    return out.getvalue()


def digest(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over the manifest without its own digest, as JSON with sorted keys and no spaces."""
    body = {key: value for key, value in manifest.items() if key != "digest"}
    return hashlib.sha256(
        json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def safe_name(name: str, *, fallback: str = "file") -> str:
    """A name that every file system takes: no folders, controls or reserved names, at most 120 bytes of UTF-8."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join("_" if character in '<>:"|?*' else character for character in name if _visible(character))
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if not dot or len(suffix.encode()) > 12:
        stem, dot, suffix = kept, "", ""
    if stem.lower() in _RESERVED:
        stem = f"_{stem}"
    stem = stem.encode()[: 120 - len(suffix.encode()) - len(dot)].decode(errors="ignore").rstrip(" .")
    return f"{stem or fallback}{dot}{suffix}"


def document_name(case_ref: str, what: str = "evidence", suffix: str = "pdf") -> str:
    """The name of a file that is handed over: case id and content, in ASCII, as ``dp_123-evidence.pdf``."""
    parts = (re.sub(r"[^A-Za-z0-9_.]+", "-", part).strip("-.") for part in (case_ref[:80], what[:40]))
    return f"{'-'.join(part for part in parts if part) or 'package'}.{suffix}"


def verify_archive(content: bytes) -> list[Violation]:
    """Everything that differs from what the manifest promises; an empty list means that nothing was changed."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _shape(archive) or _differences(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        return [
            _fault("archive.unreadable", "", f"The archive is damaged and cannot be read ({error}); fetch it again.")
        ]


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _contents(bundle: Bundle) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    contents: dict[str, bytes] = {}
    files: list[dict[str, Any]] = []
    if bundle.document:
        contents["package.pdf"] = bundle.document
        files.append(_entry("package.pdf", bundle.document, "application/pdf", kind="package"))
    contents["reply.md"] = bundle.reply_text.encode()
    files.append(_entry("reply.md", contents["reply.md"], "text/markdown", kind="reply"))
    taken: set[str] = set()
    for exhibit in bundle.exhibits:
        name = _free_name(exhibit, taken)
        contents[name] = exhibit.content
        moment = exhibit.proves_at.astimezone(UTC).isoformat(timespec="seconds") if exhibit.proves_at else ""
        known = {"kind": exhibit.kind, "exhibit": exhibit.label, "title": exhibit.title, "origin": exhibit.origin}
        files.append(_entry(name, exhibit.content, exhibit.media_type, **known, proves_at=moment))
    return contents, files


def _entry(name: str, content: bytes, media_type: str, **more: str) -> dict[str, Any]:
    known = {
        "name": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "media_type": media_type,
    }
    return known | {key: value for key, value in more.items() if value}


def _free_name(exhibit: Exhibit, taken: set[str]) -> str:
    own = safe_name(exhibit.filename or exhibit.title)
    name = safe_name(f"{exhibit.label} {own}" if exhibit.label else own)
    stem, dot, suffix = name.rpartition(".") if "." in name else (name, "", "")
    number = 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} ({number}){dot}{suffix}"
    taken.add(name.casefold())
    return f"exhibits/{name}"


def _fault(code: str, subject: str, message: str, **facts: str) -> Violation:
    return Violation(code=code, message=message, subject=subject, facts=facts)


def _shape(archive: zipfile.ZipFile) -> list[Violation]:
    """Whether it is safe to read at all; nothing is unpacked yet."""
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        return [
            _fault(
                "archive.too_many_files",
                "",
                f"The archive holds {len(entries)} files, more than {MAX_FILES}: it is not ours.",
            )
        ]
    if sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        return [
            _fault(
                "archive.bomb",
                "",
                f"The archive would unpack to more than {MAX_TOTAL_BYTES:,} bytes; it was not opened.",
            )
        ]
    found, seen = [], set()
    for entry in entries:
        name = entry.filename
        if name.casefold() in seen:
            found.append(
                _fault("archive.duplicate", name, f"{name} is in the archive twice; one of them may hide the other.")
            )
        seen.add(name.casefold())
        found += _entry_faults(entry)
    return found


def _entry_faults(entry: zipfile.ZipInfo) -> list[Violation]:
    name, found = entry.filename, []
    original = entry.orig_filename  # zipfile cuts a name at its first NUL
    if (
        name != original
        or name.startswith("/")
        or "\\" in original
        or ":" in name
        or {"..", ".", ""} & set(name.split("/"))
    ):
        message = f"{original!r} points outside the archive or hides its name; do not unpack it."
        found.append(_fault("archive.path", name, message))
    if stat.S_ISLNK(entry.external_attr >> 16):
        found.append(_fault("archive.link", name, f"{name} is a link to another file; do not unpack the archive."))
    if entry.flag_bits & 0x1:
        found.append(_fault("archive.encrypted", name, f"{name} is encrypted; our packages never are."))
    if entry.file_size > MAX_FILE_BYTES or entry.file_size > MAX_RATIO * max(1, entry.compress_size) + 1_000_000:
        message = f"{name} would unpack to {entry.file_size:,} bytes from {entry.compress_size:,}; it was not opened."
        found.append(_fault("archive.bomb", name, message))
    return found


def _differences(archive: zipfile.ZipFile) -> list[Violation]:
    manifest = _manifest(archive)
    if isinstance(manifest, Violation):
        return [manifest]
    found = []
    if manifest.get("digest") != digest(manifest):
        message = "manifest.json was altered: its own digest does not match. Fetch the archive again."
        found.append(_fault("archive.manifest_altered", MANIFEST, message))
    promised = {entry["name"]: entry for entry in manifest["files"]}
    if len(promised) != len(manifest["files"]):
        found.append(_fault("archive.duplicate", MANIFEST, "manifest.json names a file twice."))
    present = set(archive.namelist()) - {MANIFEST, TIME_STAMP}
    found += [
        _fault("archive.missing", name, f"{name} is missing from the archive.")
        for name in promised
        if name not in present
    ]
    extra = sorted(present - set(promised))
    found += [_fault("archive.extra", name, f"{name} was added: the manifest does not name it.") for name in extra]
    for name, entry in promised.items():
        if name in present:
            found += _altered(archive, name, entry)
    return found


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any] | Violation:
    if MANIFEST not in archive.namelist():
        return _fault(
            "archive.no_manifest", MANIFEST, "There is no manifest.json: this is not a package, or it was removed."
        )
    if archive.getinfo(MANIFEST).file_size > _MAX_MANIFEST:
        return _fault("archive.bomb", MANIFEST, "manifest.json is too large to be ours.")
    try:
        manifest = json.loads(archive.read(MANIFEST))
        names = [entry["name"] for entry in manifest["files"]]
        whole = all(isinstance(name, str) for name in names) and isinstance(manifest, dict)
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        return _fault("archive.manifest_unreadable", MANIFEST, "manifest.json cannot be read; fetch the archive again.")
    if manifest.get("version") != VERSION:
        message = (
            f"manifest.json is of version {manifest.get('version')!r}; this program reads version {VERSION}. Update it."
        )
        return _fault("archive.version", MANIFEST, message)
    return dict(manifest)


def _altered(archive: zipfile.ZipFile, name: str, entry: Mapping[str, Any]) -> list[Violation]:
    hashed, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                hashed.update(chunk)
                size += len(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        return [_fault("archive.altered", name, f"{name} is damaged ({error}); fetch the archive again.")]
    if hashed.hexdigest() == entry.get("sha256") and size == entry.get("bytes"):
        return []
    message = f"{name} was altered: its SHA-256 is not the one in the manifest."
    return [_fault("archive.altered", name, message, expected=str(entry.get("sha256")), found=hashed.hexdigest())]
