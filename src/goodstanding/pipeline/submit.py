"""Hand a package over, at most once: claim first, commit, then call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import Bundle, Refused, Unavailable
from goodstanding.dossier import case_facts
from goodstanding.models import Case, Evidence, File, Member, Package, Submission, acting_for
from goodstanding.reckoning.drafting import show
from goodstanding.reckoning.packing import package_digest

from . import outside, rebuild, remind, sync
from .assemble import for_recipient
from .plugged import channel_of, config_of
from .refusals import Refusal

#: How often an unavailable recipient is tried before a person is asked.
_TRIES = 5


def claim(package: Package, member: Member) -> Submission:
    """Claim the one submission of this package and queue the call. Raises Refusal."""
    package = _ready(package, member)
    connection = package.case.connection
    channel = channel_of(connection)
    if channel.submit is None or not connection.may_submit:
        raise Refusal(
            "download_instead",
            "这个连接没有提交权限。请下载材料包，在对方后台提交后点“已人工提交”。",
            "This connection may not submit. Download the package, hand it in, and record it here.",
        )
    submission = _take(package, member, way="api", state="claimed")
    record(kinds.SUBMISSION_CLAIMED, package.case, actor=member, number=package.number, digest=package.digest)
    jobs.later(carry_out, package.merchant_id, submission.pk)
    return submission


def sent_by_hand(
    package: Package, member: Member, name: str, at: datetime, note: str = "", proof: tuple[str, bytes] | None = None
) -> Submission:
    """Record that a person handed the package in elsewhere: who, when, and a proof if there is one. Raises Refusal."""
    package = _ready(package, member)
    if not name.strip():
        raise Refusal("name_missing", "请填写提交人姓名。", "Say who handed it in.")
    if at > timezone.now() or at < package.made_at - timedelta(minutes=1):
        raise Refusal(
            "time_impossible",
            "提交时间应在材料包生成之后、现在之前。",
            "The time must lie between the making of the package and now.",
        )
    file = File.keep(package.merchant, proof[1], "application/octet-stream") if proof and proof[1] else None
    submission = _take(
        package,
        member,
        way="hand",
        state="sent",
        sent_at=at,
        sent_by=name.strip()[:120],
        note=note[:500],
        proof=file,
    )
    record(kinds.SUBMISSION_BY_HAND, package.case, actor=member, name=name.strip()[:120], number=package.number)
    _meet_deadline(package.case, at)
    return submission


def settle(submission: Submission, member: Member, *, arrived: bool) -> None:
    """A person looked in the recipient's back office and says what became of an unknown submission. Raises Refusal."""
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("package__case__connection")
        .get(pk=submission.pk)
    )
    if not member.may("submit"):
        raise Refusal("may_not_submit", "你的角色不能提交。", "Your role may not submit.")
    if submission.state != "unknown":
        raise Refusal("not_unknown", "这次提交的结果已经清楚。", "What became of this submission is known.")
    reason = {"reason": "did not arrive, says a member", "code": "did_not_arrive"}
    _set(submission, "sent" if arrived else "refused", {} if arrived else reason, actor=member)


def carry_out(merchant_id: int, submission_id: int) -> None:
    """Make the call for a claim. A call that was begun and left no receipt is not repeated: the channel is asked first."""
    with acting_for(merchant_id):
        submission = (
            Submission.objects.select_for_update(of=("self",))
            .select_related(
                "package__case__connection", "package__case__merchant", "package__reply", "package__document"
            )
            .get(pk=submission_id)
        )
        if submission.state not in ("claimed",):
            return
        package = submission.package
        connection = package.case.connection
        if submission.called_at is not None:
            _set(submission, "unknown", {"reason": "the call was cut off", "code": "cut_off"})
            jobs.later(sync.ask, merchant_id, package.case_id)
            return
        bundle = bundle_of(package)
        if package_digest(bundle) != package.digest:
            changed = "what the package rests on changed after it was approved; a new one is being built"
            _set(submission, "refused", {"reason": changed, "code": "package_changed"})
            jobs.later(rebuild.rebuild, merchant_id, package.case_id, once=True)
            return
        channel, config = channel_of(connection), config_of(connection, channel_of(connection))
        if channel.submit is None:
            _set(submission, "refused", {"reason": "this channel takes no packages", "code": "no_submit"})
            return
        submission.called_at = timezone.now()
        submission.save(update_fields=["called_at"])
    try:
        with outside.client() as http:
            receipt = channel.submit.send(bundle, config, http)
    except Refused as error:
        _keep(merchant_id, submission_id, "refused", {"reason": str(error), "code": error.code})
    except Unavailable as error:
        _again(merchant_id, submission_id, error)
    else:
        state = "sent" if receipt.state == "accepted" else "unknown"
        _keep(merchant_id, submission_id, state, {**receipt.raw, "reference": receipt.reference})
        if state == "unknown":
            with acting_for(merchant_id):
                jobs.later(sync.ask, merchant_id, package.case_id)


