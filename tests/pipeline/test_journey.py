"""From a posted event to the outcome, over a real PostgreSQL, with the channel that anyone can read."""

from __future__ import annotations

import hashlib
import itertools
import json
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import Cast, cast, connection
from tests.pipeline.desk import OPENED, arrive, current, event, keep_order, post, prove, the_case, work

from goodstanding.models import (
    AuditEvent,
    Case,
    Connection,
    Deadline,
    Delivery,
    Evidence,
    Merchant,
    Notice,
    Outcome,
    Package,
    ProcessingStep,
    Submission,
    Waiting,
    acting_for,
)
from goodstanding.pipeline import approve, assemble, confirm, drill, evidence, outcome, replay, reply, submit
from goodstanding.pipeline.refusals import Refusal
from goodstanding.pipeline.submit import bundle_of
from goodstanding.reckoning.packing import package_digest

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = ("ev.delivery_full_address", "ev.signature_pod")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def acme(people: Cast) -> Connection:
    return connection(people.merchant)


@pytest.fixture
def built(people: Cast, acme: Connection) -> Package:
    """A case with its package, waiting for approval."""
    keep_order(people.merchant)
    arrive(acme, event())
    prove(the_case(people.merchant), people.alice, *PROOF)
    package = current(the_case(people.merchant))
    assert package is not None
    return package


def test_the_whole_way_by_hand(people: Cast, acme: Connection):
    keep_order(people.merchant)
    arrive(acme, event())
    case = the_case(people.merchant)
    assert (case.kind, case.stage, case.family, str(case.sum)) == ("chargeback", "dispute", "not_received", "59.90 USD")
    assert case.due_at == OPENED + timedelta(days=40)
    assert case.waiting == Waiting.EVIDENCE
    with acting_for(people.merchant.pk):
        assert case.order is not None and case.order_match["by"] == "order"
        answer = Deadline.objects.get(case=case, purpose="answer")
        assert (answer.origin, answer.estimate) == ("stated", False)
        assert answer.reason["code"]
        drafted = case.replies.first()
        assert drafted is not None and "GS-1001" in drafted.text and drafted.gaps
        assert "GS-1001" in drafted.text_zh and "争议" in drafted.text_zh  # what a member reads beside the letter
        assert case.interpretations.get().card

    prove(case, people.alice, *PROOF)
    case = the_case(people.merchant)
    assert case.waiting == Waiting.APPROVAL
    package = current(case)
    assert package is not None
    with acting_for(people.merchant.pk):
        archive = zipfile.ZipFile(BytesIO(package.archive.read()))
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["package"] == package.digest
        for row in manifest["files"]:
            assert hashlib.sha256(archive.read(row["name"])).hexdigest() == row["sha256"]
        assert {row["kind"] for row in package.exhibits} == {"ev.order_record", *PROOF}

        with pytest.raises(Refusal, match="不能审批"):
            approve.approve(package, people.carol, package.digest, True)
        with pytest.raises(Refusal, match="还没有获得批准"):
            submit.sent_by_hand(package, people.bob, "Bob", timezone.now())
        approve.approve(package, people.bob, package.digest, True)
    assert the_case(people.merchant).waiting == Waiting.SUBMISSION

    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="没有提交权限"):
            submit.claim(package, people.bob)
        with pytest.raises(Refusal, match="提交时间"):
            submit.sent_by_hand(package, people.bob, "Bob", timezone.now() + timedelta(hours=1))
        sent = submit.sent_by_hand(package, people.bob, "Bob Chen", timezone.now(), proof=("shot.png", b"proof"))
        assert (sent.state, sent.way, sent.sent_by) == ("sent", "hand", "Bob Chen")
        assert not Deadline.objects.filter(case=case, met_at__isnull=True).exists()
        with pytest.raises(Refusal, match="已经提交"):
            submit.sent_by_hand(package, people.bob, "Bob", timezone.now())
        with pytest.raises(Refusal, match="已经提交"):
            approve.approve(package, people.alice, package.digest, False)
    assert the_case(people.merchant).waiting == Waiting.DECIDER

    arrive(acme, event("dispute.closed", name="evt_2", day=9, outcome="merchant_won"))
    case = the_case(people.merchant)
    assert case.waiting == Waiting.NOTHING
    with acting_for(people.merchant.pk):
        assert Outcome.objects.get(withdrawn_at__isnull=True).result == "won"
        kinds = list(AuditEvent.objects.filter(case=case).values_list("kind", flat=True))
    for once in (
        "case.opened",
        "order.matched",
        "package.built",
        "package.approved",
        "submission.by_hand",
        "outcome.recorded",
    ):
        assert kinds.count(once) == 1, once


