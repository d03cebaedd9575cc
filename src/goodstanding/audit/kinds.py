"""Everything that can happen: code, sentence, who may see it, and which facts an erasure removes.

Codes are stored and live for ever. Sentences are made on display, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, AuditKind] = {}

TEAM = "team"  # every member
MANAGERS = "managers"  # owners only


class _Blanks(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True)
class AuditKind:
    """``sentence`` has ``{fact}`` places; ``personal`` names the facts that hold a person's data."""

    code: str
    sentence: Promise
    audience: str = TEAM
    personal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code in KINDS:
            raise RuntimeError(f"audit code {self.code} is declared twice")
        KINDS[self.code] = self

    def say(self, facts: Mapping[str, Any]) -> str:
        """The sentence with these facts, in the active language; an erased or missing one shows as "…"."""
        return str(self.sentence).format_map(_Blanks(facts))


DELIVERY_RECEIVED = AuditKind("delivery.received", _("收到一份通知（{channel}，{origin}）。"))
DELIVERY_REFUSED = AuditKind("delivery.refused", _("通知未通过核验，已留存、不作处理：{reason}"))
DELIVERY_UNREADABLE = AuditKind("delivery.unreadable", _("通知无法解析：{reason}"))
DELIVERY_NOT_A_NOTICE = AuditKind("delivery.not_a_notice", _("这份来件不是需要处理的通知。"))
DELIVERY_REPLAYED = AuditKind("delivery.replayed", _("{actor}让系统重新处理了这份来件。"))
CASE_OPENED = AuditKind("case.opened", _("新建案件，外部编号 {case_ref}。"))
CASE_CONTINUED = AuditKind("case.continued", _("收到后续通知：{event}。"))
CASE_CONFIRMED = AuditKind("case.confirmed", _("{actor}确认了识别结果。"))
CASE_CORRECTED = AuditKind("case.corrected", _("{actor}更正了识别结果：{fields}。"))
CASE_ANSWERED = AuditKind("case.answered", _("{actor}回答了问题：{fields}。"))
CASE_SETTLED = AuditKind("case.settled", _("{actor}结束了案件：{reason}"))
CASE_REOPENED = AuditKind("case.reopened", _("案件重新打开：{reason}"))
CASE_ASSIGNED = AuditKind("case.assigned", _("{actor}把案件交给 {owner}。"))
CASE_INTERPRETED = AuditKind("case.interpreted", _("完成中文解读（{family}）。"))
CASE_SCHEDULED = AuditKind("case.scheduled", _("确定期限：{purpose} {at}。"))
CASE_ROUTED = AuditKind("case.routed", _("规则“{rule}”生效。"))
CASE_PAUSED = AuditKind("case.paused", _("{actor}暂停计时，等待卖家：{reason}"))
CASE_RESUMED = AuditKind("case.resumed", _("{actor}恢复计时。"))
ORDER_MATCHED = AuditKind("order.matched", _("匹配到订单 {number}（依据：{by}）。"))
ORDER_AMBIGUOUS = AuditKind("order.ambiguous", _("有 {count} 个订单可能对应，需要人工选择。"))
ORDERS_IMPORTED = AuditKind("orders.imported", _("{actor}导入了 {count} 个订单，{bad} 行有问题。"))
EVIDENCE_GATHERED = AuditKind("evidence.gathered", _("自动取得证据“{title}”（来自 {origin}）。"))
EVIDENCE_ADDED = AuditKind("evidence.added", _("{actor}上传了证据“{title}”。"))
EVIDENCE_DESCRIBED = AuditKind("evidence.described", _("{actor}修改了证据“{title}”的说明。"))
EVIDENCE_WITHDRAWN = AuditKind("evidence.withdrawn", _("{actor}撤下了证据“{title}”。"))
REPLY_DRAFTED = AuditKind("reply.drafted", _("拟好答复第 {version} 版，缺 {gaps} 项。"))
REPLY_EDITED = AuditKind("reply.edited", _("{actor}改了答复，第 {version} 版。"))
PACKAGE_BUILT = AuditKind("package.built", _("生成材料包 P{number}：{pages} 页，{exhibits} 份证据。"))
PACKAGE_BLOCKED = AuditKind("package.blocked", _("材料包未能生成：{reason}"))
PACKAGE_APPROVED = AuditKind("package.approved", _("{actor}批准了材料包 P{number}。"))
PACKAGE_REJECTED = AuditKind("package.rejected", _("{actor}退回了材料包 P{number}：{note}"))
PACKAGE_DOWNLOADED = AuditKind("package.downloaded", _("{actor}下载了材料包 P{number}。"))
SUBMISSION_CLAIMED = AuditKind("submission.claimed", _("{actor}提交材料包 P{number}。"))
SUBMISSION_SENT = AuditKind("submission.sent", _("材料包 P{number} 已送达 {channel}。"))
SUBMISSION_REFUSED = AuditKind("submission.refused", _("{channel} 拒收材料包 P{number}：{reason}"))
SUBMISSION_UNKNOWN = AuditKind("submission.unknown", _("提交结果不明，正在向 {channel} 查询。"))
SUBMISSION_BY_HAND = AuditKind(
    "submission.by_hand", _("{actor}登记：{name} 已人工提交材料包 P{number}。"), personal=("name",)
)
OUTCOME_RECORDED = AuditKind("outcome.recorded", _("结果：{result}。"))
OUTCOME_WITHDRAWN = AuditKind("outcome.withdrawn", _("先前的结果“{result}”被推翻。"))
CONNECTION_OPENED = AuditKind("connection.opened", _("{actor}接入了 {label}。"), audience=MANAGERS)
CONNECTION_CHANGED = AuditKind("connection.changed", _("{actor}修改了 {label} 的设置。"), audience=MANAGERS)
CONNECTION_DISABLED = AuditKind("connection.disabled", _("{actor}停用了 {label}。"), audience=MANAGERS)
CONNECTION_CHECKED = AuditKind("connection.checked", _("检查 {label}：{result}"), audience=MANAGERS)
MEMBER_INVITED = AuditKind(
    "member.invited", _("{actor}邀请了 {email}（{role}）。"), audience=MANAGERS, personal=("email",)
)
MEMBER_JOINED = AuditKind("member.joined", _("{name} 加入，角色：{role}。"), audience=MANAGERS, personal=("name",))
MEMBER_CHANGED = AuditKind(
    "member.changed", _("{actor}把 {name} 的角色改为{role}。"), audience=MANAGERS, personal=("name",)
)
MEMBER_REMOVED = AuditKind("member.removed", _("{actor}移除了 {name}。"), audience=MANAGERS, personal=("name",))
ABSENCE_SET = AuditKind(
    "absence.set",
    _("{actor}登记 {name} 在 {starts} 至 {ends} 不在，由 {deputy} 代班。"),
    personal=("name", "deputy"),
)
ABSENCE_ENDED = AuditKind("absence.ended", _("{actor}取消了 {name} 的不在登记。"), personal=("name",))
CALENDAR_OPENED = AuditKind("calendar.opened", _("{actor}生成了自己的日历订阅地址。"), audience=MANAGERS)
CALENDAR_REVOKED = AuditKind("calendar.revoked", _("{actor}停用了日历订阅地址。"), audience=MANAGERS)
SETTINGS_CHANGED = AuditKind("settings.changed", _("{actor}修改了商户设置：{fields}。"), audience=MANAGERS)
TRANSLATION_ENABLED = AuditKind(
    "translation.enabled", _("{actor}启用了辅助翻译（{provider}，{model}）。"), audience=MANAGERS
)
TRANSLATION_CHANGED = AuditKind(
    "translation.changed", _("{actor}修改了辅助翻译的设置（{provider}，{model}）。"), audience=MANAGERS
)
TRANSLATION_DISABLED = AuditKind("translation.disabled", _("{actor}关闭了辅助翻译。"), audience=MANAGERS)
TRANSLATION_AGREED = AuditKind(
    "translation.agreed", _("{actor}同意把这份来件发给 {provider}（{model}），指纹 {digest}。")
)
TRANSLATION_MADE = AuditKind(
    "translation.made", _("{provider} 译出 {shown} 句，{hidden} 句未通过核对；提出 {found} 个字段。")
)
TRANSLATION_FAILED = AuditKind("translation.failed", _("辅助翻译没有结果：{reason}"))
CORRECTIONS_EXPORTED = AuditKind("corrections.exported", _("{actor}导出了 {count} 条更正。"), audience=MANAGERS)
DRILL_SENT = AuditKind("drill.sent", _("{actor}发起了试运行（{channel}）。"))
