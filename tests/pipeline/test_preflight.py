"""Preflight: for each thing that can be wrong a package that has it, a Chinese sentence, and nothing breaks on bad bytes."""

from __future__ import annotations

import hashlib
import json
import random
import re
import zipfile
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import typst

from goodstanding.contract import Bundle, Exhibit, Violation
from goodstanding.pipeline.preflight import Preflight, Target, UnknownTarget, preflight
from goodstanding.reckoning import violations
from goodstanding.reckoning.violations import violation_zh
from goodstanding.rendering import typeface
from goodstanding.rendering.archive import MANIFEST, digest, pack

CREATED = datetime(2026, 11, 24, 8, tzinfo=UTC)
STRIPE = Target("stripe", "visa", "13.1")
CASE = "dp_test_1"
ORDER = """Order number: #1001
Ordered: 2026-03-02 09:14+00:00
Total: 89.90 USD
Buyer: Renée Kowalski
Shipping address: 1200 Barton Springs Rd, Austin, TX 78704, US
"""
PROOF = """Tracking number: 1Z999AA10123456784
Delivered to: 1200 Barton Springs Rd, Austin, TX 78704
2026-03-03 Picked up
2026-03-06 Delivered
"""
REPLY = "Order #1001 was placed on 2 March 2026 (Exhibit 1) and delivered on 6 March 2026 in Austin (Exhibit 2)."


@lru_cache
def pdf(pages: int = 1, text: str = CASE) -> bytes:
    source = "\n#pagebreak()\n".join([text or "#v(1pt)"] * pages)
    fonts = typeface.loaded()
    made = typst.compile(
        f'#set text(font: "Noto Sans")\n{source}'.replace("_", "\\_").encode(), format="pdf", pdf_standards="a-2b",
        timestamp=int(CREATED.timestamp()), font_paths=fonts, ignore_system_fonts=True,
    )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def exhibit(number: int, kind: str, text: str | bytes, media_type: str = "text/plain") -> Exhibit:
    content = text if isinstance(text, bytes) else text.encode()
    return Exhibit(
        id=str(number), kind=kind, title=kind, media_type=media_type, content=content, label=str(number),
        sha256=hashlib.sha256(content).hexdigest(), filename=f"{number}.txt",
    )  # fmt: skip


def packed(
    *, order: str = ORDER, proof: str = PROOF, reply: str = REPLY, document: bytes | None = None, more: tuple[Exhibit, ...] = ()
) -> bytes:  # fmt: skip
    held = [exhibit(1, "ev.order_record", order), exhibit(2, "ev.delivery_full_address", proof), *more]
    return pack(
        Bundle(
            case_ref=CASE, stage="dispute", reason=None, network="visa", amount=None, references=(), language="en",
            reply_text=reply, exhibits=tuple(item for item in held if item.content),
            document=pdf() if document is None else document,
        ),
        created=CREATED,
    )  # fmt: skip