def test_every_step_is_logged_and_finished(people: Cast, acme: Connection):
    arrive(acme, event())
    with acting_for(people.merchant.pk):
        steps = list(ProcessingStep.objects.all())
    names = [item.stage for item in steps]
    assert names == ["identify", "attach", "interpret", "schedule", "route", "gather", "draft", "assemble"]
    assert all(item.finished_at and item.attempts == 1 and not item.error for item in steps)


# --- order, repetition, replay ---

LIFE = (
    event(stage="inquiry", name="e1", status="inquiry", amount=5990),
    event(name="e2", day=3, status="charged_back", amount=6100, cardholder={"name": "Jordan Lee"}),
    event(name="e3", day=4, status="evidence_needed", arn="7400"),
    event("dispute.closed", name="e4", day=20, outcome="merchant_won"),
    event(name="e5", day=30, stage="second_chargeback", status="second", reason_code="13.3"),
    event("dispute.closed", name="e6", day=50, outcome="merchant_lost"),
)


def told(merchant: Merchant) -> dict[str, Any]:
    """All that a person would see of the case, apart from numbers and the time of writing."""
    with acting_for(merchant.pk):
        case = Case.objects.with_facts().get()
        names = (
            "kind",
            "stage",
            "status",
            "reason_code",
            "reason_scheme",
            "network",
            "family",
            "amount",
            "currency",
            "due_at",
        )
        also = (
            "opened_at",
            "last_event_at",
            "facts",
            "references",
            "complainant",
            "needs_human",
            "authority",
            "waiting",
        )
        return {
            **{name: getattr(case, name) for name in (*names, *also)},
            "settled": case.settled_at is None,
            "standing": list(Outcome.objects.filter(withdrawn_at__isnull=True).values_list("result", "decided_at")),
            "withdrawn": sorted(Outcome.objects.exclude(withdrawn_at__isnull=True).values_list("result", "decided_at")),
            "deadlines": sorted(Deadline.objects.values_list("purpose", "origin", "at")),
            "reply": (newest := case.replies.first()) and newest.text,
            "notices": Notice.objects.filter(case=case).count(),
        }


def live(*events: dict[str, Any]) -> dict[str, Any]:
    """The same life in a merchant of its own."""
    number = next(_numbers)
    merchant = Merchant.found(f"m{number}", f"m{number}")
    channel = connection(merchant)
    for item in events:
        assert post(channel, item).status_code == 200
    work()
    return told(merchant)


_numbers = itertools.count()


def test_a_case_goes_through_its_stages(people: Cast, acme: Connection):
    seen = []
    for item in LIFE:
        arrive(acme, item)
        case = the_case(people.merchant)
        with acting_for(people.merchant.pk):
            standing = list(Outcome.objects.filter(withdrawn_at__isnull=True).values_list("result", flat=True))
        seen.append((case.kind, case.stage, case.status, str(case.amount.normalize()), case.waiting, standing))  # type: ignore[union-attr]
    assert seen == [
        ("pre_dispute_alert", "inquiry", "inquiry", "59.9", "evidence", []),
        ("chargeback", "dispute", "charged_back", "61", "evidence", []),
        ("chargeback", "dispute", "evidence_needed", "59.9", "evidence", []),
        ("chargeback", "dispute", "closed", "59.9", "nothing", ["won"]),
        ("chargeback", "pre_arbitration", "second", "59.9", "evidence", []),
        ("chargeback", "pre_arbitration", "closed", "59.9", "nothing", ["lost"]),
    ]
    with acting_for(people.merchant.pk):
        reversals = AuditEvent.objects.filter(kind="outcome.withdrawn").values_list("facts__result", flat=True)
        assert list(reversals) == ["won"]
        assert Case.objects.count() == 1


@given(order=st.permutations(LIFE))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_order_of_the_same_events_ends_in_the_same_case(db: None, order: list[dict[str, Any]]):
    assert live(*order) == live(*LIFE)


def test_the_outcome_first(db: None):
    assert live(LIFE[3], LIFE[1]) == live(LIFE[1], LIFE[3])
    assert live(LIFE[5], LIFE[4], LIFE[3], LIFE[2], LIFE[1], LIFE[0]) == live(*LIFE)


def test_two_events_of_the_same_moment(db: None):
    one, two = event(name="a", status="first"), event(name="b", status="second", amount=1)
    assert live(one, two) == live(two, one)


