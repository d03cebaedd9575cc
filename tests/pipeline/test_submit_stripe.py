"""Handing over by API, against a Stripe that lives and fails on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection as database_connection
from django.utils import timezone
from tests.cast import Cast, cast, connection
from tests.fakes.stripe import FakeStripe
from tests.pipeline.desk import current, post, prove, the_case, work

from goodstanding.channels.stripe.verify import signed_header
from goodstanding.models import AuditEvent, Case, Connection, Package, Submission, Waiting, acting_for
from goodstanding.pipeline import approve, connect, submit
from goodstanding.pipeline.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "whsec_invented"
PROOF = ("ev.delivery_full_address", "ev.signature_pod")


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    monkeypatch.setenv("GOODSTANDING_ALLOW_INNER", "127.0.0.1")
    with FakeStripe(now=int(datetime.now(UTC).timestamp())) as running:
        yield running


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def shop(people: Cast, stripe: FakeStripe) -> Connection:
    return connection(
        people.merchant,
        "stripe",
        secrets={"webhook_secret": SECRET, "api_key": stripe.key()},
        settings={"api_base": stripe.url, "files_base": stripe.url},
        may_submit=True,
    )


def tell(shop: Connection, stripe: FakeStripe) -> None:
    """The newest event, as a webhook."""
    body = stripe.last_event()
    assert post(shop, body, **{"Stripe-Signature": signed_header(body, SECRET, datetime.now(UTC))}).status_code == 200
    work()


@pytest.fixture
def approved(people: Cast, shop: Connection, stripe: FakeStripe) -> Package:
    """A Stripe dispute with its package, approved by Bob."""
    stripe.open_dispute()
    tell(shop, stripe)
    prove(the_case(people.merchant), people.alice, *PROOF)
    package = current(the_case(people.merchant))
    assert package is not None
    with acting_for(people.merchant.pk):
        approve.approve(package, people.bob, package.digest, True)
    return package


def claim(people: Cast, package: Package) -> Submission:
    with acting_for(people.merchant.pk):
        return submit.claim(package, people.bob)


def state(people: Cast) -> Submission:
    with acting_for(people.merchant.pk):
        return Submission.objects.get()


def said(people: Cast) -> list[str]:
    with acting_for(people.merchant.pk):
        return [kind for kind in AuditEvent.objects.values_list("kind", flat=True) if kind.startswith("submission.")]


def due_now() -> None:
    """The wait before the next try is over."""
    with database_connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def test_sent_once_and_followed_to_its_end(people: Cast, shop: Connection, stripe: FakeStripe, approved: Package):
    claim(people, approved)
    assert not stripe.sent  # claimed and committed before anything leaves
    work()
    sent = state(people)
    assert (sent.state, sent.way, sent.member_id) == ("sent", "api", people.bob.pk)
    assert len(stripe.sent) == 1
    document = [name for name, content in stripe.files.items() if content[:5] == b"%PDF-"]
    assert document
    assert the_case(people.merchant).waiting == Waiting.DECIDER
    with pytest.raises(Refusal, match="已经提交"):
        claim(people, approved)
    submit.carry_out(people.merchant.pk, sent.pk)
    work()
    assert len(stripe.sent) == 1
    assert said(people) == ["submission.claimed", "submission.sent"]
    stripe.decide(str(the_case(people.merchant).case_ref), "won")
    tell(shop, stripe)
    assert the_case(people.merchant).waiting == Waiting.NOTHING


def test_two_people_pressing_at_once_send_once(people: Cast, stripe: FakeStripe, approved: Package):
    start = threading.Barrier(2)

    def press(member: object) -> str:
        try:
            with acting_for(people.merchant.pk):
                start.wait(10)
                submit.claim(approved, member)  # type: ignore[arg-type]
            return "sent"
        except Refusal as refusal:
            return refusal.code
        finally:
            database_connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(press, [people.alice, people.bob])) == ["already_submitted", "sent"]
    work()
    assert len(stripe.sent) == 1
    assert said(people).count("submission.claimed") == 1


def test_a_crash_between_call_and_receipt_asks_before_anything_else(
    people: Cast, stripe: FakeStripe, approved: Package
):
    submission = claim(people, approved)
    with acting_for(people.merchant.pk):
        Submission.objects.filter(pk=submission.pk).update(called_at=timezone.now())  # the worker died right here
    before = len(stripe.requests)
    work()
    assert state(people).state == "unknown"
    assert not stripe.sent
    asked = [f"{item.method} {item.path}" for item in stripe.requests[before:]]
    assert f"GET /v1/disputes/{the_case(people.merchant).case_ref}" in asked
    assert all(item.startswith("GET") for item in asked)
    assert the_case(people.merchant).waiting == Waiting.DECIDER
    with pytest.raises(Refusal, match="已经提交"):
        claim(people, approved)
    # A person looks, and says what became of it.
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="不能提交"):
            submit.settle(submission, people.carol, arrived=True)
        submit.settle(submission, people.bob, arrived=False)
        with pytest.raises(Refusal, match="已经清楚"):
            submit.settle(submission, people.bob, arrived=True)
    work()
    newer = current(
        the_case(people.merchant)
    )  # the look at Stripe told more: what goes out is said again, and approved
    assert newer is not None and newer.digest != approved.digest
    with acting_for(people.merchant.pk):
        approve.approve(newer, people.bob, newer.digest, True)
    claim(people, newer)
    work()
    with acting_for(people.merchant.pk):
        assert sorted(Submission.objects.values_list("state", flat=True)) == ["refused", "sent"]
    assert len(stripe.sent) == 1


def test_an_answer_lost_on_the_way_is_not_sent_twice(people: Cast, stripe: FakeStripe, approved: Package):
    dispute = the_case(people.merchant).case_ref
    stripe.fail(f"POST /v1/disputes/{dispute}", after=False)  # staging fails once: nothing was taken
    claim(people, approved)
    work()
    waiting = state(people)
    assert (waiting.state, waiting.called_at) == ("claimed", None)
    assert not stripe.sent
    due_now()
    work()
    assert state(people).state == "sent"
    assert len(stripe.sent) == 1


def test_asked_to_slow_down(people: Cast, stripe: FakeStripe, approved: Package):
    stripe.fail("GET /v1/disputes/", status=429, headers={"Retry-After": "77"})
    claim(people, approved)
    work()
    waiting = state(people)
    assert waiting.state == "claimed"
    assert waiting.receipt["code"] == "rate_limited"
    with database_connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at > now() + interval '60 seconds' FROM procrastinate_jobs WHERE status = 'todo'"
        )
        assert (True,) in cursor.fetchall()
    due_now()
    work()
    assert state(people).state == "sent"


def test_never_available_ends_with_a_word(people: Cast, stripe: FakeStripe, approved: Package):
    claim(people, approved)
    for _ in range(8):
        stripe.fail("GET /v1/disputes/", status=503)
        due_now()
        work()
    ended = state(people)
    assert ended.state == "refused"
    assert "503" in ended.receipt["reason"]
    assert said(people)[-1] == "submission.refused"
    assert the_case(people.merchant).waiting == Waiting.SUBMISSION
    stripe.failures.clear()
    claim(people, approved)
    work()
    assert state(people).state == "sent"


def test_a_refusal_leaves_the_way_by_hand(people: Cast, stripe: FakeStripe, approved: Package):
    stripe.fail("POST /v1/files", status=400, body=json.dumps({"error": {"message": "no such thing"}}).encode())
    claim(people, approved)
    work()
    refused = state(people)
    assert refused.state == "refused"
    assert "no such thing" in refused.receipt["reason"]
    assert not stripe.sent
    assert the_case(people.merchant).waiting == Waiting.SUBMISSION
    with acting_for(people.merchant.pk):
        submit.sent_by_hand(approved, people.bob, "Bob", timezone.now())
    assert (state(people).way, state(people).state) == ("hand", "sent")
    assert said(people) == ["submission.claimed", "submission.refused", "submission.by_hand"]
    assert the_case(people.merchant).waiting == Waiting.DECIDER


def test_what_changed_after_the_approval_is_not_sent(people: Cast, stripe: FakeStripe, approved: Package):
    claim(people, approved)
    with acting_for(people.merchant.pk):
        Case.objects.filter(pk=approved.case_id).update(amount="1.00")
    work()
    assert state(people).receipt["code"] == "package_changed"
    assert not stripe.sent
    newer = current(the_case(people.merchant))
    assert newer is not None and newer.digest != approved.digest


def test_without_permission_it_is_a_download(people: Cast, shop: Connection, stripe: FakeStripe, approved: Package):
    with acting_for(people.merchant.pk):
        Connection.objects.filter(pk=shop.pk).update(may_submit=False)
        with pytest.raises(Refusal, match="没有提交权限"):
            submit.claim(approved, people.bob)
        Connection.objects.filter(pk=shop.pk).update(may_submit=True)
        with pytest.raises(Refusal, match="不能提交"):
            submit.claim(approved, people.carol)


def test_a_key_that_moves_money_is_thrown_away(people: Cast, stripe: FakeStripe):
    values = {
        "webhook_secret": SECRET,
        "api_key": stripe.key(frozenset({"dispute_read", "charge_write"}), prefix="rk_live_"),
        "api_base": stripe.url,
        "files_base": stripe.url,
    }
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="只有所有者"):
            connect.open(people.merchant, people.bob, "stripe", "Shop", values)
        opened = connect.open(people.merchant, people.alice, "stripe", "Shop", values)
    work()
    with acting_for(people.merchant.pk):
        opened.refresh_from_db()
        assert "refunds_write" in opened.granted["dangerous"]
        assert set(opened.secrets) == {"webhook_secret"}
        assert opened.last_error


def test_an_inquiry_that_escalates_is_answered_again(people: Cast, shop: Connection, stripe: FakeStripe):
    dispute = stripe.open_dispute(status="warning_needs_response")
    tell(shop, stripe)
    prove(the_case(people.merchant), people.alice, *PROOF)
    for stage in ("inquiry", "dispute"):
        case = the_case(people.merchant)
        assert case.stage == stage
        package = current(case)
        assert package is not None and package.stage == stage
        with acting_for(people.merchant.pk):
            approve.approve(package, people.bob, package.digest, True)
        claim(people, package)
        work()
        assert the_case(people.merchant).waiting == Waiting.DECIDER
        if stage == "inquiry":
            stripe.escalate(dispute["id"])
            tell(shop, stripe)
    assert len(stripe.sent) == 2
    with acting_for(people.merchant.pk):
        assert Case.objects.count() == 1
        assert Submission.objects.filter(state="sent").count() == 2
