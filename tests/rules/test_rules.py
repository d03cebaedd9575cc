"""The merchant's rules: sentences, YAML, three-valued answers, and what the review proves."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.contract import Money
from goodstanding.rules import (
    AllOf,
    Always,
    Approvers,
    Rule,
    RuleError,
    Test,
    Then,
    all_of,
    any_of,
    compile_rules,
    dry_run,
    negate,
    parse_condition,
    parse_rule,
    parse_yaml,
    print_condition,
    print_rule,
    print_yaml,
    review,
    route,
)
from goodstanding.rules.fields import FIELDS, OPERATORS_OF
from goodstanding.rules.operators import NUMERIC, PIECES, PRESENCE, SETS, SIGNS

FACTS = {
    "amount": Money(Decimal("89.90"), "USD"),
    "reason": "13.1",
    "reason_scheme": "visa",
    "family": "not_received",
    "kind": "chargeback",
    "network": "visa",
    "country": "US-CA",
    "store": "Lamp & Co",
    "product": ("Desk Lamp", "SKU-77"),
    "buyer_orders": 3,
    "buyer_disputes": 0,
    "language": "en",
    "authenticity": "genuine",
}
RATES = {"USD": Decimal("1.25"), "GBP": Decimal("0.85")}


def says(condition, facts=FACTS, rates=RATES):
    return compile_rules([Rule(when=parse_condition(condition))]).verdicts(facts, rates)[0].matched


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("拒付金额 > 50 USD 且 原因码 = 13.1", True),
        ("拒付金额>50USD且原因码=13.1", True),
        ("拒付金额 > USD 100", False),
        ("拒付金额 ≥ 71.92 EUR", True),
        ("拒付金额 > 71.92 EUR", False),
        ("拒付金额 > 1 CNY", None),
        ("原因码 = visa:13.1", True),
        ("原因码 = mastercard:13.1", False),
        ("原因码 = 13", False),
        ("原因码 开头是 13.", True),
        ("原因码 属于 (10.4, 13.1)", True),
        ("国家 = US", True),
        ("国家 = us-ca", True),
        ("国家 = US-NY", False),
        ("国家 不属于 DE、FR", True),
        ("商品 = sku-77", True),
        ("商品 包含 lamp", True),
        ("商品 不包含 lamp", False),
        ("店铺 = “Lamp & Co”", True),
        ("店铺 = Lamp & Co", True),
        ("买家历史拒付数 = 0", True),
        ("买家历史拒付数 已知", True),
        ("案件天数 未知", True),
        ("案件天数 > 3", None),
        ("非 案件天数 > 3", None),
        ("案件天数 > 3 或 网络 = visa", True),
        ("案件天数 > 3 且 网络 = amex", False),
        ("非 (网络 = visa)", False),
        ("网络 = amex 或 网络 = visa 且 语言 = en", True),
        ("(网络 = amex 或 网络 = visa) 且 语言 = de", False),
        ("任何案件", True),
    ],
)
def test_conditions_as_written(condition, answer):
    assert says(condition) is answer


def test_without_a_rate_the_condition_is_unknown_and_says_so():
    [verdict] = compile_rules([Rule(when=parse_condition("拒付金额 > 50 EUR"))]).verdicts(FACTS, {})
    assert verdict.matched is None
    assert "USD 到 EUR 的汇率" in verdict.unknown_zh[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "条件名称"),
        ("拒付金额 >", "值"),
        ("拒付金额 > 50", "币种不能省"),
        ("拒付金额 包含 50 USD", "不能用"),
        ("颜色 = 红", "不认识“颜色”"),
        ("网络 = visa 语言 = en", "且/或"),
        ("网络 = “visa", "引号"),
        ("(网络 = visa", "右括号"),
        ("网络 ~ visa", "比较符"),
        ("买家历史订单数 > 很多", "不是数字"),
        ("(" * 5000, "嵌套"),
        ("非 " * 5000, "嵌套"),
        ("网络 = " + "x" * 30_000, "太长"),
        ("网络 = ''''" * 1000 + ")", "且/或"),
    ],
)
def test_what_cannot_be_read_is_named_in_chinese(text, words):
    with pytest.raises(RuleError, match=words):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1", "列表"),
        ("- {when: {amount: {gt: 50}}}", "第 1 条规则：.*币种"),
        ("- {nmae: x}", "不认识 nmae"),
        ("- {when: {amount: {gt: 5 USD}, reason: {eq: x}}}", "all 或 any"),
        ("- &a {name: x}\n- *a", "锚点"),
        ("- !!python/object/apply:os.system [ls]", "标签"),
        ("- [", "YAML 写法有误"),
        ("[" * 20_000, "嵌套太深"),
        ("- {then: {priority: 十万火急}}", "priority"),
        ("- {then: {four_eyes: maybe}}", "four_eyes"),
        ("- {then: {approvers: {sequence: [a], any_of: [b]}}}", "只能写一个"),
        ("- {then: {run: rm}}", "不认识 run"),
        ("- 5", "键: 值"),
    ],
)
def test_broken_yaml_is_named(text, words):
    with pytest.raises(RuleError, match=words):
        parse_yaml(text)


def test_yaml_keeps_codes_as_text_and_reads_sentences():
    rules = parse_yaml("- {when: {reason: {eq: 10.10}}}\n- when: 原因码 = 10.10 且 语言 = no\n- {then: {owner: 12}}")
    assert rules[0].when == Test("reason", "eq", "10.10")
    assert isinstance(rules[1].when, AllOf)
    assert rules[1].when.parts[1].value == "no"
    assert (rules[2].when, rules[2].then.owner) == (Always(), "12")


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=12) | st.sampled_from(
    [
        "且",
        "或者",
        "非",
        "任何案件",
        "50 USD",
        "true",
        "null",
        "~",
        "13.10",
        'a"b\\',
        "“x”",
        "a\nb\tc",
        " x ",
        "则",
        "停止",
        "- a",
        "#",
    ]
)
numbers = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)


def test_of(code):
    field = FIELDS[code]

    def value(operator):
        if operator in PRESENCE:
            return st.none()
        if operator in ("in", "not_in"):
            return st.lists(texts, min_size=1, max_size=4).map(tuple)
        if field.type == "money":
            return st.builds(Money, numbers, st.sampled_from(["USD", "EUR", "JPY"]))
        return numbers if field.type == "number" else texts

    return st.sampled_from(OPERATORS_OF[field.type]).flatmap(lambda op: value(op).map(lambda v: Test(code, op, v)))


test_of.__test__ = False
tests = st.sampled_from(sorted(FIELDS)).flatmap(test_of)
conditions = st.recursive(
    tests | st.just(Always()),
    lambda inner: st.one_of(
        inner.map(negate),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: all_of(*parts)),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: any_of(*parts)),
    ),
    max_leaves=6,
)
lists = st.lists(texts, max_size=3).map(tuple)
thens = st.builds(
    Then,
    owner=st.just("") | texts,
    playbook=st.just("") | texts,
    template=st.just("") | texts,
    approvers=st.none()
    | st.builds(Approvers, st.sampled_from(["sequence", "any_of"]), st.lists(texts, min_size=1, max_size=3).map(tuple)),
    four_eyes=st.booleans(),
    tags=lists,
    tell=lists,
    priority=st.sampled_from(["", "urgent", "high", "normal", "low"]),
)
rules = st.builds(Rule, name=st.just("") | texts, when=conditions, then=thens, stop=st.booleans())
fast = settings(max_examples=500, deadline=None)


@fast
@given(rules)
def test_a_rule_printed_and_parsed_is_the_same_rule(rule):
    assert parse_rule(print_rule(rule)) == rule


@fast
@given(st.lists(rules, max_size=3).map(tuple))
def test_rules_written_as_yaml_and_read_are_the_same_rules(several):
    assert parse_yaml(print_yaml(several)) == several


@fast
@given(st.text(st.sampled_from(list('当则且或非规则“”"()（），、；：=><≠\\ 拒付金额50USDabc停止 \n')), max_size=80))
def test_any_text_is_read_or_refused(text):
    for parse in (parse_rule, parse_condition, parse_yaml):
        try:
            parse(text)
        except RuleError:
            continue


small = st.one_of(
    st.builds(Test, st.just("network"), st.sampled_from(["eq", "ne"]), st.sampled_from(["visa", "amex"])),
    st.builds(
        Test, st.just("network"), st.sampled_from(["in", "not_in"]), st.sampled_from([("visa", "amex"), ("jcb",)])
    ),
    st.builds(Test, st.just("product"), st.sampled_from(["eq", "ne", "contains"]), st.sampled_from(["a", "b"])),
    st.builds(Test, st.just("country"), st.sampled_from(["eq", "ne"]), st.sampled_from(["US", "US-CA", "DE"])),
    st.builds(
        Test,
        st.just("buyer_orders"),
        st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]),
        st.integers(0, 3).map(Decimal),
    ),
    st.builds(Test, st.sampled_from(["network", "buyer_orders"]), st.sampled_from(["known", "unknown"])),
)
small_conditions = st.recursive(
    small,
    lambda inner: st.one_of(
        inner.map(negate),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: all_of(*parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: any_of(*parts)),
    ),
    max_leaves=5,
)
small_rules = st.builds(
    Rule,
    when=small_conditions,
    then=st.builds(Then, owner=st.sampled_from(["", "a", "b"])),
    stop=st.booleans(),
)
EVERY_CASE = [
    {"network": network, "product": product, "country": country, "buyer_orders": orders}
    for network in (None, "visa", "amex", "jcb", "x")
    for product in ((), ("a",), ("b",), ("a", "b"), ("xa",))
    for country in (None, "US", "US-CA", "DE", "FR")
    for orders in (None, 0, 1, 2, 3, 4)
]


@settings(max_examples=250, deadline=None)
@given(st.lists(small_rules, min_size=1, max_size=3))
def test_whatever_the_review_says_holds_for_every_case(several):
    findings = [one for one in review(several) if one.code in ("never", "unreachable", "overridden")]
    if not findings:
        return
    compiled = compile_rules(several)
    for facts in EVERY_CASE:
        answers = [verdict.matched for verdict in compiled.verdicts(facts)]
        for one in findings:
            if answers[one.rule]:
                assert one.code != "never"
                assert answers[one.by]


@settings(max_examples=400, deadline=None)
@given(small_conditions)
def test_not_turns_true_and_false_round_and_leaves_unknown(condition):
    both = compile_rules([Rule(when=condition), Rule(when=negate(condition))])
    for facts in EVERY_CASE[::7]:
        yes, no = (verdict.matched for verdict in both.verdicts(facts))
        assert (yes is None and no is None) or yes is not no


def codes(*sentences):
    return [(one.code, one.rule, one.by) for one in review([parse_rule(one) for one in sentences])]


def test_the_review_points_out_what_is_wrong():
    assert codes("当 网络 = visa 则 负责人 = a；停止", "当 网络 = visa 且 语言 = de 则 负责人 = b") == [
        ("unreachable", 1, 0)
    ]
    assert codes("当 拒付金额 > 50 USD 则 负责人 = a", "当 拒付金额 > 100 USD 则 负责人 = b") == [("overridden", 1, 0)]
    assert codes("当 拒付金额 > 100 USD 且 拒付金额 < 50 USD 则 负责人 = a") == [("never", 0, None)]
    assert codes("当 网络 = visa 且 网络 = amex 则 负责人 = a") == [("never", 0, None)]
    assert codes("当 商品 = a 且 商品 = b 则 负责人 = a") == []
    assert codes("当 拒付金额 > 100 USD 则 负责人 = a", "当 拒付金额 > 50 EUR 则 负责人 = b") == []
    assert codes("当 任何案件 则 停止", "当 语言 = en 则 标签 = x") == [("unreachable", 1, 0)]
    wide = " 且 ".join(f"(语言 = a{i} 或 网络 = b{i})" for i in range(8))
    assert codes(f"当 {wide} 则 标签 = x") == [("unchecked", 0, None)]


def test_routing_the_first_sets_tags_add_up_and_four_eyes_stay():
    found = route(
        [
            parse_rule(
                '规则 "一"：当 网络 = visa 则 负责人 = 小李；标签 = (大额, visa)；审批 = 任一 (财务, 客服负责人)'
            ),
            parse_rule('规则 "二"：当 语言 = en 则 负责人 = 小王；标签 = (visa, 英语)；四眼 = 是；停止'),
            parse_rule('规则 "三"：当 任何案件 则 优先级 = 紧急'),
        ],
        FACTS,
    )
    assert (found.owner, found.tags, found.four_eyes, found.priority) == ("小李", ("大额", "visa", "英语"), True, "")
    assert found.approvers == Approvers("any_of", ("财务", "客服负责人"))
    assert found.matched == ("一", "二")
    assert "小李" not in found.conflicts[0]
    assert "owner" in found.conflicts[0]


def test_a_dry_run_shows_what_would_have_been_caught_and_what_cannot_be_told():
    cases = [
        ("c1", FACTS),
        ("c2", {**FACTS, "reason": "10.4"}),
        ("c3", {**FACTS, "amount": Money(Decimal(9000), "JPY")}),
    ]
    found = dry_run(parse_rule("当 拒付金额 > 50 USD 且 原因码 = 13.1 则 标签 = x"), cases, {"USD": Decimal("1.1")})
    assert [(key, verdict.matched) for key, verdict in found] == [("c1", True), ("c3", None)]


def test_every_operator_is_documented_and_has_a_sign():
    functions = NUMERIC | SETS | PIECES | PRESENCE
    assert set(functions) == set(SIGNS)
    assert all(function.__doc__ for function in functions.values())


def test_printed_conditions_keep_their_brackets():
    text = "(卡组织 = amex 或 卡组织 = visa) 且 非 (语言 = de)"
    assert print_condition(parse_condition(text)) == text