def edited(package: bytes, change) -> bytes:
    """The archive with its files changed by ``change(contents, manifest)``; its digest is right again."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents.pop(MANIFEST))
    change(contents, manifest)
    manifest["digest"] = digest(manifest)
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {**contents, MANIFEST: json.dumps(manifest).encode()}.items():
            archive.writestr(name, content)
    return out.getvalue()


def found(package: bytes, target: Target = STRIPE) -> dict[str, Violation]:
    return {item.code: item for item in preflight(package, target).violations}


def with_pdf(change) -> bytes:
    with pikepdf.open(BytesIO(pdf())) as document:
        saved = change(document)
        out = BytesIO()
        document.save(out, **(saved or {}))
    return packed(document=out.getvalue())


def _loose_font(document: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica, FirstChar=32, LastChar=32,
        Widths=[278], FontDescriptor=document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Helvetica)),
    )  # fmt: skip
    document.pages[0].obj.Resources.Font["/Loose"] = document.make_indirect(font)


def _script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def _no_claim(document: pikepdf.Pdf) -> None:
    del document.Root["/Metadata"]


def _lock(document: pikepdf.Pdf) -> dict[str, pikepdf.Encryption]:
    return {"encryption": pikepdf.Encryption(owner="a", user="b")}


ZH = "订单 #1001 于 2026年3月2日 下单（证据 1），已于 2026年3月6日 送达奥斯汀（证据 2）。我们请求撤销本次争议，感谢审核。"

WRONG: dict[str, tuple[bytes, Target] | bytes] = {
    "package.no_document": packed(document=b""),
    "package.not_a_pdf": packed(document=b"not a pdf at all"),
    "package.blank": packed(document=pdf(text="")),
    "package.only_a_pdf": pdf(),
    "package.encrypted": with_pdf(_lock),
    "package.active": with_pdf(_script),
    "package.fonts": with_pdf(_loose_font),
    "package.no_pdfa": with_pdf(_no_claim),
    "package.case_id_missing": packed(document=pdf(text="Another case")),
    "package.too_many_pages": packed(document=pdf(pages=50)),
    "file.too_large": packed(document=pdf() + b"\n%" + b"x" * 4_600_000),
    "package.too_large": packed(document=pdf() + b"\n%" + b"x" * 4_600_000),
    "package.no_exhibits": packed(order="", proof=""),
    "package.nothing_asked_for": (packed(proof=""), Target("paypal", "paypal", "MERCHANDISE_OR_SERVICE_NOT_RECEIVED")),
    "exhibit.nothing_in_it": packed(more=(exhibit(3, "ev.timeline", " \n"),)),
    "reply.empty": packed(reply=" \n"),
    "reply.too_short": packed(reply="See attached."),
    "reply.language": packed(reply=ZH),
    "reply.no_such_exhibit": packed(reply=REPLY.replace("Exhibit 2", "Exhibits 2 and 7")),
    "reply.placeholder": packed(reply=REPLY.replace("6 March 2026", "[date of delivery]")),
    "reply.unproven": packed(reply=REPLY.replace("6 March", "19 March")),
    "text.too_long": packed(reply=REPLY + " We ask you to reverse it." * 1000),
    "agreement.city": packed(proof=PROOF.replace("1200 Barton Springs Rd, Austin, TX 78704", "18 Wazee St, Denver")),
    "agreement.postcode": packed(proof=PROOF.replace("Austin, TX 78704", "Denver, CO 80202")),
    "agreement.date_order": packed(proof=PROOF.replace("2026-03-0", "2026-02-0"), reply=REPLY.replace("6 March", "6 February")),
    "agreement.date": packed(reply=REPLY.replace("6 March", "19 March")),
    "agreement.order_number": packed(more=(exhibit(3, "ev.receipt_invoice", "Invoice, order number #1019, 89.90 USD"),)),
    "agreement.amount": packed(more=(exhibit(3, "ev.receipt_invoice", "Invoice, order number #1001, 98.90 USD"),)),
    "agreement.amount_unknown": packed(reply=f"{REPLY} The buyer paid 98.90 USD."),
    "agreement.tracking": packed(reply=f"{REPLY} The parcel was 1Z999AA10123456793."),
    "agreement.same_order": packed(more=(exhibit(3, "ev.distinct_orders", "Order #1001 of today. Order #1001 of then."),)),
    "agreement.harm.not_delivered": packed(proof=f"{PROOF}2026-03-09 Not delivered\n"),
    "agreement.harm.returned": packed(proof=f"{PROOF}2026-03-09 Returned to sender\n"),
    "agreement.harm.attempted": packed(proof=PROOF.replace("2026-03-06 Delivered", "2026-03-06 Delivery attempted")),
    "agreement.harm.placeholder": packed(proof=f"{PROOF}Signed by: [enter name]\n"),
    "agreement.harm.avs_mismatch": packed(more=(exhibit(3, "ev.avs_match", "AVS result: N"),)),
    "archive.altered": edited(packed(), lambda contents, _: contents.update({"reply.md": b"We lost."})),
    "archive.missing": edited(packed(), lambda contents, _: contents.pop("reply.md")),
    "archive.extra": edited(packed(), lambda contents, _: contents.update({"new.txt": b"x"})),
    "archive.version": edited(packed(), lambda _, manifest: manifest.update(version=9)),
    "archive.manifest_unreadable": edited(packed(), lambda _, manifest: manifest.update(files=[1])),
    "archive.path": edited(packed(), lambda contents, _: contents.update({"../x": b"x"})),
    "archive.unreadable": packed()[:-40],
}  # fmt: skip


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_found_and_said_in_chinese(code: str) -> None:
    given = WRONG[code]
    package, target = given if isinstance(given, tuple) else (given, STRIPE)
    violation = found(package, target)[code]
    said = violation.facts.get("zh") or violation_zh(violation)
    assert re.search(r"[\u4e00-\u9fff]", said), said
    assert violation.message
    assert "…" not in said, said


def test_a_good_package_passes_and_nothing_is_said() -> None:
    done = preflight(packed(), STRIPE)
    assert done.passes
    assert done.violations == ()
    assert (done.pages, done.checklist.complete) == (1, True)


@pytest.mark.parametrize("code", [code for code in WRONG if code.startswith(("archive.", "agreement.postcode", "package.no_", "reply.l"))])  # fmt: skip
def test_what_is_fatal_does_not_pass(code: str) -> None:
    given = WRONG[code]
    package, target = given if isinstance(given, tuple) else (given, STRIPE)
    if code != "package.no_pdfa" and code != "package.nothing_asked_for":
        assert not preflight(package, target).passes


def test_a_letter_with_its_translation_is_understood() -> None:
    both = f"{REPLY} We ask you to reverse the dispute, since the goods arrived.\n\n{ZH}"
    assert (
        found(packed(reply=both)).get("reply.language", Violation(code="", message="", grade="note")).grade != "fatal"
    )
    assert "reply.language" not in found(packed(reply=REPLY))
    assert "reply.language" not in found(packed(reply=ZH), Target("paypal"))  # nothing confirmed of its languages


@pytest.mark.parametrize(
    ("target", "pages"),
    [("stripe:visa:13.1", 49), ("stripe:mastercard:4853", 19), ("adyen:mastercard:4853", 19), ("stripe:amex:C08", 20)],
)
def test_the_network_s_pages_count_where_it_takes_fewer(target: str, pages: int) -> None:
    assert "package.too_many_pages" not in found(packed(document=pdf(pages=pages)), Target.of(target))
    violation = found(packed(document=pdf(pages=pages + 1)), Target.of(target))["package.too_many_pages"]
    assert violation.facts["limit"] == str(pages)


def test_one_day_apart_is_a_zone_and_not_a_lie() -> None:
    assert found(packed(reply=REPLY.replace("6 March", "7 March"))).get("reply.unproven", None).grade == "serious"
    assert found(packed(reply=REPLY.replace("6 March", "9 March")))["reply.unproven"].grade == "fatal"


def test_a_sum_in_dispute_may_be_known_to_the_notice_alone() -> None:
    said = f"{REPLY} The cardholder disputes USD 40.00."
    assert preflight(packed(reply=said), STRIPE).passes
    assert not preflight(packed(reply=f"{REPLY} The buyer paid USD 40.00."), STRIPE).passes


def test_a_scan_that_cannot_be_read_leaves_the_word_to_a_person() -> None:
    scan = exhibit(3, "ev.signature_pod", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
    done = preflight(packed(more=(scan,), reply=f"{REPLY} It cost USD 89.90, and USD 4.00 for postage."), STRIPE)
    assert done.passes
    assert {item.grade for item in done.violations} <= {"serious", "note"}


def test_proof_that_shows_the_opposite_does_not_count() -> None:
    refused = preflight(packed(proof=PROOF.replace("2026-03-06 Delivered", "2026-03-06 Delivery attempted")), STRIPE)
    assert not refused.checklist.complete
    assert refused.checklist.unusable == ("2",)


@pytest.mark.parametrize("target", ["", "nobody", "stripe:visa:99.9", "stripe:visa:13.1:x", "::"])
def test_an_unknown_target_is_named(target: str) -> None:
    with pytest.raises(UnknownTarget, match=r"."):
        Target.of(target)


# ── hostile bytes ────────────────────────────────────────────────────────────────────────────────────────────────────


def _bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("exhibits/1.txt", bytes(300_000_000))
        archive.writestr(MANIFEST, b'{"version": 1, "files": []}')
    return out.getvalue()


def _deep() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(MANIFEST, b"[" * 200_000)
    return out.getvalue()


def _odd(contents: dict[str, bytes], manifest: dict[str, object]) -> None:
    for entry in manifest["files"]:  # type: ignore[attr-defined]
        entry |= {"media_type": ["text/plain"], "exhibit": {"a": 1}, "kind": 7}


@pytest.mark.parametrize(
    "package",
    [b"", b"PK", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), _bomb(), _deep(), edited(packed(), _odd), b"%PDF-1.7\n", b"\x00" * 1000],
    ids=["nothing", "two bytes", "a header", "an empty ZIP", "a bomb", "deep JSON", "odd manifest", "a PDF's first line", "zeroes"],
)  # fmt: skip
def test_hostile_bytes_are_refused_and_not_stumbled_over(package: bytes) -> None:
    done = preflight(package, STRIPE)
    assert not done.passes
    assert all(re.search(r"[\u4e00-\u9fff]", item.facts.get("zh") or violation_zh(item)) for item in done.violations)


def test_no_flipped_byte_breaks_it() -> None:
    chance = random.Random(13)
    for whole in (packed(), pdf()):
        for _ in range(400):
            spoilt = bytearray(whole)
            for _ in range(chance.choice((1, 3, 40))):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            assert isinstance(preflight(bytes(spoilt), STRIPE), Preflight)


def test_a_long_reply_and_long_exhibits_are_read_up_to_a_bound() -> None:
    long = "Exhibit 1, " * 40_000 + "9" * 50_000 + "[" * 50_000
    lines = "Delivered to: x\n" * 60_000 + "2026-03-06 Delivered, " * 10_000
    done = preflight(packed(reply=long, proof=lines), STRIPE)
    assert not done.passes


def test_every_code_that_preflight_gives_has_a_sentence() -> None:
    folder = Path(preflight.__code__.co_filename).parent
    source = "".join((folder / f"{name}.py").read_text("utf-8") for name in ("preflight", "preflight_reply", "packed"))
    source += Path(violations.__file__).with_name("limits.py").read_text("utf-8")
    source += (Path(violations.__file__).parents[1] / "rendering" / "archive.py").read_text("utf-8")
    codes = set(re.findall(r'"((?:package|reply|file|text|exhibit|archive)\.[a-z_]+)"', source)) - {"text.too"}
    codes = {code for code in codes if not code.endswith((".pdf", ".md", ".json", ".tsr"))}
    silent = {code for code in codes if violation_zh(Violation(code=code, message="?")) == "?"}
    assert len(codes) > 30
    assert not silent