def _again(merchant_id: int, submission_id: int, error: Unavailable) -> None:
    """Nothing was taken: try again later, and say so in the end."""
    with acting_for(merchant_id):
        submission = (
            Submission.objects.select_for_update(of=("self",))
            .select_related("package__case__connection")
            .get(pk=submission_id)
        )
        tries = int(submission.receipt.get("tries", 0)) + 1
        told: dict[str, str | int] = {"reason": str(error), "code": error.code, "tries": tries}
        if tries >= _TRIES:
            _set(submission, "refused", told)
            return
        submission.called_at, submission.receipt = None, told
        submission.save(update_fields=["called_at", "receipt"])
        wait = timedelta(seconds=max(error.retry_after or 0, 4**tries))
        jobs.later(carry_out, merchant_id, submission_id, at=timezone.now() + wait)


def _take(package: Package, member: Member, **fields: Any) -> Submission:
    """The package's one submission: made, or, where it was refused before, taken up again."""
    fresh = {"called_at": None, "sent_at": None, "sent_by": "", "note": "", "proof": None, "receipt": {}, **fields}
    submission, _ = Submission.objects.update_or_create(
        package=package, defaults={"merchant_id": package.merchant_id, "member": member, **fresh}
    )
    return submission


def bundle_of(package: Package) -> Bundle:
    """The frozen package as the value that a channel takes."""
    case = package.case
    labels = {row["id"]: row["label"] for row in package.exhibits}
    rows = Evidence.objects.filter(pk__in=labels).select_related("file")
    exhibits = sorted((for_recipient(row.exhibit(labels[row.pk])) for row in rows), key=lambda item: int(item.label))
    return Bundle(
        case_ref=case.outside_ref,
        stage=package.stage,
        reason=case.reason,
        network=case.network,
        amount=case.sum,
        references=case.reference_values(),
        language=package.reply.language,
        reply_text=package.reply.text,
        exhibits=tuple(exhibits),
        document=package.document.read(),
        digest=package.digest,
        fields={name: show(fact, language="en") for name, fact in case_facts(case).items()},
    )


def _ready(package: Package, member: Member) -> Package:
    package = (
        Package.objects.select_for_update(of=("self",))
        .select_related("case__connection", "case__merchant", "merchant")
        .get(pk=package.pk)
    )
    if not member.may("submit"):
        raise Refusal("may_not_submit", "你的角色不能提交。", "Your role may not submit.")
    if package.superseded_at is not None:
        raise Refusal(
            "package_changed", "材料包已有新版本，请提交新版本。", "There is a newer package; submit that one."
        )
    if package.case.drill:
        raise Refusal("drill", "这是试运行案件，不能提交。", "This is a drill; nothing is submitted.")
    if package.case.approvals_missing or not package.approvals.filter(yes=True, digest=package.digest).exists():
        raise Refusal("not_approved", "材料包还没有获得批准。", "The package is not approved yet.")
    if Submission.objects.answering(package.case, package.stage).exists():
        raise Refusal(
            "already_submitted",
            "本阶段已经提交过，不能再次提交。",
            "This stage has been answered already; nothing is sent twice.",
        )
    return package


def _keep(merchant_id: int, submission_id: int, state: str, receipt: Mapping[str, str]) -> None:
    with acting_for(merchant_id):
        submission = (
            Submission.objects.select_for_update(of=("self",))
            .select_related("package__case__connection")
            .get(pk=submission_id)
        )
        if submission.state == "claimed":
            _set(submission, state, receipt)


def _set(submission: Submission, state: str, receipt: Mapping[str, str | int], actor: Member | None = None) -> None:
    case, number = submission.package.case, submission.package.number
    channel = case.connection.label
    submission.state, submission.receipt = state, {**submission.receipt, **receipt}
    submission.sent_at = (submission.called_at or timezone.now()) if state == "sent" else None
    submission.save(update_fields=["state", "receipt", "sent_at"])
    if state == "sent":
        record(kinds.SUBMISSION_SENT, case, actor=actor, number=number, channel=channel)
        _meet_deadline(case, submission.sent_at or timezone.now())
    elif state == "refused":
        reason = str(receipt.get("reason", ""))
        record(kinds.SUBMISSION_REFUSED, case, actor=actor, number=number, channel=channel, reason=reason)
        # While an answer was under way nothing was rebuilt; what came in meanwhile may ask for another package.
        jobs.later(rebuild.rebuild, case.merchant_id, case.pk, once=True)
    else:
        record(kinds.SUBMISSION_UNKNOWN, case, channel=channel)


def _meet_deadline(case: Case, at: datetime) -> None:
    met = ("answer", "review", "first_draft", "promised_answer")
    case.deadlines.filter(purpose__in=met, met_at__isnull=True).update(met_at=at)
    remind.plan(case)
