"""What proof a case needs, what is there, what is missing, and by when it can still be made. Counts, not promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from goodstanding.contract import Requirement

NEEDS = ("required", "any_of", "helpful")


@dataclass(frozen=True, kw_only=True)
class Need:
    """One kind of proof. ``group`` ties alternatives together: one present item satisfies its whole ``any_of`` group.

    ``networks``, ``reasons``, ``stages``, ``channels`` say where it applies; empty is everywhere.
    """

    evidence: str
    need: str
    label: str = ""
    group: str = ""
    networks: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    how_zh: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Held:
    """An exhibit that we have: its id and the kind of proof it is. ``sound`` is false where a check found it unusable."""

    id: str
    kind: str
    sound: bool = True


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the checklist. ``state``: ``present``; ``alternative`` (not there, another of its group is); ``missing``.

    ``code`` is the recipient's own word for it, where the recipient asked. ``make_by`` is the last moment to ask for it.
    """

    evidence: str
    need: str
    state: str
    label: str = ""
    group: str = ""
    how_zh: str = ""
    code: str = ""
    exhibits: tuple[str, ...] = ()
    make_by: datetime | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many lines of a need are met, out of how many. For ``any_of`` the lines are groups."""

    met: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """``complete`` says that nothing demanded is missing, not that the case will be won."""

    items: tuple[Item, ...]
    required: Count
    any_of: Count
    helpful: Count
    unusable: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return self.required.met == self.required.total and self.any_of.met == self.any_of.total

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.state == "missing")


@dataclass
class _Line:
    evidence: str
    need: str
    label: str
    group: str
    how_zh: str
    code: str = ""
    sources: list[str] = field(default_factory=list)


def applies(need: Need, *, network: str = "", reason: str = "", stage: str = "", channel: str = "") -> bool:
    """Does the need count here? An unknown value ("") matches, so that nothing needed is left out."""
    pairs = ((need.networks, network), (need.reasons, reason), (need.stages, stage), (need.channels, channel))
    return all(not allowed or not value or value in allowed for allowed, value in pairs)


def checklist(
    needs: Iterable[Need],
    held: Iterable[Held],
    *,
    requirements: Iterable[Requirement] = (),
    network: str = "",
    reason: str = "",
    stage: str = "",
    channel: str = "",
    make_by: Mapping[str, datetime] | None = None,
) -> Checklist:
    """The checklist of a case: our needs for it, merged with what its recipient asked for.

    Where both name the same proof, the stricter need counts. A recipient's requirement that none of our kinds satisfies
    stays as a line of its own under the recipient's code. ``make_by`` maps a kind to the last moment to ask for it.
    """
    lines: dict[str, _Line] = {}
    for need in needs:
        if applies(need, network=network, reason=reason, stage=stage, channel=channel):
            group = (need.group or "default") if need.need == "any_of" else ""
            line = _Line(need.evidence, _known_need(need.need), need.label, group, need.how_zh, sources=[need.source])
            _merge(lines, line)
    for requirement in requirements:
        for line in _demanded(requirement, channel):
            _merge(lines, line)
    have: dict[str, list[str]] = {}
    unusable = []
    for exhibit in held:
        if exhibit.sound:
            have.setdefault(exhibit.kind, []).append(exhibit.id)
        else:
            unusable.append(exhibit.id)
    met_groups = {line.group for line in lines.values() if line.group and line.evidence in have}
    items = tuple(_item(line, have, met_groups, make_by or {}) for line in lines.values())
    items = tuple(sorted(items, key=lambda item: (NEEDS.index(item.need), item.group)))
    groups = {item.group for item in items if item.need == "any_of"}
    return Checklist(
        items=items,
        required=_count(items, "required"),
        any_of=Count(met=len(groups & met_groups), total=len(groups)),
        helpful=_count(items, "helpful"),
        unusable=tuple(unusable),
    )


def _known_need(need: str) -> str:
    if need not in NEEDS:
        raise ValueError(f"{need!r} is not a need; known are {', '.join(NEEDS)}")
    return need


def _demanded(requirement: Requirement, channel: str) -> list[_Line]:
    """A demand met by several kinds is a group of alternatives; one met by none that we know is its own line."""
    need, label = _known_need(requirement.need), requirement.label or requirement.code
    kinds = requirement.evidence or (f"{channel}:{requirement.code}",)
    group = ""
    if need == "any_of" or (need == "required" and len(kinds) > 1):
        need, group = "any_of", f"{channel}:{requirement.code}" if requirement.need == "required" else f"{channel}:any"
    return [_Line(kind, need, label, group, "", code=requirement.code, sources=[channel]) for kind in kinds]


def _merge(lines: dict[str, _Line], line: _Line) -> None:
    # The same kind may stand in two groups of alternatives; each group must keep its own line.
    key = f"{line.evidence}|{line.group}" if line.group else line.evidence
    known = lines.get(key)
    if known is None:
        lines[key] = line
        return
    if NEEDS.index(line.need) < NEEDS.index(known.need):
        known.need = line.need
    known.label, known.how_zh, known.code = (
        known.label or line.label,
        known.how_zh or line.how_zh,
        known.code or line.code,
    )
    known.sources += [source for source in line.sources if source not in known.sources]


def _item(line: _Line, have: Mapping[str, list[str]], met: set[str], make_by: Mapping[str, datetime]) -> Item:
    exhibits = tuple(have.get(line.evidence, ()))
    state = "present" if exhibits else "alternative" if line.group in met else "missing"
    return Item(
        evidence=line.evidence,
        need=line.need,
        state=state,
        label=line.label,
        group=line.group,
        how_zh=line.how_zh,
        code=line.code,
        exhibits=exhibits,
        make_by=None if exhibits else make_by.get(line.evidence),
        sources=tuple(source for source in line.sources if source),
    )


def _count(items: Iterable[Item], need: str) -> Count:
    states = [item.state for item in items if item.need == need]
    return Count(met=sum(state == "present" for state in states), total=len(states))
