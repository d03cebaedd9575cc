"""Rules as Chinese sentences: ``规则 "大额"：当 拒付金额 > 50 USD 且 原因码 = 13.1 则 负责人 = 小李；标签 = (大额)``.

Read by a hand-written scanner in one pass, so no input makes it slow. What is printed parses to the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .fields import FIELDS, make_test, value_text
from .model import (
    PRIORITIES,
    AllOf,
    Always,
    AnyOf,
    Approvers,
    Expression,
    Not,
    Rule,
    RuleError,
    Test,
    Then,
    all_of,
    any_of,
    negate,
)
from .operators import BY_SIGN, SIGNS

MOST_CHARACTERS = 20_000
_DEEPEST = 40
_SINGLE = {
    "(": "(",
    "（": "(",
    ")": ")",
    "）": ")",
    ",": ",",
    "，": ",",
    "、": ",",
    ";": ";",
    "；": ";",
    "：": ":",
    "\n": " ",
}
_QUOTES = {'"': '"', "“": "”", "「": "」"}
_JOINERS = {"并且": "且", "而且": "且", "或者": "或", "且": "且", "或": "或"}
_SIGNS = sorted((sign for sign in BY_SIGN if not sign.isalpha()), key=len, reverse=True)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_YES = {"是": True, "否": False}
_PRIORITY_BY_ZH = {zh: code for code, zh in PRIORITIES.items()}
_ACTIONS = {
    "负责人": "owner", "打法": "playbook", "模板": "template", "审批": "approvers", "四眼": "four_eyes", "标签": "tags",
    "通知": "tell", "优先级": "priority",
}  # fmt: skip
_ACTION_ZH = {code: zh for zh, code in _ACTIONS.items()}


@dataclass(frozen=True)
class _Token:
    kind: str  # word, quoted, sign, or the mark itself
    text: str
    at: int


def parse_condition(text: str) -> Expression:
    """The condition that a sentence says, e.g. ``拒付金额 > 50 USD 且 原因码 = 13.1``. Raises :class:`RuleError`."""
    reader = _Reader(text)
    found = reader.expression(0)
    reader.end()
    return found


def parse_rule(text: str) -> Rule:
    """The rule that a sentence says. Raises :class:`RuleError` with the place of the first thing not understood."""
    return _Reader(text).rule()


def print_condition(when: Expression) -> str:
    """The condition as a sentence."""
    if isinstance(when, Always):
        return "任何案件"
    if isinstance(when, Test):
        return _print_test(when)
    if isinstance(when, Not):
        return f"非 ({print_condition(when.part)})"
    joiner = " 且 " if isinstance(when, AllOf) else " 或 "
    return joiner.join(
        f"({print_condition(one)})" if isinstance(one, AllOf | AnyOf) else print_condition(one) for one in when.parts
    )


def print_rule(rule: Rule) -> str:
    """The rule as a sentence."""
    name = f"规则 {_quoted(rule.name)}：" if rule.name else ""
    actions = _print_actions(rule.then) + (["停止"] if rule.stop else [])
    return f"{name}当 {print_condition(rule.when)} 则 {'；'.join(actions) or '不变'}"


def _print_test(test: Test) -> str:
    head = f"{FIELDS[test.field].zh[0]} {SIGNS[test.operator][0]}"
    if test.value is None:
        return head
    if isinstance(test.value, tuple):
        return f"{head} {_list(test.value)}"
    return f"{head} {_word(test.value) if isinstance(test.value, str) else value_text(test.value)}"


def _print_actions(then: Then) -> list[str]:
    found = [
        f"{_ACTION_ZH[name]} = {_word(getattr(then, name))}"
        for name in ("owner", "playbook", "template")
        if getattr(then, name)
    ]
    if then.approvers:
        found.append(f"审批 = {'依次' if then.approvers.mode == 'sequence' else '任一'} {_list(then.approvers.people)}")
    if then.four_eyes:
        found.append("四眼 = 是")
    found += [f"{_ACTION_ZH[name]} = {_list(getattr(then, name))}" for name in ("tags", "tell") if getattr(then, name)]
    if then.priority:
        found.append(f"优先级 = {PRIORITIES[then.priority]}")
    return found


def _list(values: Sequence[str]) -> str:
    return f"({', '.join(_word(one) for one in values)})"


def _word(text: str) -> str:
    """Bare where the scanner reads it back as one word and nothing else, else in quotes."""
    plain = all(char.isalnum() or char in "._:-" for char in text) and not any(char in "且或" for char in text)
    return text if text and plain and text not in _RESERVED else _quoted(text)


def _quoted(text: str) -> str:
    for char, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(char, escape)
    return f'"{text}"'


_RESERVED = {"当", "则", "非", "规则", "停止", "不变", "任何案件", "依次", "任一", *_JOINERS, *BY_SIGN}


def _scan(text: str) -> list[_Token]:
    if len(text) > MOST_CHARACTERS:
        raise RuleError(f"规则太长：最多 {MOST_CHARACTERS} 个字符")
    tokens, at = [], 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char in _QUOTES:
            token, at = _scan_quoted(text, at)
            tokens.append(token)
        elif char in _SINGLE:
            tokens.append(_Token(_SINGLE[char], char, at))
            at += 1
        else:
            token = _sign_at(text, at) or _joiner_at(text, at) or _word_at(text, at)
            tokens.append(token)
            at += len(token.text)
    return tokens


def _scan_quoted(text: str, start: int) -> tuple[_Token, int]:
    closing, at, chars = _QUOTES[text[start]], start + 1, list[str]()
    while at < len(text):
        char = text[at]
        if char == closing:
            return _Token("quoted", "".join(chars), start), at + 1
        if char == "\\" and at + 1 < len(text):
            at += 1
            char = _ESCAPES.get(text[at], text[at])
        chars.append(char)
        at += 1
    raise RuleError("引号没有配对", start)


def _sign_at(text: str, at: int) -> _Token | None:
    sign = next((one for one in _SIGNS if text.startswith(one, at)), None)
    return _Token("sign", sign, at) if sign else None


def _joiner_at(text: str, at: int) -> _Token | None:
    joiner = next((one for one in _JOINERS if text.startswith(one, at)), None)
    return _Token("joiner", joiner, at) if joiner else None


def _word_at(text: str, start: int) -> _Token:
    at = start
    while at < len(text):
        char = text[at]
        if char.isspace() or char in _SINGLE or char in _QUOTES or char in "且或=＝≠!<>≥≤＞＜" or _joiner_at(text, at):
            break
        at += 1
    return _Token("word", text[start : max(at, start + 1)], start)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = _scan(text)
        self.place = 0
        self.length = len(text)

    # --- tokens

    def peek(self, ahead: int = 0) -> _Token:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else _Token("end", "", self.length)

    def take(self) -> _Token:
        token = self.peek()
        self.place += 1
        return token

    def met(self, kind: str, text: str = "") -> bool:
        token = self.peek()
        if token.kind == kind and (not text or token.text == text):
            self.place += 1
            return True
        return False

    def need(self, kind: str, what: str, text: str = "") -> _Token:
        token = self.peek()
        if not self.met(kind, text):
            raise RuleError(f"这里应是{what}，却是“{token.text or '结尾'}”", token.at)
        return token

    def end(self) -> None:
        token = self.peek()
        if token.kind != "end":
            raise RuleError(f"“{token.text}”多余或缺少“且/或”；含特殊字的值请加引号", token.at)

    # --- condition

    def expression(self, depth: int) -> Expression:
        return self.joined("或", any_of, lambda: self.joined("且", all_of, lambda: self.part(depth)))

    def joined(self, joiner: str, join: Callable[..., Expression], part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self.peek().kind == "joiner" and _JOINERS[self.peek().text] == joiner:
            self.take()
            parts.append(part())
        return join(*parts)

    def part(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise RuleError(f"括号最多嵌套 {_DEEPEST} 层", self.peek().at)
        if self.met("word", "非"):
            return negate(self.part(depth + 1))
        if self.met("("):
            found = self.expression(depth + 1)
            self.need(")", "右括号")
            return found
        if self.met("word", "任何案件"):
            return Always()
        return self.test()

    def test(self) -> Test:
        field = self.need("word", "条件名称")
        operator = self.take()
        code = BY_SIGN.get(operator.text) if operator.kind in ("sign", "word") else None
        if code is None:
            raise RuleError(f"“{field.text}”后面应是比较符，却是“{operator.text or '结尾'}”", operator.at)
        raw: tuple[str, ...] = ()
        if code in ("in", "not_in"):
            raw = self.values()
        elif code not in ("known", "unknown"):
            raw = (self.value(),)
        return make_test(field.text, code, raw, field.at)

    def value(self) -> str:
        token = self.take()
        if token.kind == "quoted":
            return token.text
        if token.kind != "word":
            raise RuleError(f"这里应是一个值，却是“{token.text or '结尾'}”；含特殊字的值请加引号", token.at)
        words = [token.text]
        while self.peek().kind == "word" and self.peek().text not in _RESERVED:
            words.append(self.take().text)  # 50 USD, New York
        return " ".join(words)

    def values(self) -> tuple[str, ...]:
        bracketed = self.met("(")
        found = [self.value()]
        while self.met(","):
            found.append(self.value())
        if bracketed:
            self.need(")", "右括号")
        return tuple(found)

    # --- rule

    def rule(self) -> Rule:
        name = ""
        if self.met("word", "规则"):
            name = self.need("quoted", "带引号的规则名").text
            self.need(":", "冒号")
        self.need("word", "“当”", "当")
        when = self.expression(0)
        self.need("word", "“则”", "则")
        then, stop, seen = Then(), False, set[str]()
        while True:
            if self.met("word", "停止"):
                stop = True
            elif not self.met("word", "不变"):
                then = self.action(then, seen)
            if not self.met(";"):
                break
        self.end()
        return Rule(name=name, when=when, then=then, stop=stop)

    def action(self, then: Then, seen: set[str]) -> Then:
        token = self.need("word", f"动作（{'、'.join(_ACTIONS)}、停止）")
        name = _ACTIONS.get(token.text)
        if name is None:
            raise RuleError(f"不认识动作“{token.text}”；可用的有：{'、'.join(_ACTIONS)}、停止", token.at)
        if name in seen:
            raise RuleError(f"“{token.text}”写了两次", token.at)
        seen.add(name)
        self.need("sign", "等号", self.peek().text if self.peek().text in SIGNS["eq"] else "=")
        value: Any
        if name == "approvers":
            value = self.approvers()
        elif name in ("tags", "tell"):
            value = self.values()
        else:
            value = self.plain(name)
        return replace(then, **{name: value})

    def plain(self, name: str) -> str | bool:
        token = self.peek()
        text = self.value()
        if name == "four_eyes":
            if text not in _YES:
                raise RuleError("“四眼”只能是“是”或“否”", token.at)
            return _YES[text]
        if name == "priority":
            if text not in _PRIORITY_BY_ZH:
                raise RuleError(f"优先级只能是：{'、'.join(_PRIORITY_BY_ZH)}", token.at)
            return _PRIORITY_BY_ZH[text]
        if not text:
            raise RuleError("值不能为空", token.at)
        return text

    def approvers(self) -> Approvers:
        any_one = self.met("word", "任一")
        if not any_one:
            self.met("word", "依次")
        return Approvers("any_of" if any_one else "sequence", self.values())
