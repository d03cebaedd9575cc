"""The Chinese card of a notice: what it is, who sent it, by when, what follows, what to prepare, what goes wrong.

Each line names where it comes from: a field of the notice, or a record of the knowledge. Nothing is said that has
neither.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from goodstanding import knowledge
from goodstanding.knowledge.schema import GatewayReason, ReasonCode
from goodstanding.models import Case, Notice
from goodstanding.reckoning.deadlines import explain_en, explain_zh

from .advice import Line, mistakes, prepare
from .clocks import clocks

SECTIONS = ("what", "who", "when", "otherwise", "prepare", "mistakes")
BEIJING = "Asia/Shanghai"


def in_zone(at: datetime, zone: str) -> str:
    """``2026-11-05 07:59 CST``: a moment on the clock of a zone, which is named; UTC where none is known."""
    return at.astimezone(ZoneInfo(zone or "UTC")).strftime("%Y-%m-%d %H:%M %Z")


def card(case: Case, notice: Notice) -> list[dict[str, str]]:
    """Lines of ``{section, zh, en, source}``; a source is ``field:name``, ``deadline`` or the id of a knowledge record."""
    lines = [*_what(case), *_who(case, notice), *_when(case), *_otherwise(case), *prepare(case), *mistakes(case)]
    return [{"section": section, "zh": zh, "en": en, "source": source} for section, zh, en, source in lines]


def gloss(notice: Notice) -> list[dict[str, Any]]:
    """Sentence by sentence, where reading could tell; kept with the notice's reading."""
    reading: dict[str, Any] = notice.reading or {}
    return list(reading.get("gloss", []))


def _what(case: Case) -> list[Line]:
    lines: list[Line] = []
    kind = knowledge.kind(case.kind)
    if kind:
        lines.append(("what", f"{kind.label.zh}：{kind.is_zh}", kind.label.en, f"kinds/{kind.code}"))
    else:
        lines.append(("what", f"未知类型：{case.kind}，请人工判断。", f"Unknown kind: {case.kind}", "field:kind"))
    record = _reason(case)
    if record:
        lines.append(("what", _reason_zh(case, record), _reason_en(record), record.id))
    elif case.reason_code:
        zh = f"原因代码 {case.reason_code}：知识库没有收录，系统不猜测它的含义。"
        lines.append(("what", zh, f"Reason {case.reason_code} is not in the knowledge base.", "field:reason_code"))
    family = knowledge.family(case.family)
    if family:
        lines.append(("what", family.about_zh, family.label.en, f"families/{family.code}"))
    return lines


def _who(case: Case, notice: Notice) -> list[Line]:
    sender = case.issuer or case.connection.label
    zh, en = f"由 {sender} 发来", f"Sent by {sender}"
    if _numbered(notice):
        zh, en = f"{zh}，对方案件号 {case.outside_ref}", f"{en}; their reference is {case.outside_ref}"
    lines: list[Line] = [("who", f"{zh}。", f"{en}.", "field:case_id" if _numbered(notice) else "field:issuer")]
    if notice.authority == "unverified":
        lines.append((
            "who",
            "来源未能证实：请自己在浏览器里输入对方官网地址登录核对，不要点通知里的链接。",
            "The sender is not proven: type the portal's address yourself; do not follow links.",
            "field:authority",
        ))  # fmt: skip
    return lines


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}".rstrip(".") + "." if words else ""


def _numbered(notice: Notice) -> bool:
    """Did the sender give a number? A letter without one is filed under a name of ours, which means nothing to them."""
    reading: dict[str, Any] = notice.reading or {}
    return not reading or "case_id" in (reading.get("fields") or {})


def _when(case: Case) -> list[Line]:
    lines: list[Line] = [
        (
            "when",
            f"{in_zone(item.at, BEIJING)}（北京时间），对方时间 {in_zone(item.at, item.zone)}。{explain_zh(item)}",
            f"{in_zone(item.at, item.zone)}; {in_zone(item.at, BEIJING)} in Beijing. {_sentence(explain_en(item))}",
            item.source or "deadline",
        )
        for item in clocks(case)
        if item.purpose == "answer"
    ]
    rule = case.facts.get("deadline_rule")
    if rule:
        lines.append(("when", f"对方写明的期限：“{rule}”。", f"Stated as: “{rule}”.", "field:deadline_rule"))
    kind = knowledge.kind(case.kind)
    if not lines and kind and kind.answer_needed != "no":
        zh = "通知里没有写明截止时间，请登录对方后台查看。"
        lines.append(("when", zh, "No deadline is stated; look it up in the sender's portal.", "field:deadline"))
    elif not lines and kind:
        lines.append(("when", "不用答复，没有期限。", "No answer is needed, so nothing is due.", f"kinds/{kind.code}"))
    return lines


def _otherwise(case: Case) -> list[Line]:
    kind = knowledge.kind(case.kind)
    return [("otherwise", kind.without_answer_zh, "", f"kinds/{kind.code}")] if kind else []


def _reason(case: Case) -> ReasonCode | GatewayReason | None:
    return knowledge.reason(case.reason_scheme, case.reason_code) if case.reason_code else None


def _reason_zh(case: Case, record: ReasonCode | GatewayReason) -> str:
    sure = "" if record.confirmed else "（此条未经核实）"
    return f"原因代码 {case.reason_code}「{record.name_zh}」{sure}：{_explained(record)}".rstrip("：")


def _explained(record: ReasonCode | GatewayReason) -> str:
    if isinstance(record, ReasonCode):
        return record.explain_zh
    return record.notes_zh or ""


def _reason_en(record: ReasonCode | GatewayReason) -> str:
    return f"{record.code} {record.name_en or ''}".strip()
