"""The archive: repeatable, and it notices every change."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering_cast import exhibit

from goodstanding.contract import Bundle
from goodstanding.rendering.archive import MANIFEST, digest, document_name, pack, safe_name, verify_archive

CREATED = datetime(2026, 11, 24, 8, tzinfo=UTC)


def bundle(*exhibits, **more) -> Bundle:
    known = {
        "stage": "chargeback",
        "reason": None,
        "network": "visa",
        "amount": None,
        "references": (),
        "language": "en",
    }
    return Bundle(
        case_ref="dp_1",
        reply_text="We delivered.",
        exhibits=exhibits,
        document=b"%PDF-1.7 x",
        digest="d" * 64,
        **known | more,
    )


PROOF = exhibit("签收单 Müller.jpg", b"\xff\xd8\xffbytes", "image/jpeg", label="A-1")
CHAT = exhibit("chat.txt", "你好".encode(), "text/plain", label="A-2")


def files(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(contents: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def codes(archive: bytes) -> list[str]:
    return [violation.code for violation in verify_archive(archive)]


def test_originals_are_kept_byte_for_byte_and_nothing_is_found_wrong():
    archive = pack(bundle(PROOF, CHAT), created=CREATED)
    kept = files(archive)
    assert list(kept) == [
        "package.pdf",
        "reply.md",
        "exhibits/A-1 签收单 Müller.jpg",
        "exhibits/A-2 chat.txt",
        MANIFEST,
    ]
    assert kept["exhibits/A-1 签收单 Müller.jpg"] == PROOF.content
    assert verify_archive(archive) == []
    assert archive == pack(bundle(PROOF, CHAT), created=CREATED)


def test_the_manifest_says_what_everything_is():
    manifest = json.loads(files(pack(bundle(PROOF), created=CREATED))[MANIFEST])
    assert manifest["version"] == 1
    assert manifest["package"] == "d" * 64
    assert manifest["created"] == "2026-11-24T08:00:00+00:00"
    assert manifest["digest"] == digest(manifest)
    assert manifest["files"][2] == {
        "name": "exhibits/A-1 签收单 Müller.jpg", "sha256": PROOF.sha256, "bytes": len(PROOF.content), "media_type": "image/jpeg",
        "kind": "ev.other", "exhibit": "A-1", "title": PROOF.title,
    }  # fmt: skip


def test_names_that_only_differ_in_case_do_not_overwrite_each_other():
    two = [replace(CHAT, id=name, filename=name, label="") for name in ("Chat.txt", "chat.TXT", "../chat.txt", "")]
    names = [name for name in files(pack(bundle(*two), created=CREATED)) if name.startswith("exhibits/")]
    assert len({name.casefold() for name in names}) == 4
    assert verify_archive(pack(bundle(*two), created=CREATED)) == []


def test_altered_missing_and_added_files_are_each_named():
    kept = files(pack(bundle(PROOF, CHAT), created=CREATED))
    assert codes(zipped(kept | {"reply.md": b"We refused."})) == ["archive.altered"]
    assert codes(zipped({k: v for k, v in kept.items() if k != "reply.md"})) == ["archive.missing"]
    assert codes(zipped(kept | {"exhibits/new.txt": b"x"})) == ["archive.extra"]
    assert codes(zipped(kept | {"manifest.tsr": b"time stamp"})) == []
    assert codes(zipped({k: v for k, v in kept.items() if k != MANIFEST})) == ["archive.no_manifest"]


def test_a_manifest_changed_along_with_its_file_does_not_keep_its_digest():
    kept = files(pack(bundle(PROOF), created=CREATED))
    manifest = json.loads(kept[MANIFEST])
    manifest["case"] = "dp_2"
    assert codes(zipped(kept | {MANIFEST: json.dumps(manifest).encode()})) == ["archive.manifest_altered"]


@pytest.mark.parametrize(
    "broken",
    [b"{", b"[]", b"null", b'{"files": 3}', b'{"files": [1]}', b'{"files": [{"name": 1}]}', b"\xff", b"[" * 99_999],
)
def test_an_unreadable_manifest_is_one_clear_finding(broken):
    kept = files(pack(bundle(PROOF), created=CREATED))
    assert codes(zipped(kept | {MANIFEST: broken})) == ["archive.manifest_unreadable"]


def test_dangerous_archives_are_not_opened():
    kept = files(pack(bundle(PROOF), created=CREATED))
    for name in ("../x", "/etc/x", "a\\..\\b", "exhibits/../../x", "C:/x"):
        assert codes(zipped(kept | {name: b"x"})) == ["archive.path"], name
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 50_000_000)
    assert codes(out.getvalue()) == ["archive.bomb"]
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert codes(out.getvalue()) == ["archive.link"]
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("reply.md", "one")
        archive.writestr("reply.md", "two")
    assert codes(out.getvalue()) == ["archive.duplicate"]


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_said_plainly(content):
    (violation,) = verify_archive(content)
    assert violation.code in ("archive.unreadable", "archive.no_manifest")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_altered_byte_of_a_file_is_noticed(data):
    archive = pack(bundle(PROOF, CHAT), created=CREATED)
    kept = files(archive)
    name = data.draw(st.sampled_from(sorted(set(kept) - {MANIFEST})))
    place = data.draw(st.integers(0, len(kept[name]) - 1))
    change = data.draw(st.integers(1, 255))
    altered = bytearray(kept[name])
    altered[place] ^= change
    assert codes(zipped(kept | {name: bytes(altered)})) == ["archive.altered"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 5000))
def test_no_damage_to_the_archive_itself_makes_it_crash(noise, place):
    archive = pack(bundle(PROOF, CHAT), created=CREATED)
    place = min(place, len(archive))
    for violation in verify_archive(archive[:place] + noise + archive[place + len(noise) :]):
        assert violation.message


@given(st.text(max_size=300))
def test_safe_names_are_safe(name):
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 132
    assert safe == safe_name(safe)
    assert not set(safe) & set('/\\<>:"|?*\0\n')
    assert safe not in (".", "..")
    assert safe.strip(" .") == safe


@pytest.mark.parametrize(
    ("case", "what", "name"),
    [
        ("dp_1Q2", "evidence", "dp_1Q2-evidence.pdf"),
        ("PP-R-EDN 1234/56", "proof of delivery", "PP-R-EDN-1234-56-proof-of-delivery.pdf"),
        ("../../etc", "", "etc.pdf"),
        ("案件", "证据", "package.pdf"),
    ],
)
def test_names_handed_over_hold_the_case(case, what, name):
    assert document_name(case, what) == name
