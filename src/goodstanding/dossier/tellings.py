"""What a notification says: one card, or several in one. Holds nothing personal of the buyer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from goodstanding import knowledge
from goodstanding.contract import Message
from goodstanding.models import Case, Merchant, Notification
from goodstanding.reckoning.calendars import zone_info
from goodstanding.reckoning.plan import moment_zh

BEIJING = "Asia/Shanghai"
#: Where the pages are; named here, since who sends messages does not load them.
INBOX_PATH, CASE_PATH = "/m/{slug}/", "/m/{slug}/cases/{number}/"
#: Beyond so many, a message says only how many more there are.
MOST_LINES = 20

_TITLES = {
    "case_new": ("新案件：{case}", "New case: {case}"),
    "deadline_near": ("还有 {left} 截止：{case}", "{left} left: {case}"),
    "deadline_moved": ("截止时间变了：{case}", "The deadline changed: {case}"),
    "escalated": ("无人确认，请接手：{case}", "Nobody answered, please take over: {case}"),
    "auto_submit": ("{channel} 到期会自动提交：{case}", "{channel} will submit by itself: {case}"),
    "approval_wanted": ("待审批：材料包 P{number} · {case}", "Approval wanted: package P{number}, {case}"),
    "package_approved": ("已批准：材料包 P{number} · {case}", "Approved: package P{number}, {case}"),
    "package_rejected": ("被退回：材料包 P{number} · {case}", "Sent back: package P{number}, {case}"),
    "promise_near": ("服务时限快到：{case}", "A promise runs out: {case}"),
}
_PURPOSES = {
    "first_draft": ("交初稿", "first draft"),
    "review": ("完成复核", "review"),
    "promised_answer": ("提交答复", "answer"),
}
_BY_WAITING = {
    "person": ("确认识别结果", "confirm what was read"),
    "evidence": ("补齐证据", "add the missing proof"),
    "approval": ("审批材料包", "approve the package"),
    "submission": ("提交材料包", "hand the package in"),
}
_BY_KIND = {
    "auto_submit": ("定稿并提交，到期后不能再改", "finish and submit; nothing can be changed afterwards"),
    "approval_wanted": ("看过材料包后批准或退回", "look at the package, then approve it or send it back"),
    "package_approved": ("提交材料包", "hand the package in"),
    "package_rejected": ("按退回意见修改", "change it as the note says"),
}
_WORDS = {
    "case": ("案件", "Case"),
    "kind": ("类型", "Kind"),
    "amount": ("金额", "Amount"),
    "from": ("来源", "From"),
    "due": ("截止", "Due"),
    "promise": ("服务时限", "Promised"),
    "todo": ("要做的事", "To do"),
    "stands_in": ("代班", "Standing in for"),
    "button": ("打开案件", "Open the case"),
    "list": ("打开案件列表", "Open the list"),
}


def message(
    rows: Sequence[Notification], merchant: Merchant, *, zone: str, language: str, now: datetime, url: str = ""
) -> Message:
    """One message of one or several notifications, in the reader's zone and language; ``url`` replaces the usual link."""
    said = _unlike(rows)
    if len(said) == 1:
        return _card(said[0], merchant, zone, language, now, url)
    return _list(said, merchant, zone, language, now)


def _unlike(rows: Sequence[Notification]) -> list[Notification]:
    """Without those that say the same: who stands in for two people hears it once."""
    found: dict[tuple[int | None, str, str], Notification] = {}
    for row in rows:
        facts = {name: value for name, value in row.facts.items() if name != "for"}
        found.setdefault((row.case_id, row.kind, str(sorted(facts.items()))), row)
    return list(found.values())


def _card(row: Notification, merchant: Merchant, zone: str, language: str, now: datetime, url: str) -> Message:
    case = row.case
    if case is None:
        return Message(title=title(row, language, now), lines=(), urgent=row.urgent)
    lines = [_line("case", f"#{case.number}", language), _line("kind", kind_name(case, language), language)]
    if case.sum is not None:
        lines.append(_line("amount", str(case.sum), language))
    lines.append(_line("from", case.connection.label, language))
    if case.due_at is not None:
        lines += [_line("due", text, language) for text in _moments(case.due_at, zone, language)]
    if row.kind == "promise_near":
        purpose = _said(_PURPOSES.get(row.facts["purpose"], (row.facts["purpose"],) * 2), language)
        at = _moments(datetime.fromisoformat(row.facts["due"]), zone, language)[0]
        lines.append(_line("promise", f"{purpose} {at}", language))
    todo = _BY_KIND.get(row.kind) or _BY_WAITING.get(str(case.waiting))
    if todo:
        lines.append(_line("todo", _said(todo, language), language))
    if row.facts.get("for"):
        lines.append(_line("stands_in", str(row.facts["for"]), language))
    return Message(
        title=title(row, language, now),
        lines=tuple(lines),
        url=url or case_url(merchant, case),
        due_at=case.due_at,
        urgent=row.urgent,
        button=_said(_WORDS["button"], language),
    )


