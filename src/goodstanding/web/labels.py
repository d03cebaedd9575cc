"""Codes as words. What knowledge names is taken from there, in the reader's language; an unknown code is shown as it is."""

from __future__ import annotations

import contextlib
import re
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from goodstanding import knowledge
from goodstanding.audit import KINDS
from goodstanding.reading import explain
from goodstanding.reading.result import Ground
from goodstanding.reckoning import deadlines

STAGES = {
    "alert": gettext_lazy("预警"),
    "inquiry": gettext_lazy("查询"),
    "dispute": gettext_lazy("争议"),
    "pre_arbitration": gettext_lazy("预仲裁"),
    "arbitration": gettext_lazy("仲裁"),
    "appeal": gettext_lazy("申诉"),
}
NETWORKS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "jcb": "JCB",
    "unionpay": gettext_lazy("银联"),
    "elo": "Elo",
    "sepa_debit": "SEPA",
    "paypal": "PayPal",
    "klarna": "Klarna",
}
RESULTS = {
    "won": gettext_lazy("胜诉"),
    "lost": gettext_lazy("败诉"),
    "partly": gettext_lazy("部分胜诉"),
    "accepted": gettext_lazy("已接受"),
    "withdrawn": gettext_lazy("对方撤回"),
    "expired": gettext_lazy("逾期未答"),
    "closed": gettext_lazy("已关闭"),
    "prevented": gettext_lazy("已避免"),
}
ORIGINS = {
    "stated": gettext_lazy("对方写明"),
    "network": gettext_lazy("卡组织规则"),
    "statutory": gettext_lazy("法定期限"),
    "sla": gettext_lazy("服务承诺"),
    "merchant": gettext_lazy("商户自定"),
    "estimate": gettext_lazy("估算"),
}
PURPOSES = {
    "respond": gettext_lazy("答复截止"),
    "answer": gettext_lazy("答复截止"),
    "first_draft": gettext_lazy("初稿"),
    "review": gettext_lazy("复核"),
    "withdrawal": gettext_lazy("撤回期"),
    "refund": gettext_lazy("退款"),
}
FIELDS = {
    "case_id": gettext_lazy("对方编号"),
    "case_ref": gettext_lazy("对方编号"),
    "reason_code": gettext_lazy("原因代码"),
    "reason_category": gettext_lazy("原因类别"),
    "network": gettext_lazy("卡组织"),
    "amount": gettext_lazy("金额"),
    "currency": gettext_lazy("币种"),
    "order_id": gettext_lazy("订单号"),
    "deadline": gettext_lazy("截止时间"),
    "deadline_rule": gettext_lazy("期限原话"),
    "complainant": gettext_lazy("投诉人"),
    "issuer": gettext_lazy("来函方"),
    "language": gettext_lazy("语言"),
    "kind": gettext_lazy("通知类型"),
    "status": gettext_lazy("对方状态"),
}
REFERENCES = {
    "case": gettext_lazy("案件编号"),
    "payment": gettext_lazy("支付交易号"),
    "charge": gettext_lazy("扣款号"),
    "order": gettext_lazy("订单号"),
    "arn": gettext_lazy("收单参考号 ARN"),
    "invoice": gettext_lazy("发票号"),
    "tracking": gettext_lazy("运单号"),
    "refund": gettext_lazy("退款号"),
    "customer": gettext_lazy("客户号"),
}
NEEDS = {"required": gettext_lazy("必需"), "any_of": gettext_lazy("任选其一"), "helpful": gettext_lazy("有则更好")}
SECTIONS = {
    "what": gettext_lazy("这是什么"),
    "is": gettext_lazy("这是什么"),
    "who": gettext_lazy("谁发的"),
    "when": gettext_lazy("最晚何时"),
    "deadline": gettext_lazy("最晚何时"),
    "due": gettext_lazy("最晚何时"),
    "otherwise": gettext_lazy("不回应的后果"),
    "without_answer": gettext_lazy("不回应的后果"),
    "consequence": gettext_lazy("不回应的后果"),
    "consequences": gettext_lazy("不回应的后果"),
    "needed": gettext_lazy("需要准备什么"),
    "prepare": gettext_lazy("需要准备什么"),
    "mistakes": gettext_lazy("常见错误"),
    "pitfalls": gettext_lazy("常见错误"),
    "law": gettext_lazy("相关规定"),
    "laws": gettext_lazy("相关规定"),
    "reason": gettext_lazy("原因说明"),
}
NOTIFIERS = {
    "dingtalk": gettext_lazy("钉钉群机器人"),
    "feishu": gettext_lazy("飞书群机器人"),
    "wecom": gettext_lazy("企业微信群机器人"),
    "email": gettext_lazy("邮件（自有邮箱）"),
    "slack": "Slack",
    "teams": "Microsoft Teams",
    "webhook": "Webhook",
}
RULE_FINDINGS = {
    "never": gettext_lazy("不会命中"),
    "unreachable": gettext_lazy("轮不到"),
    "overridden": gettext_lazy("被前面的规则占先"),
    "same_name": gettext_lazy("重名"),
    "no_effect": gettext_lazy("没有作用"),
    "unchecked": gettext_lazy("没有检查"),
}
ANSWER_FORMS = {
    "day": "2027-03-01",
    "moment": "2027-03-01T09:30+08:00",
    "money": "59.90 USD",
    "email": "name@example.com",
    "url": "https://",
    "number": "0",
    "flag": gettext_lazy("是 / 否"),
}
GRADES = {"fatal": gettext_lazy("必须解决"), "serious": gettext_lazy("严重"), "note": gettext_lazy("提示")}
ORIGIN_OF_DELIVERY = {
    "webhook": gettext_lazy("Webhook 推送"),
    "mail": gettext_lazy("邮件"),
    "upload": gettext_lazy("上传"),
    "paste": gettext_lazy("粘贴"),
    "poll": gettext_lazy("轮询"),
    "lookup": gettext_lazy("主动查询"),
    "drill": gettext_lazy("试运行"),
}
STEPS = {
    "identify": gettext_lazy("识别"),
    "attach": gettext_lazy("归入案件"),
    "interpret": gettext_lazy("解读"),
    "schedule": gettext_lazy("计算期限"),
    "route": gettext_lazy("分派"),
    "gather": gettext_lazy("收集资料"),
    "draft": gettext_lazy("草拟答复"),
    "assemble": gettext_lazy("组装材料包"),
    "receive": gettext_lazy("接收"),
    "submit": gettext_lazy("提交"),
    "sync": gettext_lazy("跟踪"),
}
AUTHORITY = {
    "genuine": gettext_lazy("来源已证实"),
    "phishing": gettext_lazy("疑似伪造"),
    "unverified": gettext_lazy("来源未能证实"),
    "n/a": gettext_lazy("无需核实"),
}
#: Reasons for a person to look that do not come from reading; its own words are in ``reading.reasons``.
NEEDS_HUMAN = {"several_orders": gettext_lazy("有多个订单可能对应，请指定订单号")}
PROVIDERS = {
    "deepseek": "DeepSeek",
    "qwen": gettext_lazy("阿里云百炼（通义千问）"),
    "openai": "OpenAI",
    "ollama": gettext_lazy("Ollama（本机）"),
    "other": gettext_lazy("其他 OpenAI 兼容服务"),
}
PURPOSES_OF_SENDING = {
    "translate": gettext_lazy("用于翻译的文字"),
    "suggest": gettext_lazy("用于查找字段的文字（金额、日期、编号保留，个人资料遮住）"),
}
KEPT_BACK = {
    "name": gettext_lazy("姓名"),
    "address": gettext_lazy("地址"),
    "email": gettext_lazy("邮箱"),
    "phone": gettext_lazy("电话"),
    "url": gettext_lazy("网址"),
    "id": gettext_lazy("编号"),
    "amount": gettext_lazy("金额"),
    "date": gettext_lazy("日期"),
    "time": gettext_lazy("时刻"),
    "term": gettext_lazy("期限"),
    "percent": gettext_lazy("百分比"),
    "number": gettext_lazy("数字"),
    "weekday": gettext_lazy("星期"),
    "month": gettext_lazy("月份"),
    "sign": gettext_lazy("特殊符号"),
}
ABILITIES = {
    "work": gettext_lazy("处理案件"),
    "approve": gettext_lazy("审批"),
    "submit": gettext_lazy("提交"),
    "connect": gettext_lazy("管理连接"),
    "manage": gettext_lazy("管理商户设置"),
}
WAITING_ICONS = {
    "person": "user-check",
    "evidence": "paperclip",
    "approval": "shield-check",
    "submission": "send",
    "decider": "hourglass",
    "nothing": "circle-check",
}
KIND_ICONS = {
    "chargeback": "credit-card",
    "pre_dispute_alert": "bell",
    "refund_dispute": "receipt",
    "regulator": "gavel",
    "data_protection": "shield-lock",
    "esp_warning": "mail",
    "spam_complaint_report": "mail-forward",
    "review": "star",
    "consumer_complaint": "message-report",
    "legal_threat": "scale",
    "dispute_result": "checks",
    "not_a_notice": "file-text",
}

