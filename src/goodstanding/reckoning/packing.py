"""How the exhibits of a case go into what a recipient takes, and which ones to leave out when they do not.

Pure arithmetic over sizes: the caller has measured how many bytes and pages each exhibit needs at each step of
recompression (``rendering.fit``), the finest first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from goodstanding.contract import Bundle, Exhibit, Limits, Violation

#: How much a case needs an exhibit, the least needed first: in this order exhibits are given up.
NEEDS = ("", "helpful", "any_of", "required")
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An exhibit as packing sees it.

    ``bytes`` is its size at each step, the finest first; ``media_type`` what it is sent as; ``need`` is one of ``NEEDS``.
    """

    id: str
    bytes: tuple[int, ...]
    pages: int = 1
    media_type: str = "application/pdf"
    title: str = ""
    label: str = ""
    slot: str = ""
    need: str = ""
    proves_at: datetime | None = None

    def at(self, step: int) -> int:
        """Bytes at that step; a piece with fewer steps stays at its coarsest."""
        return self.bytes[min(step, len(self.bytes) - 1)]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What the file that holds the letter weighs beside its exhibits: fonts, cover, letter, timeline."""

    bytes: int = 0
    pages: int = 0


@dataclass(frozen=True, kw_only=True)
class File:
    """One file to send: the slot that it goes into and its exhibits, by time."""

    slot: str
    exhibits: tuple[str, ...]
    bytes: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A way to send everything. ``step`` is how far pictures must be recompressed, 0 for not at all."""

    files: tuple[File, ...]
    step: int
    bytes: int
    pages: int
    order: tuple[str, ...]  # exhibit ids by the moment they prove
    slots: Mapping[str, str] = field(default_factory=dict)  # exhibit id to slot


