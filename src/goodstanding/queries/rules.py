"""The merchant's rules as they read, what is wrong with them together, and what one would have caught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from goodstanding import rules
from goodstanding.dossier.routing import rule_facts
from goodstanding.models import Case, Merchant, Rule

#: A dry run looks at so many of the newest cases.
MOST_CASES = 100


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """A rule as kept; ``said`` is it read and said back, empty where it cannot be read, for the reason in ``trouble``."""

    row: Rule
    said: str = ""
    trouble: str = ""
    findings: tuple[rules.Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Caught:
    """A past case that a rule would have caught; ``unknown_zh`` says why it cannot be told."""

    case: Case
    sure: bool
    unknown_zh: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DryRun:
    looked_at: int
    caught: tuple[Caught, ...]

    @property
    def sure(self) -> int:
        return sum(1 for item in self.caught if item.sure)


def rule_rows(merchant: Merchant) -> tuple[RuleRow, ...]:
    """All rules in the order in which they are asked, with what the review of those in use finds."""
    rows = list(Rule.objects.filter(merchant=merchant))
    read = {row.pk: _read(row.text) for row in rows}
    used = [(row, read[row.pk]) for row in rows if row.enabled and isinstance(read[row.pk], rules.Rule)]
    found: dict[int, list[rules.Finding]] = {}
    for item in rules.review([rule for _row, rule in used if isinstance(rule, rules.Rule)]):
        found.setdefault(used[item.rule][0].pk, []).append(item)
    return tuple(_shown(row, read[row.pk], found.get(row.pk, ())) for row in rows)


def beside(merchant: Merchant, rule: rules.Rule, pk: int | None) -> tuple[rules.Finding, ...]:
    """What the review finds about a rule among those in use: in its own place, or as the last."""
    others: list[rules.Rule] = []
    place = None
    for row in Rule.objects.filter(merchant=merchant):
        if row.pk == pk:
            place = len(others)
            others.append(rule)
        elif row.enabled:
            found = _read(row.text)
            if isinstance(found, rules.Rule):
                others.append(found)
    if place is None:
        place = len(others)
        others.append(rule)
    return tuple(item for item in rules.review(others) if place in (item.rule, item.by))


def dry_run(merchant: Merchant, rule: rules.Rule, now: datetime) -> DryRun:
    """What the rule says of the newest cases, with what is known of them now."""
    rows = Case.objects.filter(merchant=merchant, drill=False).order_by("-pk")
    cases = {
        str(case.pk): case for case in rows.select_related("merchant", "connection", "order", "store")[:MOST_CASES]
    }
    verdicts = rules.dry_run(rule, ((key, rule_facts(case, now)) for key, case in cases.items()))
    caught = (
        Caught(case=cases[key], sure=verdict.matched is True, unknown_zh=verdict.unknown_zh)
        for key, verdict in verdicts
    )
    return DryRun(looked_at=len(cases), caught=tuple(caught))


def _read(text: str) -> rules.Rule | rules.RuleError:
    try:
        return rules.parse_rule(text)
    except rules.RuleError as error:
        return error


def _shown(row: Rule, read: rules.Rule | rules.RuleError, findings: Sequence[rules.Finding]) -> RuleRow:
    if isinstance(read, rules.RuleError):
        return RuleRow(row=row, trouble=str(read))
    return RuleRow(row=row, said=rules.print_rule(read), findings=tuple(findings))