_TABLES: dict[str, dict[str, Any]] = {
    "stage": STAGES,
    "network": NETWORKS,
    "result": RESULTS,
    "deadline_origin": ORIGINS,
    "purpose": PURPOSES,
    "field": FIELDS,
    "reference": REFERENCES,
    "need": NEEDS,
    "rule_finding": RULE_FINDINGS,
    "notifier": NOTIFIERS,
    "answer_form": ANSWER_FORMS,
    "section": SECTIONS,
    "grade": GRADES,
    "delivery_origin": ORIGIN_OF_DELIVERY,
    "step": STEPS,
    "authority": AUTHORITY,
    "ability": ABILITIES,
    "purpose_of_sending": PURPOSES_OF_SENDING,
    "kept_back": KEPT_BACK,
}


def chinese() -> bool:
    """Does the reader read Chinese?"""
    return (get_language() or "").startswith("zh")


def word(table: str, code: str) -> str:
    """The word for a code; the code itself, spaced, where nobody named it."""
    if not code:
        return ""
    found = _TABLES[table].get(code)
    return str(found) if found is not None else code.replace("_", " ")


def kind(code: str) -> str:
    found = knowledge.kind(code)
    if found is None:
        return code.replace("_", " ") or _("未识别")
    return found.label.zh if chinese() else found.label.en