def _list(rows: Sequence[Notification], merchant: Merchant, zone: str, language: str, now: datetime) -> Message:
    lines = []
    for row in rows[:MOST_LINES]:
        due = row.case.due_at if row.case else None
        when = f"（{_moments(due, zone, language)[0]}）" if due and language != "en" else ""
        when = f" ({_moments(due, zone, language)[0]})" if due and language == "en" else when
        lines.append(f"· {title(row, language, now)}{when}")
    rest = len(rows) - MOST_LINES
    if rest > 0:
        lines.append(_said((f"另有 {rest} 件", f"and {rest} more"), language))
    dates = [row.case.due_at for row in rows if row.case and row.case.due_at]
    return Message(
        title=_drill(rows[0], language) + _said((f"{len(rows)} 件事需要处理", f"{len(rows)} things to do"), language),
        lines=tuple(lines),
        url=address(INBOX_PATH.format(slug=merchant.slug)),
        due_at=min(dates, default=None),
        urgent=any(row.urgent for row in rows),
        button=_said(_WORDS["list"], language),
    )


def title(row: Notification, language: str, now: datetime) -> str:
    """The one sentence of a notification."""
    case = row.case
    facts: dict[str, Any] = {"number": "", "channel": "", **row.facts}
    facts["case"] = f"{kind_name(case, language)} #{case.number}" if case else ""
    facts["left"] = span(case.due_at - max(now, row.at), language) if case and case.due_at else ""
    return _drill(row, language) + _said(_TITLES[row.kind], language).format_map(facts)


def kind_name(case: Case, language: str) -> str:
    """``拒付``, or the code where it is not known."""
    known = knowledge.kind(case.kind)
    if known is None:
        return case.kind
    return known.label.en if language == "en" else known.label.zh


def span(left: timedelta, language: str) -> str:
    """``3 天``, ``20 小时``: in the larger unit, rounded down."""
    minutes = max(0, int(left.total_seconds() // 60))
    if minutes >= 48 * 60:
        return _said((f"{minutes // 1440} 天", f"{minutes // 1440} days"), language)
    if minutes >= 60:
        return _said((f"{minutes // 60} 小时", f"{minutes // 60} hours"), language)
    return _said((f"{minutes} 分钟", f"{minutes} minutes"), language)


def case_url(merchant: Merchant, case: Case) -> str:
    return address(CASE_PATH.format(slug=merchant.slug, number=case.number))


def address(path: str) -> str:
    """The public address of a page; empty where the installation was not told its own."""
    return f"{settings.ORIGIN}{path}" if settings.ORIGIN else ""


def _moments(at: datetime, zone: str, language: str) -> list[str]:
    """In the reader's zone, and in Beijing's where that is another."""
    names = (zone,) if _same(at, zone) else (zone, BEIJING)
    return [_moment(at, name, language) for name in names]


def _same(at: datetime, zone: str) -> bool:
    return at.astimezone(zone_info(zone)).utcoffset() == at.astimezone(zone_info(BEIJING)).utcoffset()


def _moment(at: datetime, zone: str, language: str) -> str:
    if language != "en":
        return moment_zh(at, zone)
    return f"{at.astimezone(zone_info(zone)):%a %d %b %H:%M} ({'Beijing' if zone == BEIJING else zone})"


def _drill(row: Notification, language: str) -> str:
    return _said(("[试运行] ", "[Drill] "), language) if row.case and row.case.drill else ""


def _line(name: str, value: str, language: str) -> str:
    return f"{_WORDS[name][1]}: {value}" if language == "en" else f"{_WORDS[name][0]}：{value}"


def _said(both: tuple[str, str], language: str) -> str:
    return both[1] if language == "en" else both[0]