def test_duplicates_equal_once(db: None):
    again = [{**item, "delivery_attempt": 2} for item in LIFE]  # other bytes, the same event
    assert live(*LIFE, *LIFE, *again, *reversed(LIFE)) == live(*LIFE)


def test_an_older_event_overwrites_nothing(people: Cast, acme: Connection):
    arrive(acme, event(name="new", day=5, status="newer", amount=7000, reason_code="13.3"))
    arrive(acme, event(name="old", day=1, status="older", amount=100, reason_code="10.4", arn="740001"))
    case = the_case(people.merchant)
    assert (case.status, str(case.sum), case.reason_code) == ("newer", "70.00 USD", "13.3")
    assert any(item["value"] == "740001" for item in case.references)  # but it adds what was not known
    assert case.opened_at == OPENED + timedelta(days=1)


def test_replay_changes_nothing(people: Cast, acme: Connection, built: Package):
    with acting_for(people.merchant.pk):
        approve.approve(built, people.bob, built.digest, True)
    before, rows = told(people.merchant), counts(people.merchant)
    with acting_for(people.merchant.pk):
        delivery = Delivery.objects.get()
    replay.replay(people.merchant.pk, delivery.pk, member_id=people.alice.pk)
    work()
    replay.replay(people.merchant.pk, delivery.pk)
    work()
    assert told(people.merchant) == before
    changed = {name: number for name, number in counts(people.merchant).items() if number != rows[name]}
    assert changed == {"AuditEvent": rows["AuditEvent"] + 2}
    with acting_for(people.merchant.pk):
        assert list(AuditEvent.objects.order_by("-pk").values_list("kind", flat=True)[:2]) == ["delivery.replayed"] * 2
    assert current(the_case(people.merchant)) == built


def counts(merchant: Merchant) -> dict[str, int]:
    with acting_for(merchant.pk):
        tables = (AuditEvent, Case, Notice, Delivery, Evidence, Package, Outcome, Submission, Deadline, ProcessingStep)
        return {table.__name__: table.objects.count() for table in tables}  # type: ignore[attr-defined]


# --- approval and package ---


def test_the_author_does_not_approve_alone(people: Cast, built: Package):
    with acting_for(people.merchant.pk):
        case = built.case
        text = built.reply.text.replace("We contest the dispute below", "We contest this dispute")
        assert text != built.reply.text
        reply.save(case, people.bob, text)
    work()
    package = current(the_case(people.merchant))
    assert package is not None and package.number == 2
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="另一个人"):
            approve.approve(package, people.bob, package.digest, True)
        approve.approve(package, people.bob, package.digest, False, "see above")
        approve.approve(package, people.alice, package.digest, True)
    assert the_case(people.merchant).waiting == Waiting.APPROVAL  # a no stands against the yes


def test_an_approval_ends_with_its_package(people: Cast, acme: Connection, built: Package):
    with acting_for(people.merchant.pk):
        approve.approve(built, people.bob, built.digest, True)
    prove(the_case(people.merchant), people.alice, "ev.customer_comm")
    case = the_case(people.merchant)
    assert case.waiting == Waiting.APPROVAL
    newer = current(case)
    assert newer is not None and newer.digest != built.digest
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="变化"):
            approve.approve(built, people.bob, built.digest, True)
        with pytest.raises(Refusal, match="变化"):
            approve.approve(newer, people.bob, built.digest, True)
        with pytest.raises(Refusal, match="新版本"):
            submit.sent_by_hand(built, people.bob, "Bob", timezone.now())
        # Taken back, the contents are the old ones again, and so is what was said of them.
        evidence.withdraw(Evidence.objects.get(kind="ev.customer_comm"), people.alice)
    work()
    case = the_case(people.merchant)
    assert current(case) == built
    assert case.waiting == Waiting.SUBMISSION


def test_equal_contents_have_an_equal_digest(people: Cast, built: Package):
    with acting_for(people.merchant.pk):
        again = Package.objects.select_related(
            "case__merchant", "case__connection", "case__order", "reply", "document"
        ).get(pk=built.pk)
        assert package_digest(bundle_of(again)) == built.digest
        before = Package.objects.count()
    assemble.assemble(people.merchant.pk, built.case_id)
    assemble.assemble(people.merchant.pk, built.case_id, force=True)
    with acting_for(people.merchant.pk):
        assert Package.objects.count() == before
        evidence.describe(Evidence.objects.get(kind=PROOF[0]), people.alice, proves_at=OPENED - timedelta(days=14))
    work()
    newer = current(the_case(people.merchant))
    assert newer is not None and newer.digest != built.digest