def family(code: str) -> str:
    found = knowledge.family(code)
    if found is None:
        return code.replace("_", " ")
    return found.label.zh if chinese() else found.label.en


def category(code: str) -> str:
    found = _categories().get(code)
    return (found[0] if chinese() else found[1]) if found else code.replace("_", " ")


def evidence(code: str) -> str:
    """A kind of exhibit; what a recipient asked for in its own words stays so."""
    found = knowledge.evidence(code)
    if found is None:
        return code.removeprefix("ev.").replace("_", " ") or _("未分类")
    return found.name_zh if chinese() else found.name_en


def evidence_choices() -> list[tuple[str, str]]:
    """Every kind of exhibit, by its name."""
    items = knowledge.knowledge().evidence.values()
    return [(item.id, item.name_zh if chinese() else item.name_en) for item in items]


def kind_choices() -> list[tuple[str, str]]:
    return [(code, kind(code)) for code in knowledge.knowledge().kinds]


def family_choices() -> list[tuple[str, str]]:
    return [(code, family(code)) for code in knowledge.knowledge().families]


def category_choices() -> list[tuple[str, str]]:
    return [(code, category(code)) for code in _categories()]


def fact(key: str) -> str:
    """A fact's key as declared by the knowledge."""
    if key in FIELDS:
        return str(FIELDS[key])
    found = knowledge.knowledge().fact_keys.get(key)
    if found is None:
        return key.replace("_", " ")
    return found.zh if chinese() else found.en