def by_time(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """In the order of what they prove; those that prove no moment come last, in the order given."""
    return tuple(sorted(pieces, key=lambda piece: piece.proves_at or _LAST))


def plan(
    pieces: Sequence[Piece], limits: Limits, *, frame: Frame = Frame(), fallback_slot: str = "", reply_chars: int = 0
) -> Plan | tuple[Violation, ...]:
    """The finest way to send all pieces, or what to drop until the rest can be sent and what each drop costs.

    Where ``limits.slots`` is set, each piece goes into its own slot, or into ``fallback_slot`` where the recipient has
    no such slot; with ``one_file_per_slot`` the pieces of a slot become one file. Where no slots are set there is one
    file. ``frame`` counts once, in the file of ``fallback_slot`` or else the first. ``reply_chars`` is the length of a
    reply that is sent as a text of its own.
    """
    unfit = (*_too_long(reply_chars, limits), *_wrong_types(pieces, limits), *_misplaced(pieces, limits, fallback_slot))
    if unfit:
        return unfit
    for step in range(_steps(pieces)):
        made = _at(step, pieces, limits, frame, fallback_slot)
        if not excess(made, limits):
            return made
    return _to_drop(pieces, limits, frame, fallback_slot)


def excess(made: Plan, limits: Limits) -> dict[str, int]:
    """By how much a plan is over each limit; empty where it keeps them all."""
    largest = max((file.bytes for file in made.files), default=0)
    measured = (
        ("max_file_bytes", largest, limits.max_file_bytes),
        ("max_total_bytes", made.bytes, limits.max_total_bytes),
        ("max_pages", made.pages, limits.max_pages),
        ("max_files", len(made.files), limits.max_files),
    )
    return {name: value - limit for name, value, limit in measured if limit is not None and value > limit}


def package_digest(bundle: Bundle) -> str:
    """One SHA-256 over all that a recipient would read: equal exactly when the contents are equal.

    The compiled document is not part of it (it follows from the contents), nor are file names and our own ids.
    """
    reason, amount = bundle.reason, bundle.amount
    contents = {
        "version": 1,
        "case": bundle.case_ref,
        "stage": bundle.stage,
        "network": bundle.network,
        "reason": None if reason is None else [reason.scheme, reason.code],
        "amount": None if amount is None else [f"{amount.amount.normalize():f}", amount.currency],
        "references": [[reference.type, reference.value, reference.system] for reference in bundle.references],
        "language": bundle.language,
        "reply": bundle.reply_text,
        "fields": dict(bundle.fields),
        "exhibits": [_exhibit(exhibit) for exhibit in bundle.exhibits],
    }
    return hashlib.sha256(json.dumps(contents, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _exhibit(exhibit: Exhibit) -> list[str]:
    moment = exhibit.proves_at.astimezone(UTC).isoformat() if exhibit.proves_at else ""
    sha256 = hashlib.sha256(exhibit.content).hexdigest() if exhibit.content else exhibit.sha256
    return [exhibit.label, exhibit.kind, exhibit.title, exhibit.media_type, moment, exhibit.origin, sha256]


def _steps(pieces: Sequence[Piece]) -> int:
    return max((len(piece.bytes) for piece in pieces), default=1)


def _slot(piece: Piece, limits: Limits, fallback: str) -> str:
    if not limits.slots:
        return fallback
    return piece.slot if piece.slot in limits.slots else fallback


def _too_long(reply_chars: int, limits: Limits) -> tuple[Violation, ...]:
    room = min(
        (size for size in (limits.max_text_chars, limits.max_total_text_chars) if size is not None), default=None
    )
    if room is None or reply_chars <= room:
        return ()
    message = (
        f"The reply has {reply_chars:,} characters; the recipient takes {room:,}. Shorten it by {reply_chars - room:,}."
    )
    facts = {"characters": str(reply_chars), "limit": str(room), "source": limits.source}
    return (Violation(code="text.too_long", message=message, subject="reply", facts=facts),)


def _wrong_types(pieces: Sequence[Piece], limits: Limits) -> tuple[Violation, ...]:
    if not limits.media_types:
        return ()
    takes = ", ".join(limits.media_types)
    return tuple(
        Violation(
            code="file.type",
            message=f"{_name(piece)} is {piece.media_type or 'of unknown type'}; the recipient takes {takes}. Convert it.",
            subject=piece.id,
            facts={"media_type": piece.media_type, "source": limits.source},
        )
        for piece in pieces
        if piece.media_type not in limits.media_types
    )


def _misplaced(pieces: Sequence[Piece], limits: Limits, fallback: str) -> tuple[Violation, ...]:
    if not limits.slots or fallback in limits.slots:
        return ()
    lost = [piece for piece in pieces if piece.slot not in limits.slots]
    return tuple(
        Violation(
            code="package.no_slot",
            message=f"{_name(piece)}: the recipient has no place for it; choose one of {', '.join(limits.slots)}, or leave it out.",
            subject=piece.id,
            facts={"slots": ", ".join(limits.slots)},
        )
        for piece in lost
    )


def _at(step: int, pieces: Sequence[Piece], limits: Limits, frame: Frame, fallback: str) -> Plan:
    ordered = by_time(pieces)
    groups: dict[tuple[str, str], list[Piece]] = {}
    for piece in ordered:
        slot = _slot(piece, limits, fallback)
        apart = "" if limits.one_file_per_slot or not limits.slots else piece.id
        groups.setdefault((slot, apart), []).append(piece)
    if not groups:
        groups[(fallback, "")] = []
    holder = next((key for key in groups if key[0] == fallback), next(iter(groups)))
    files = tuple(_file(key[0], group, step, frame if key == holder else Frame()) for key, group in groups.items())
    return Plan(
        files=files,
        step=step,
        bytes=sum(file.bytes for file in files),
        pages=sum(file.pages for file in files),
        order=tuple(piece.id for piece in ordered),
        slots={piece.id: _slot(piece, limits, fallback) for piece in ordered},
    )


def _file(slot: str, group: Sequence[Piece], step: int, frame: Frame) -> File:
    return File(
        slot=slot,
        exhibits=tuple(piece.id for piece in group),
        bytes=frame.bytes + sum(piece.at(step) for piece in group),
        pages=frame.pages + sum(piece.pages for piece in group),
    )


def _to_drop(pieces: Sequence[Piece], limits: Limits, frame: Frame, fallback: str) -> tuple[Violation, ...]:
    """Give up pieces, the least needed and then the heaviest first, until the rest fits.

    Then take back, the most needed first, what turned out not to matter.
    """
    coarsest = _steps(pieces) - 1

    def over(kept: Sequence[Piece]) -> dict[str, int]:
        return excess(_at(coarsest, kept, limits, frame, fallback), limits)

    whole = over(pieces)
    kept, dropped = list(pieces), list[Piece]()
    for piece in sorted(pieces, key=lambda item: (NEEDS.index(item.need), -_weight(item, coarsest, limits), item.id)):
        if not over(kept):
            break
        kept.remove(piece)
        dropped.append(piece)
    if over(kept):
        return (_nothing_fits(whole, frame, limits),)
    for piece in sorted(dropped, key=lambda item: -NEEDS.index(item.need)):
        if not over([*kept, piece]):
            kept.append(piece)
            dropped.remove(piece)
    return (_overall(whole, dropped, limits), *(_cost(piece, coarsest) for piece in dropped))


def _weight(piece: Piece, step: int, limits: Limits) -> float:
    """The largest share that the piece takes of any limit."""
    room = min((size for size in (limits.max_file_bytes, limits.max_total_bytes) if size), default=None)
    return max(piece.at(step) / room if room else 0.0, piece.pages / limits.max_pages if limits.max_pages else 0.0)


def _name(piece: Piece) -> str:
    return " ".join(part for part in (piece.label, piece.title) if part) or piece.id


def _overall(over: Mapping[str, int], dropped: Sequence[Piece], limits: Limits) -> Violation:
    names = "; ".join(_name(piece) for piece in dropped)
    message = f"The package is over the recipient's limits ({_amounts(over)}), also at the coarsest recompression. It fits without: {names}."
    facts = {name: str(value) for name, value in over.items()} | {"source": limits.source}
    return Violation(code="package.does_not_fit", message=message, facts=facts)


def _cost(piece: Piece, step: int) -> Violation:
    lost = {"required": "a required proof", "any_of": "one of the alternative proofs", "helpful": "a helpful proof"}
    message = (
        f"Leaving out {_name(piece)} saves {piece.at(step):,} bytes and {piece.pages} page(s), "
        f"and gives up {lost.get(piece.need, 'a proof that is not on the checklist')}."
    )
    facts = {"bytes": str(piece.at(step)), "pages": str(piece.pages), "need": piece.need}
    grade = "serious" if piece.need == "required" else "note"
    return Violation(code="package.drop", message=message, grade=grade, subject=piece.id, facts=facts)


def _nothing_fits(over: Mapping[str, int], frame: Frame, limits: Limits) -> Violation:
    message = (
        f"The letter and cover alone ({frame.bytes:,} bytes, {frame.pages} pages) are over the recipient's limits "
        f"({_amounts(over)}); shorten the letter."
    )
    return Violation(code="package.letter_too_long", message=message, facts={"source": limits.source})


def _amounts(over: Mapping[str, int]) -> str:
    words = {
        "max_file_bytes": "{:,} bytes too many in one file",
        "max_total_bytes": "{:,} bytes too many in all",
        "max_pages": "{:,} page(s) too many",
        "max_files": "{:,} file(s) too many",
    }
    return ", ".join(words[name].format(value) for name, value in over.items())
