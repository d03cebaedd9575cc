"""Rules as YAML. Every scalar is read as text (``13.10`` stays ``13.10``); anchors and tags are refused."""

from __future__ import annotations

from typing import Any

import yaml

from .fields import make_test, value_text
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
from .sentence import parse_condition

MOST_CHARACTERS = 2_000_000
_DEEPEST = 40
_DEEPEST_YAML = 4 * _DEEPEST
_TRUTHS = {"true": True, "false": False, "是": True, "否": False, "yes": True, "no": False}
_TEXTS, _LISTS = ("owner", "playbook", "template"), ("tags", "tell")


def parse_yaml(text: str) -> tuple[Rule, ...]:
    """The rules of a document: a list of ``{name, when, then, stop}``. Raises :class:`RuleError` naming rule and field.

    ``when`` is a Chinese sentence, a test ``{amount: {gt: 50 USD}}``, or ``{all: […]}``, ``{any: […]}``, ``{not: …}``.
    """
    if len(text) > MOST_CHARACTERS:
        raise RuleError(f"规则文件太大：最多 {MOST_CHARACTERS} 个字符")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST_YAML:  # the reader's time grows with the square of the depth
                raise RuleError(f"{_line(event.start_mark)}YAML 嵌套太深")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or _tagged(event):
                raise RuleError(f"{_line(event.start_mark)}规则里不能用 YAML 的锚点、别名或标签")
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes nothing but text, lists and maps
    except yaml.YAMLError as error:
        raise RuleError(f"{_line(getattr(error, 'problem_mark', None))}YAML 写法有误") from None
    if data in (None, ""):
        return ()
    if not isinstance(data, list):
        raise RuleError("规则文件应是一个列表，每条规则以“- ”开头")
    return tuple(_rule(item, number) for number, item in enumerate(data, start=1))


def print_yaml(rules: tuple[Rule, ...]) -> str:
    """The rules as a document that parses to the same rules."""
    return str(yaml.safe_dump([_dump(rule) for rule in rules], allow_unicode=True, sort_keys=False, width=1000))


def _line(mark: Any) -> str:
    return f"第 {mark.line + 1} 行：" if mark else ""


def _tagged(event: yaml.Event) -> bool:
    return bool(getattr(event, "tag", None))


def _rule(item: Any, number: int) -> Rule:
    where = f"第 {number} 条规则"
    _only(item, ("name", "when", "then", "stop"), where)
    name = item.get("name", "")
    if not isinstance(name, str):
        raise RuleError(f"{where}：name 应是文字")
    try:
        when = _when(item["when"], 0) if "when" in item else Always()
        return Rule(
            name=name, when=when, then=_then(item.get("then", {})), stop=_truth(item.get("stop", "false"), "stop")
        )
    except RuleError as error:
        raise RuleError(f"{where}{f'“{name}”' if name else ''}：{error}") from None


def _only(item: Any, keys: tuple[str, ...], where: str) -> None:
    if not isinstance(item, dict):
        raise RuleError(f"{where}：应是“键: 值”的形式")
    unknown = [str(key) for key in item if key not in keys]
    if unknown:
        raise RuleError(f"{where}：不认识 {'、'.join(unknown)}；可用的有 {'、'.join(keys)}")


def _when(item: Any, depth: int) -> Expression:
    if depth > _DEEPEST:
        raise RuleError(f"条件最多嵌套 {_DEEPEST} 层")
    if isinstance(item, str):
        return parse_condition(item) if item.strip() else Always()
    if isinstance(item, list):
        return all_of(*(_when(one, depth + 1) for one in item))
    if not isinstance(item, dict) or len(item) != 1:
        raise RuleError("一个条件应只有一个键，如 {amount: {gt: 50 USD}}；多个请放进 all 或 any")
    [(key, value)] = item.items()
    if key == "not":
        return negate(_when(value, depth + 1))
    if key in ("all", "any"):
        if not isinstance(value, list):
            raise RuleError(f"{key} 后面应是列表")
        return (all_of if key == "all" else any_of)(*(_when(one, depth + 1) for one in value))
    if not isinstance(value, dict) or len(value) != 1:
        raise RuleError(f"{key} 后面应是一个比较，如 {{eq: …}}")
    [(operator, raw)] = value.items()
    if operator in ("known", "unknown"):
        raw = [] if raw in ("true", "是", "") else [str(raw)]
    values = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(one, str) for one in values):
        raise RuleError(f"{key} 的值应是文字")
    return make_test(key, operator, tuple(values))


def _then(item: Any) -> Then:
    _only(item, (*_TEXTS, *_LISTS, "approvers", "four_eyes", "priority"), "then")
    for key in _TEXTS:
        if not isinstance(item.get(key, ""), str):
            raise RuleError(f"{key} 应是文字")
    priority = item.get("priority", "")
    code = next((code for code, zh in PRIORITIES.items() if priority in (code, zh)), "")
    if priority and not code:
        raise RuleError(f"priority 只能是 {'、'.join(PRIORITIES)}")
    return Then(
        owner=item.get("owner", ""),
        playbook=item.get("playbook", ""),
        template=item.get("template", ""),
        tags=_texts(item.get("tags", []), "tags"),
        tell=_texts(item.get("tell", []), "tell"),
        approvers=_approvers(item["approvers"]) if "approvers" in item else None,
        four_eyes=_truth(item.get("four_eyes", "false"), "four_eyes"),
        priority=code,
    )


def _texts(value: Any, key: str) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one for one in values):
        raise RuleError(f"{key} 应是文字的列表")
    return tuple(values)


def _approvers(value: Any) -> Approvers:
    if not isinstance(value, dict):
        return Approvers("sequence", _texts(value, "approvers"))
    _only(value, ("sequence", "any_of"), "approvers")
    if len(value) != 1:
        raise RuleError("approvers 里 sequence（依次）与 any_of（任一）只能写一个")
    [(mode, people)] = value.items()
    names = _texts(people, mode)
    if not names:
        raise RuleError("approvers 至少要有一个人")
    return Approvers(mode, names)


def _truth(value: Any, key: str) -> bool:
    if not isinstance(value, str) or value.lower() not in _TRUTHS:
        raise RuleError(f"{key} 只能是 true 或 false")
    return _TRUTHS[value.lower()]


def _dump(rule: Rule) -> dict[str, Any]:
    then = {key: getattr(rule.then, key) for key in (*_TEXTS, "priority") if getattr(rule.then, key)}
    then |= {key: list(getattr(rule.then, key)) for key in _LISTS if getattr(rule.then, key)}
    if rule.then.approvers:
        then["approvers"] = {rule.then.approvers.mode: list(rule.then.approvers.people)}
    if rule.then.four_eyes:
        then["four_eyes"] = True
    found: dict[str, Any] = {"name": rule.name} if rule.name else {}
    if not isinstance(rule.when, Always):
        found["when"] = _dump_when(rule.when)
    return {**found, "then": then, **({"stop": True} if rule.stop else {})}


def _dump_when(when: Expression) -> Any:
    if isinstance(when, Test):
        value: Any = list(when.value) if isinstance(when.value, tuple) else value_text(when.value)
        return {when.field: {when.operator: True if when.value is None else value}}
    if isinstance(when, Not):
        return {"not": _dump_when(when.part)}
    if isinstance(when, AllOf | AnyOf):
        return {"all" if isinstance(when, AllOf) else "any": [_dump_when(one) for one in when.parts]}
    return []
