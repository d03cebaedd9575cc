"""A merchant's own reply templates, laid over the shipped ones by playbook and language; the shipped files stay as they are."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from goodstanding.knowledge import PlaybookFiles

from .drafting import LANGUAGES, Line, TemplateError, parse
from .ledger import _NAMES

LONGEST = 20_000


@dataclass(frozen=True)
class OverlayProblem:
    """What is wrong with a merchant's template; ``language`` is the template's, ``message_zh`` says what to do."""

    language: str
    message_zh: str


class OverlayError(Exception):
    """A merchant's template cannot be used. ``problems`` are shown to the member; the text joins them."""

    def __init__(self, problems: tuple[OverlayProblem, ...]) -> None:
        super().__init__("\n".join(f"{item.language}：{item.message_zh}" for item in problems))
        self.problems = problems


def overlay(shipped: PlaybookFiles, own: Mapping[str, str]) -> PlaybookFiles:
    """The playbook with the merchant's replies in place of the shipped ones, language by language.

    Raises ``OverlayError`` when one of them would state something without a source, or cannot be read.
    """
    if problems := check(own):
        raise OverlayError(problems)
    return replace(shipped, replies={**shipped.replies, **own})


def check(own: Mapping[str, str]) -> tuple[OverlayProblem, ...]:
    """Every mistake in a merchant's templates, in the order of their languages; empty when all can be used."""
    return tuple(OverlayProblem(language, message) for language in sorted(own) for message in _faults(language, own))


def difference(shipped: PlaybookFiles, own: Mapping[str, str]) -> tuple[str, ...]:
    """Lines of a unified diff from the shipped replies to the merchant's, language by language; empty where equal."""
    found: list[str] = []
    for language in sorted(own):
        name = f"reply.{language}.md"
        before = shipped.replies.get(language, "").splitlines()
        after = own[language].splitlines()
        found += difflib.unified_diff(before, after, f"shipped/{name}", f"own/{name}", lineterm="")
    return tuple(found)


def _faults(language: str, own: Mapping[str, str]) -> list[str]:
    source = own[language]
    if language not in LANGUAGES:
        return [f"不支持的语言“{language}”。可用：{'、'.join(LANGUAGES)}"]
    if not source.strip():
        return ["模板是空的。请写入内容，或删去它以改用系统模板"]
    if len(source) > LONGEST:
        return [f"模板有 {len(source)} 个字符，上限是 {LONGEST}。请精简"]
    faults: list[str] = []
    for number, raw in enumerate(source.splitlines(), 1):
        try:
            lines = parse(raw).lines
        except TemplateError as error:
            faults.append(f"第 {number} 行无法识别（{str(error).partition(': ')[2]}）。标记写法见“模板语言”说明")
            continue
        faults += [f"第 {number} 行：{fault}" for line in lines if (fault := _unsourced(line))]
    return faults


def _unsourced(line: Line) -> str:
    """What makes a line unusable: a statement without source, or a figure that nothing shows; empty when it is fine."""
    if not line.sourced:
        return "没有依据。陈述事实请用 {{…}} 引用事实或加 [exhibit: …]；称呼、请求一类的话请加 [plain]"
    if line.plain and (line.slots or line.needs or line.exhibits):
        return "标了 [plain] 却引用了事实或证据。请去掉其中一个"
    if (line.plain or line.heading) and any(character.isdigit() for character in _NAMES.sub("", line.text)):
        return "标题和 [plain] 句里不能有数字。请改用 {{…}} 引用案件中的事实"
    if line.heading and "{{" in line.text:
        return "标题里不能引用事实。请移到正文"
    return ""
