"""Promises that were not kept, each with where the time went."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import Cast, cast
from tests.pipeline.test_remind import NOON, case_of

from goodstanding.dossier.plans import breaches
from goodstanding.models import Approval, Case, Deadline, File, Package, Reply, Submission, acting_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
#: Hours; a package says itself when it was made, so the promise ends long after any day on which this test may run.
FAR = 24 * 365 * 100


@pytest.fixture
def people() -> Cast:
    return cast()


def promise(case: Case, purpose: str, hours: int) -> None:
    Deadline.objects.create(
        merchant_id=case.merchant_id,
        case=case,
        purpose=purpose,
        at=NOON + hours * HOUR,
        zone="",
        origin="sla",
        reason={"code": "sla"},
    )


def drafted(case: Case, at: datetime) -> Reply:
    reply = Reply.objects.create(merchant_id=case.merchant_id, case=case, version=1, language="en", text="Dear Sirs")
    Reply.objects.filter(pk=reply.pk).update(made_at=at)
    return reply


def packed(case: Case, reply: Reply) -> Package:
    file = File.keep(case.merchant, b"bytes", "text/plain")
    return Package.objects.create(
        merchant_id=case.merchant_id, case=case, number=1, reply=reply, digest=f"{case.pk:064}", manifest={}, document=file,
        archive=file, pages=1,
    )  # fmt: skip


def test_each_breach_has_its_cause(people: Cast):
    since, now = NOON - HOUR, NOON + (FAR + 52) * HOUR
    with acting_for(people.merchant.pk):
        owner = {"owner": people.alice}
        kept, late, nobody, unread, unproven, unapproved, unsent, ahead, old, drill = (
            case_of(people, number, **fields)
            for number, fields in enumerate(
                (owner, owner, {}, {**owner, "needs_human": ["kind"]}, owner, owner, owner, owner, owner,
                 {**owner, "drill": True}), start=1,
            )
        )  # fmt: skip
        for case in (kept, late, nobody, unread, old, drill):
            promise(case, "first_draft", 24)
        promise(ahead, "first_draft", FAR + 200)
        Case.objects.filter(pk=old.pk).update(opened_at=since - HOUR)
        drafted(kept, NOON + 5 * HOUR)
        drafted(late, NOON + 30 * HOUR)
        for case in (unproven, unapproved, unsent):
            promise(case, "promised_answer", FAR)
            reply = drafted(case, NOON + HOUR)
            if case is unproven:
                continue
            package = packed(case, reply)
            if case is unsent:
                Approval.objects.create(
                    merchant=people.merchant, package=package, member=people.bob, yes=True, digest=package.digest
                )
                Submission.objects.create(
                    merchant=people.merchant, package=package, member=people.bob, way="hand", state="sent",
                    sent_at=NOON + (FAR + 12) * HOUR,
                )  # fmt: skip
        found = {item.case.pk: item for item in breaches(people.merchant, since, now)}
    causes = {pk: (item.purpose, item.cause) for pk, item in found.items()}
    assert causes == {
        late.pk: ("first_draft", "not_drafted"),
        nobody.pk: ("first_draft", "no_owner"),
        unread.pk: ("first_draft", "not_confirmed"),
        unproven.pk: ("promised_answer", "proof_missing"),
        unapproved.pk: ("promised_answer", "not_approved"),
        unsent.pk: ("promised_answer", "not_submitted"),
    }
    assert found[late.pk].done_at == NOON + 30 * HOUR and found[late.pk].late(now) == 6 * HOUR
    assert found[nobody.pk].done_at is None and found[nobody.pk].late(now) == (FAR + 28) * HOUR
    assert found[unsent.pk].late(now) == 12 * HOUR
