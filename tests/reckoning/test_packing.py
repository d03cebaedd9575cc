"""Packing: a plan never breaks a limit, what is dropped makes room, and a digest stands for its contents."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.contract import Bundle, Exhibit, Limits, Money, Reason, Reference
from goodstanding.reckoning.limits import file_violations, language_violations, text_violations, tightest
from goodstanding.reckoning.packing import NEEDS, Frame, Piece, Plan, by_time, excess, package_digest, plan

START = datetime(2026, 9, 1, tzinfo=UTC)
SLOTS = ("receipt", "shipping_documentation", "uncategorized_file")

sizes = st.lists(st.integers(1, 5_000_000), min_size=1, max_size=5).map(
    lambda values: tuple(sorted(values, reverse=True))
)
pieces = st.lists(
    st.builds(
        Piece,
        id=st.uuids().map(str),
        bytes=sizes,
        pages=st.integers(1, 12),
        slot=st.sampled_from((*SLOTS, "", "unknown")),
        need=st.sampled_from(NEEDS),
        proves_at=st.none() | st.integers(0, 90).map(lambda days: START + timedelta(days=days)),
    ),
    max_size=12,
    unique_by=lambda piece: piece.id,
)
limits = st.builds(
    Limits,
    max_file_bytes=st.none() | st.integers(200_000, 8_000_000),
    max_total_bytes=st.none() | st.integers(200_000, 20_000_000),
    max_pages=st.none() | st.integers(1, 60),
    max_files=st.none() | st.integers(1, 6),
    slots=st.sampled_from(((), SLOTS)),
    one_file_per_slot=st.booleans(),
)
frames = st.builds(Frame, bytes=st.integers(0, 150_000), pages=st.integers(0, 1))


@settings(deadline=None)
@given(pieces, limits, frames)
def test_a_plan_keeps_every_limit_and_loses_nothing(given_pieces, given_limits, frame):
    made = plan(given_pieces, given_limits, frame=frame, fallback_slot="uncategorized_file")
    if not isinstance(made, Plan):
        return
    assert excess(made, given_limits) == {}
    sent = [name for file in made.files for name in file.exhibits]
    assert sorted(sent) == sorted(piece.id for piece in given_pieces)
    assert made.bytes == frame.bytes + sum(piece.at(made.step) for piece in given_pieces)
    assert made.pages == frame.pages + sum(piece.pages for piece in given_pieces)
    if given_limits.one_file_per_slot and given_limits.slots:
        assert len({file.slot for file in made.files}) == len(made.files)
    if given_limits.slots and given_pieces:
        assert {file.slot for file in made.files} <= set(given_limits.slots)


@settings(deadline=None)
@given(pieces, limits, frames)
def test_a_plan_recompresses_no_more_than_it_must(given_pieces, given_limits, frame):
    made = plan(given_pieces, given_limits, frame=frame, fallback_slot="uncategorized_file")
    if isinstance(made, Plan) and made.step:
        finer = [replace(piece, bytes=(piece.at(made.step - 1),)) for piece in given_pieces]
        assert not isinstance(plan(finer, given_limits, frame=frame, fallback_slot="uncategorized_file"), Plan)


@settings(deadline=None)
@given(pieces, limits, frames)
def test_without_what_it_says_to_drop_the_rest_fits_and_with_any_of_it_it_does_not(given_pieces, given_limits, frame):
    found = plan(given_pieces, given_limits, frame=frame, fallback_slot="uncategorized_file")
    if isinstance(found, Plan) or found[0].code != "package.does_not_fit":
        return
    dropped = {violation.subject for violation in found[1:]}
    assert dropped
    kept = [piece for piece in given_pieces if piece.id not in dropped]
    assert isinstance(plan(kept, given_limits, frame=frame, fallback_slot="uncategorized_file"), Plan)
    coarse = {piece.id: piece.at(99) for piece in given_pieces}
    for violation in found[1:]:
        assert int(violation.facts["bytes"]) == coarse[violation.subject]
    whole = [piece for piece in given_pieces if piece.id in dropped]
    for piece in whole:
        assert not isinstance(plan([*kept, piece], given_limits, frame=frame, fallback_slot="uncategorized_file"), Plan)


def test_a_required_proof_is_given_up_last():
    photo = Piece(id="photo", bytes=(900,), need="helpful", title="Photo", label="A-2")
    proof = Piece(id="proof", bytes=(900,), need="required", title="Proof of delivery", label="A-1")
    overall, drop = plan([proof, photo], Limits(max_total_bytes=1000))
    assert drop.subject == "photo"
    assert drop.message == "Leaving out A-2 Photo saves 900 bytes and 1 page(s), and gives up a helpful proof."
    assert "800 bytes too many in all" in overall.message
    assert drop.grade == "note"
    _, first, second = plan([proof, photo], Limits(max_total_bytes=100))
    assert {first.subject: first.grade, second.subject: second.grade} == {"photo": "note", "proof": "serious"}


def test_when_the_letter_alone_is_too_long_it_says_so():
    (violation,) = plan([Piece(id="a", bytes=(10,))], Limits(max_pages=2), frame=Frame(pages=3))
    assert violation.code == "package.letter_too_long"


def test_an_exhibit_without_a_place_is_named():
    (violation,) = plan([Piece(id="a", bytes=(10,), title="Photo", slot="selfie")], Limits(slots=SLOTS))
    assert violation.code == "package.no_slot"
    assert "choose one of receipt" in violation.message


def test_a_reply_that_is_too_long_and_a_type_that_is_not_taken_are_said_before_anything_is_packed():
    found = plan(
        [Piece(id="a", bytes=(10,), media_type="image/heic")],
        Limits(media_types=("image/png",), max_text_chars=5),
        reply_chars=9,
    )
    assert [(violation.code, violation.subject) for violation in found] == [
        ("text.too_long", "reply"),
        ("file.type", "a"),
    ]
    assert "Shorten it by 4" in found[0].message


def test_order_is_by_what_is_proven():
    late, early, never = (
        Piece(id=name, bytes=(1,), proves_at=at)
        for name, at in (("l", START), ("e", START - timedelta(1)), ("n", None))
    )
    assert [piece.id for piece in by_time([never, late, early])] == ["e", "l", "n"]


# ---- digest ---------------------------------------------------------------------------------------------------------------


def exhibit(content: bytes, **more) -> Exhibit:
    known = {
        "id": "1",
        "kind": "ev.other",
        "title": "t",
        "media_type": "text/plain",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return Exhibit(content=content, **known | more)


bundles = st.builds(
    Bundle,
    case_ref=st.sampled_from(("a", "b")),
    stage=st.sampled_from(("", "inquiry")),
    reason=st.sampled_from((None, Reason(scheme="visa", code="13.1"), Reason(scheme="visa", code="10.4"))),
    network=st.sampled_from(("", "visa")),
    amount=st.sampled_from(
        (None, Money(Decimal("1.5"), "EUR"), Money(Decimal("1.50"), "EUR"), Money(Decimal(150), "JPY"))
    ),
    references=st.sampled_from(
        ((), (Reference(type="order", value="1"),), (Reference(type="order", value="1", system="x"),))
    ),
    language=st.sampled_from(("en", "de")),
    reply_text=st.sampled_from(("", "a", "b", "a\u0308", "ä", "\ud800")),
    exhibits=st.lists(
        st.sampled_from((exhibit(b"a"), exhibit(b"b"), exhibit(b"b", label="A-1"), exhibit(b"b", proves_at=START))),
        max_size=3,
    ).map(tuple),
    fields=st.dictionaries(st.sampled_from("xy"), st.sampled_from(("1", "2")), max_size=2),
)


@settings(max_examples=400)
@given(bundles, bundles)
def test_digests_are_equal_exactly_when_contents_are(one, other):
    assert (package_digest(one) == package_digest(other)) == (one == other)


def test_the_digest_covers_all_that_a_bundle_says():
    covered = {
        "case_ref",
        "stage",
        "reason",
        "network",
        "amount",
        "references",
        "language",
        "reply_text",
        "exhibits",
        "fields",
    }
    assert {field.name for field in fields(Bundle)} == covered | {"document", "digest"}


def test_a_digest_does_not_trust_the_hash_that_it_is_told():
    bundle = Bundle(
        case_ref="a",
        stage="",
        reason=None,
        network="",
        amount=None,
        references=(),
        language="en",
        reply_text="",
        exhibits=(),
    )
    told = replace(bundle, exhibits=(exhibit(b"a", sha256="0" * 64),))
    assert package_digest(told) == package_digest(replace(bundle, exhibits=(exhibit(b"a"),)))


# ---- limits ---------------------------------------------------------------------------------------------------------------


@given(limits, limits)
def test_the_tightest_limits_satisfy_both(one, other):
    joined = tightest(one, other)
    for name in ("max_file_bytes", "max_total_bytes", "max_pages", "max_files"):
        values = [value for value in (getattr(one, name), getattr(other, name)) if value is not None]
        assert getattr(joined, name) == min(values, default=None)
    assert tightest(one, one) == one


def test_limits_without_common_ground_are_refused():
    with pytest.raises(ValueError, match="nothing satisfies all media_types"):
        tightest(Limits(media_types=("image/tiff",)), Limits(media_types=("application/pdf",)))
    assert tightest(Limits(media_types=("a", "b")), Limits(), Limits(media_types=("b", "c"))).media_types == ("b",)


def test_files_and_texts_are_checked_against_every_limit():
    strict = Limits(
        media_types=("application/pdf",), max_file_bytes=10, max_total_bytes=15, max_files=1, filename_pattern=r"[a-z]+\.pdf",
        max_text_chars=3, max_total_text_chars=5, languages=("en",),
    )  # fmt: skip
    files = {"a.pdf": ("application/pdf", 11), "B.png": ("image/png", 9)}
    found = {violation.code for violation in file_violations(files, strict)}
    assert found == {"file.type", "file.name", "file.too_large", "package.too_large", "package.too_many_files"}
    assert [violation.subject for violation in text_violations({"x": "abcd", "y": "ab"}, strict)] == ["x", ""]
    german = Bundle(
        case_ref="a",
        stage="",
        reason=None,
        network="",
        amount=None,
        references=(),
        language="de-AT",
        reply_text="",
        exhibits=(),
    )
    assert [violation.code for violation in language_violations(german, strict)] == ["reply.language"]
    assert language_violations(german, Limits(languages=("de",))) == []
