"""What to prepare and what goes wrong, for a card: from the reason's record, else from the playbook, else from the kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from goodstanding import knowledge
from goodstanding.knowledge.schema import Kind, ReasonCode
from goodstanding.models import Case

Line = tuple[str, str, str, str]  # section, Chinese, English, source

_MOST = 8
_NEED = {"required": ("必须", "Required"), "any_of": ("至少一项", "One of"), "helpful": ("有帮助", "Helpful")}
_WARNING_HEADS = ("常见错误", "红线", "不要做")
_WARNING = re.compile(r"不要|不写|不承诺|不能|不猜测|不等于|不以|别")
_CITED = re.compile(r"【([^】]+)】")


def prepare(case: Case) -> list[Line]:
    """Exhibits that the reason asks for; without a reason those of the playbook; where nothing is answered, that."""
    items = knowledge.checklist_items(case.reason_scheme or case.network, case.reason_code, case.stage or "dispute")
    lines = [_exhibit(item.id, item.need, "", item.id) for item in items]
    if not lines:
        book = knowledge.playbook_for(case.kind, case.family, case.network, case.stage or "dispute")
        exhibits = book.playbook.exhibits if book else ()
        lines = [_exhibit(item.evidence, item.need, item.when_zh or "", f"playbooks/{_id(book)}") for item in exhibits]
    found = [line for line in lines if line][:_MOST]
    kind = knowledge.kind(case.kind)
    if not found and kind and kind.answer_needed == "no":
        zh, en = (
            "不用准备答复材料；原文和处理记录由系统保存。",
            "Nothing to prepare: no answer is needed. The original is kept.",
        )
        found = [("prepare", zh, en, f"kinds/{kind.code}")]
    return found


def mistakes(case: Case) -> list[Line]:
    """How such matters are lost: the reason's own list, what the playbook warns of, and what is often mistaken for it."""
    record = knowledge.reason(case.reason_scheme, case.reason_code) if case.reason_code else None
    if isinstance(record, ReasonCode) and record.losing_mistakes_zh:
        return [("mistakes", text, "", record.id) for text in record.losing_mistakes_zh]
    book = knowledge.playbook_for(case.kind, case.family, case.network, case.stage or "dispute")
    lines: list[Line] = []
    if book:
        for text in _warnings(book.guidance_zh):
            cited = _CITED.search(text)
            source = cited[1] if cited else f"playbooks/{book.playbook.id}"
            lines.append(("mistakes", _CITED.sub("", text), "", source))
    kind = knowledge.kind(case.kind)
    return [*lines, *_confused(kind)][:_MOST] if kind else lines[:_MOST]


def _exhibit(evidence: str, need: str, when: str, source: str) -> Line | None:
    known = knowledge.evidence(evidence)
    if known is None:
        return None
    zh, en = _NEED[need]
    return ("prepare", f"{zh}：{known.name_zh}{f'（{when}）' if when else ''}", f"{en}: {known.name_en}", source)


def _id(book: knowledge.PlaybookFiles | None) -> str:
    return book.playbook.id if book else ""


def _warnings(guidance: str) -> list[str]:
    """Bullets under the headings that warn; where there are none, the bullets that say what not to do."""
    bullets = list(_bullets(guidance))
    marked = [text for head, text in bullets if head.startswith(_WARNING_HEADS)]
    return marked or [text for _, text in bullets if _WARNING.search(text)]


def _bullets(guidance: str) -> Iterator[tuple[str, str]]:
    """Heading and text of each list item."""
    head = ""
    for line in guidance.splitlines():
        if line.startswith("#"):
            head = line.lstrip("# ").strip()
        elif line.startswith("- "):
            yield head, line[2:].strip()


def _confused(kind: Kind) -> list[Line]:
    """What is often mistaken for this kind, and what its disclaimers warn of."""
    source = f"kinds/{kind.code}"
    if kind.is_not_zh:
        return [("mistakes", f"不要和这些混淆：{kind.is_not_zh}", "", source)]
    return [("mistakes", text, "", source) for text in kind.disclaimers_zh[1:]]
