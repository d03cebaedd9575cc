"""A person's yes or no to one digest."""

from __future__ import annotations

from goodstanding.audit import kinds, record
from goodstanding.models import Approval, Case, Member, Package, Submission

from . import remind
from .refusals import Refusal


def approve(package: Package, member: Member, digest: str, yes: bool, note: str = "") -> Approval:
    """Keep the member's decision about what was on the screen. Raises Refusal."""
    package = (
        Package.objects.select_for_update(of=("self",)).select_related("case", "reply", "merchant").get(pk=package.pk)
    )
    if not member.may("approve"):
        raise Refusal("may_not_approve", "你的角色不能审批。请联系审批人或所有者。", "Your role may not approve.")
    if package.superseded_at is not None or digest != package.digest:
        raise Refusal(
            "package_changed",
            "材料包在你查看之后有变化，请看过最新版本再审批。",
            "The package changed since you looked at it; review the current one.",
        )
    if Submission.objects.filter(package=package).exclude(state="refused").exists():
        raise Refusal("already_submitted", "材料包已经提交，不能再审批。", "The package has been submitted already.")
    if yes and package.blocking():
        raise Refusal(
            "package_blocked",
            "材料包里还有必须先解决的矛盾或问题，解决后才能批准。",
            "The package has fatal findings; settle them first.",
        )
    if (
        yes
        and (package.merchant.four_eyes or package.case.approvers.get("four_eyes"))
        and package.reply.author_id == member.pk
    ):
        raise Refusal(
            "four_eyes",
            "这份答复是你写的，商户设置要求由另一个人批准。",
            "You wrote this reply; another person has to approve it.",
        )
    approval, made = Approval.objects.get_or_create(
        package=package,
        member=member,
        defaults={"merchant_id": package.merchant_id, "yes": yes, "digest": digest, "note": note[:500]},
    )
    if not made:
        if approval.yes == yes:
            return approval
        approval.yes, approval.note = yes, note[:500]
        approval.save(update_fields=["yes", "note"])
    case = package.case
    count(case, package)
    kind = kinds.PACKAGE_APPROVED if yes else kinds.PACKAGE_REJECTED
    record(kind, case, actor=member, number=package.number, note=note[:500], digest=digest)
    remind.decided(case, package, member, yes=yes)
    return approval


def needed(case: Case) -> int:
    """How many must say yes: each of a sequence that the rules name, else one."""
    return max(1, len(case.approvers["people"])) if case.approvers.get("mode") == "sequence" else 1


def count(case: Case, package: Package) -> None:
    """Keep how many approvals the current package lacks."""
    missing = max(0, needed(case) - package.approvals.filter(yes=True).count())
    if package.approvals.filter(yes=False).exists():
        missing = max(1, missing)
    if case.approvals_missing != missing:
        Case.objects.filter(pk=case.pk).update(approvals_missing=missing)
        case.approvals_missing = missing