def needs_human(code: str) -> str:
    """Why a person is asked. Codes may carry a detail after a colon."""
    name, _colon, detail = code.partition(":")
    found = NEEDS_HUMAN.get(name)
    text = str(found) if found else explain.explain_need(name) if chinese() else explain.explain_need_en(name)
    return f"{text}（{detail.strip()}）" if detail.strip() else text


def deadline_reason(row: Any) -> str:
    """The sentence that says how a deadline came about; ``row`` is a models.Deadline."""
    given = dict(row.reason)
    code = str(given.pop("code", ""))
    parameters = given.pop("parameters", None) or given
    value = deadlines.Deadline(
        purpose=row.purpose,
        at=row.at,
        zone=row.zone,
        origin=row.origin,
        reason=deadlines.Why(code=code, parameters={str(k): str(v) for k, v in parameters.items()}),
        estimate=row.estimate,
        source=row.source,
    )
    try:
        return deadlines.explain_zh(value) if chinese() else deadlines.explain_en(value)
    except (KeyError, IndexError, ValueError):
        return word("deadline_origin", row.origin)


def reason_name(scheme: str, code: str) -> str:
    """What a network or gateway calls a reason."""
    found: Any = knowledge.reason(scheme, code) if code else None
    if found is None:
        return ""
    names = ("name_zh", "name_en") if chinese() else ("name_en", "name_zh")
    return next((str(value) for name in names if (value := getattr(found, name, None))), "")


def record_link(id_: str) -> tuple[str, str]:
    """Title and address of the document that a knowledge record rests on; empty strings where it has none."""
    found: Any = knowledge.record(id_)
    sources = getattr(found, "source", ()) or ()
    first = sources[0] if sources else None
    return (getattr(first, "document", "") or "", getattr(first, "url", "") or "") if first else ("", "")


_CITED = re.compile(r"【([^】\s]+)】")


def with_sources(guidance: str) -> str:
    """Guidance in Markdown whose citations of records are links to the documents; a record without one is left out."""

    def cite(match: re.Match[str]) -> str:
        address = record_link(match[1])[1]
        return f" [{_('出处')}]({address})" if address.startswith("https://") and ")" not in address else ""

    return _CITED.sub(cite, guidance)


def _categories() -> dict[str, tuple[str, str]]:
    return {item.code: (item.zh, item.en) for item in knowledge.knowledge().reason_categories.values()}


def ground(given: Any) -> str:
    """Why a letter was judged so."""
    code = str(given.get("code", ""))
    params = given.get("params") or {}
    item = Ground(code, tuple(sorted((str(k), str(v)) for k, v in params.items())))
    return explain.explain_zh(item) if chinese() else explain.explain_en(item)


def provider(name: str) -> str:
    """A provider's name, as it was kept with a translation, in the reader's language."""
    return _(name) if name else ""


MATCHES = {
    "payment": gettext_lazy("支付编号"),
    "order": gettext_lazy("订单号"),
    "tracking": gettext_lazy("运单号"),
    "amount_and_email": gettext_lazy("金额和邮箱"),
    "person": gettext_lazy("人工指定"),
}
SOURCES = {
    "order": gettext_lazy("订单"),
    "notice": gettext_lazy("通知"),
    "reply": gettext_lazy("答复"),
    "case": gettext_lazy("案件"),
    "merchant": gettext_lazy("商户设置"),
}


def match_by(code: str) -> str:
    return str(MATCHES.get(code, code))


def source_name(source: str) -> str:
    """Where one side of a contradiction stands; an exhibit by its id."""
    if source in SOURCES:
        return str(SOURCES[source])
    number = source.removeprefix("evidence:")
    return _("证据 %(n)s") % {"n": number} if number.isdecimal() else source