def test_a_package_built_in_spite_of_gaps_stays(people: Cast, acme: Connection):
    arrive(acme, event())
    case = the_case(people.merchant)
    assert current(case) is None
    assemble.assemble(people.merchant.pk, case.pk, force=True, member_id=people.alice.pk)
    forced = current(case)
    assert forced is not None
    with acting_for(people.merchant.pk):
        approve.approve(forced, people.bob, forced.digest, True)
    # The same matter is told again: nothing that the package says has changed.
    arrive(acme, event(name="evt_again", status="awaiting_merchant"))
    assert current(the_case(people.merchant)) == forced
    assert the_case(people.merchant).waiting == Waiting.SUBMISSION


def test_words_that_nothing_shows_block_the_approval(people: Cast, built: Package):
    with acting_for(people.merchant.pk):
        reply.save(
            built.case, people.alice, built.reply.text + "\nWe refunded USD 41.77 on 3 May 2025 (order XX-90001).\n"
        )
    work()
    assemble.assemble(people.merchant.pk, built.case_id, force=True)
    package = current(the_case(people.merchant))
    assert package is not None and package.blocking()
    with acting_for(people.merchant.pk), pytest.raises(Refusal, match="必须先解决"):
        approve.approve(package, people.bob, package.digest, True)


# --- people's say ---


def test_a_correction_outlives_the_next_notice(people: Cast, acme: Connection):
    arrive(acme, event(network="visa", reason_code="13.1"))
    case = the_case(people.merchant)
    due = timezone.now() + timedelta(days=3)
    with acting_for(people.merchant.pk):
        confirm.confirm(
            case, people.alice, {"complainant": "J. Lee", "amount": "1,059.90", "deadline": due.isoformat()}
        )
    work()
    case = the_case(people.merchant)
    assert (case.complainant, str(case.sum), case.due_at) == ("J. Lee", "1059.90 USD", due)
    arrive(acme, event(name="older", day=-1, amount=100))
    case = the_case(people.merchant)
    assert (case.complainant, str(case.sum), case.due_at) == ("J. Lee", "1059.90 USD", due)


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "nonsense"},
        {"amount": "lots"},
        {"amount": "NaN"},
        {"deadline": "tomorrow"},
        {"order_id": "GS-404"},
        {"stage": "x"},
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(people: Cast, acme: Connection, said: dict[str, str]):
    arrive(acme, event())
    with acting_for(people.merchant.pk):
        case = Case.objects.get()
        with pytest.raises(Refusal):
            confirm.confirm(case, people.alice, said)
    assert the_case(people.merchant).amount == case.amount


def test_an_outcome_told_by_a_person_and_its_reversal(people: Cast, acme: Connection):
    arrive(acme, event())
    case = the_case(people.merchant)
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="只能查看"):
            outcome.record(case, people.carol, "won", timezone.now())
        with pytest.raises(Refusal, match="不能晚于"):
            outcome.record(case, people.alice, "won", timezone.now() + timedelta(days=1))
        with pytest.raises(Refusal, match="选择结果"):
            outcome.record(case, people.alice, "triumph", timezone.now())
        outcome.record(case, people.alice, "won", OPENED + timedelta(days=8))
        outcome.record(case, people.alice, "lost", OPENED + timedelta(days=9))
        assert list(Outcome.objects.filter(withdrawn_at__isnull=True).values_list("result", flat=True)) == ["lost"]
        assert Outcome.objects.count() == 2
    assert the_case(people.merchant).waiting == Waiting.NOTHING


def test_a_drill_is_kept_apart(people: Cast, acme: Connection):
    keep_order(people.merchant)
    drill.drill(acme, people.alice)
    work()
    case = the_case(people.merchant)
    assert case.drill and case.case_ref.startswith("drill:") and not case.outside_ref.startswith("drill:")
    prove(case, people.alice, *PROOF)
    package = current(case)
    assert package is not None
    with acting_for(people.merchant.pk):
        approve.approve(package, people.bob, package.digest, True)
        with pytest.raises(Refusal, match="试运行"):
            submit.sent_by_hand(package, people.bob, "Bob", timezone.now())
        assert "drill" not in package.reply.text
        # The same event for real opens a case of its own.
        body = bytes(Delivery.objects.get().body)
    post(acme, body)
    work()
    with acting_for(people.merchant.pk):
        assert sorted(Case.objects.values_list("drill", flat=True)) == [False, True]
        assert {item.delivery.drill for item in Notice.objects.select_related("delivery")} == {True, False}