def sentence(event: Any) -> str:
    """One line of the audit trail, in the reader's language. Codes among its facts become words."""
    found = KINDS.get(event.kind)
    if found is None:
        return str(event.kind)
    facts = dict(event.facts)
    actor = str(event.actor) if event.actor else str(facts.get("actor_name") or _("系统"))
    facts["actor"] = f"{actor} " if chinese() and actor[-1].isascii() else actor
    for name, table in (("purpose", "purpose"), ("result", "result"), ("origin", "deadline_origin")):
        if name in facts:
            facts[name] = word(table, str(facts[name]))
    if event.kind.startswith("delivery.") and "origin" in event.facts:
        facts["origin"] = word("delivery_origin", str(event.facts["origin"]))
    if str(facts.get("case_ref", "")).startswith("drill:"):
        facts["case_ref"] = str(facts["case_ref"]).split(":", 2)[-1]
    if event.kind == "order.matched":
        facts["by"] = match_by(str(event.facts.get("by", "")))
    if event.kind == "evidence.gathered":
        facts["origin"] = source_name(str(event.facts.get("origin", "")))
    if isinstance(facts.get("at"), str):
        with contextlib.suppress(ValueError):
            facts["at"] = timezone.localtime(datetime.fromisoformat(facts["at"])).strftime("%Y-%m-%d %H:%M")
    return found.say(facts)


_SHOWN_ELSEWHERE = {
    "amount", "currency", "case_id", "reason_code", "network", "deadline", "order_number", "drill", "complainant", "arn",
    "charge_id", "kind", "card_brand", "brand", "reason_category", "status", "opened_at", "stripe_category", "livemode",
}  # fmt: skip


def other_facts(facts: Any) -> list[tuple[str, str]]:
    """Labels and values of the facts that have no place of their own on the page; flags and moments in words."""
    keys = knowledge.knowledge().fact_keys
    found = []
    for key, value in facts.items():
        if key in _SHOWN_ELSEWHERE or value in ("", None):
            continue
        declared = keys.get(key)
        found.append((fact(key), _fact_value(declared.type if declared else "", str(value))))
    return found


def _fact_value(type_: str, text: str) -> str:
    if text in ("true", "false") or type_ == "flag":
        return _("是") if text == "true" else _("否")
    if type_ == "moment" or (len(text) >= 20 and text[4:5] == "-" and "T" in text):
        try:
            return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")
        except ValueError:
            return text
    return text


def gap(given: Any) -> str:
    """What a sentence of the draft lacks."""
    if chinese():
        return str(given.get("message_zh", ""))
    facts = [fact(str(key)) for key in given.get("slots", ())]
    groups = [" or ".join(evidence(str(item)) for item in group) for group in given.get("exhibits", ())]
    return _("缺少：%(what)s") % {"what": "; ".join(facts + groups)}


def doubt(given: Any) -> str:
    """Why a word of the reply is held back."""
    return str(given.message_zh) if chinese() else ""


def finding(given: Any) -> str:
    """What does not agree, or which rule is broken."""
    order = ("message_zh", "message_en") if chinese() else ("message_en", "message_zh")
    return next((str(given[name]) for name in order if given.get(name)), str(given.get("code", "")))


PROBLEMS = {
    "unconfirmed_signature": gettext_lazy("还没有可靠资料能确认这个渠道怎样签名，只能标为未核实；请登录对方后台核对。"),
    "no_secret": gettext_lazy("这个连接没有填签名密钥，无法核实。到“连接”里填上即可。"),
    "bad_signature": gettext_lazy("签名不符：密钥是另一个端点或另一种模式的，或内容被改过。"),
    "no_signature": gettext_lazy("没有签名：不是对方发的，或中间的代理去掉了签名头。"),
    "malformed_signature": gettext_lazy("签名头残缺，读不出来。"),
    "too_old": gettext_lazy("签名时间太旧：可能是有人重放旧请求，或本机时钟偏差过大。"),
    "stale": gettext_lazy("签名时间太旧：可能是有人重放旧请求，或本机时钟偏差过大。"),
    "in_the_future": gettext_lazy("签名时间在将来：请检查本机时钟。"),
    "unproven_certificate": gettext_lazy("签名证书无法证实。"),
    "wrong_shop": gettext_lazy("通知属于另一家店铺。"),
    "no_key": gettext_lazy("没有填写密钥，只能接收通知；需要读取或提交时再填。"),
    "no_credentials": gettext_lazy("没有填写密钥，只能接收通知；需要读取或提交时再填。"),
    "key_malformed": gettext_lazy("密钥格式不对，请重新复制。"),
    "wrong_key_kind": gettext_lazy("这不是受限密钥。请新建一把受限密钥再填。"),
    "key_invalid": gettext_lazy("对方不认这把密钥：已删除、过期，或复制不全。请新建一把。"),
    "bad_credentials": gettext_lazy("对方不认这把密钥：已删除、过期，或复制不全。请新建一把。"),
    "permission_missing": gettext_lazy("密钥缺少权限，请到对方后台补上。"),
    "login": gettext_lazy("邮箱登录失败：请检查账号和授权码，并确认已开启 IMAP。"),
    "folder": gettext_lazy("邮箱里没有这个文件夹，请检查名字。"),
    "tls": gettext_lazy("加密连接失败：请检查端口和加密方式。"),
    "unreachable": gettext_lazy("连不上对方服务器，稍后会自动再试。"),
    "no_connection": gettext_lazy("连不上对方服务器，稍后会自动再试。"),
    "connect_failed": gettext_lazy("连不上对方服务器，稍后会自动再试。"),
    "connect_timeout": gettext_lazy("对方服务器没有及时应答，稍后会自动再试。"),
    "timeout": gettext_lazy("对方服务器没有及时应答，稍后会自动再试。"),
    "cut_off": gettext_lazy("提交时连接中断，对方可能已经收到。"),
    "did_not_arrive": gettext_lazy("经人工核对，对方没有收到。"),
    "package_changed": gettext_lazy("批准之后材料有变动，正在生成新的材料包。"),
    "no_submit": gettext_lazy("这个渠道不能由系统提交，请下载后人工提交。"),
    "rate_limited": gettext_lazy("对方要求放慢速度，稍后会自动再试。"),
}


def problem(code: str) -> str:
    """What an adapter's code means for a person; nothing for a code that has no words here."""
    return str(PROBLEMS.get(code, ""))


def moment_text(text: Any) -> str:
    """A stored ISO moment on the reader's clock; any other text as it is."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return str(text or "")
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at.tzinfo else str(text)


SHEET = {
    "fight": gettext_lazy("建议抗辩"),
    "accept": gettext_lazy("建议接受"),
    "refund": gettext_lazy("建议退款了结"),
    "undecided": gettext_lazy("暂无足够依据给出建议"),
}
CHOICES = {"fight": gettext_lazy("抗辩"), "accept": gettext_lazy("接受"), "refund": gettext_lazy("退款")}
SHEET_REASONS = {
    "already_refunded": gettext_lazy("该笔已退款 {refunded}，若再被扣等于付两次，应提交退款凭证。"),
    "cannot_fight": gettext_lazy("对方不接受抗辩。"),
    "fatal": gettext_lazy("证据里有 {count} 处致命矛盾，先改正再谈提交。"),
    "incomplete": gettext_lazy("必需证据尚未齐全。"),
    "costs_more": gettext_lazy("抗辩成本 {costs} 不低于争议金额 {amount}。"),
    "window_open": gettext_lazy("争议前处理窗口仍开放，退款可避免正式立案。"),
    "history": gettext_lazy("同类案件抗辩 {n} 件、胜 {won} 件，95% 区间 {low}–{high}。"),
    "few_cases": gettext_lazy("同类案件仅 {n} 件，样本太少，不能据此估计胜率。"),
    "pays_even_low": gettext_lazy("即使按区间下限计算，抗辩的平均结果也好于接受。"),
    "loses_even_high": gettext_lazy("即使按区间上限计算，抗辩的平均结果也不如接受。"),
    "evidence_ready": gettext_lazy("必需证据齐全且无致命矛盾。"),
    "ratio_over": gettext_lazy("计入本案后，{programme} 比率将超过阈值。"),
}


def sheet_head(code: str) -> str:
    return str(SHEET.get(code, code))


def choice(code: str) -> str:
    return str(CHOICES.get(code, code))


def sheet_reasons(sheet: Any) -> list[str]:
    """The reasons of a recommendation, a sentence each."""
    return [str(SHEET_REASONS.get(code, code)).format_map(values) for code, values in sheet.reasons]
