"""The plan backwards: nothing comes too late, quiet hours are kept where they can be, and everyone is told in turn."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.reckoning.calendars import WorkingHours, every_hour
from goodstanding.reckoning.plan import (
    AutoSubmit,
    Habits,
    Lead,
    Step,
    explain_zh,
    latest_request,
    make_by,
    moment_zh,
    plan,
    still_wanted,
)

zones = st.sampled_from(sorted(zone for zone in available_timezones() if zone not in ("localtime", "Factory")))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2034, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
hours = st.one_of(
    st.none(),
    st.builds(every_hour, zones),
    st.builds(WorkingHours, zone=zones, country=st.sampled_from(["", "CN", "DE"])),
    st.builds(WorkingHours, zone=zones, opens=st.just(time(9)), closes=st.just(time(9, 30)), days=st.just((2,))),
)
leads = st.lists(
    st.builds(
        Lead,
        evidence=st.just("ev.signature_pod"),
        holder_zh=st.just("承运商"),
        what_zh=st.just("签收证明"),
        amount=st.integers(1, 20),
        unit=st.sampled_from(["hours", "days", "business_days"]),
        country=st.sampled_from(["", "US", "CN"]),
    ),
    max_size=2,
)
habits = st.builds(
    Habits,
    hours=hours,
    team=hours,
    chain=st.sampled_from([("",), ("a", "b"), ("a", "b", "c", "d")]),
    escalate_after=st.sampled_from([timedelta(minutes=30), timedelta(hours=24)]),
)


@settings(max_examples=400, deadline=None)
@given(moments, st.floats(0.01, 900), habits, leads, st.booleans())
def test_every_step_comes_after_the_opening_and_before_the_cut_off(opened, span, how, asks, auto):
    cutoff = opened + timedelta(hours=span)
    auto_submit = AutoSubmit(channel="stripe") if auto else None
    steps = plan(cutoff, opened_at=opened, habits=how, leads=asks, auto_submit=auto_submit)
    assert all(opened <= step.at < cutoff for step in steps)
    assert list(steps) == sorted(steps, key=lambda step: step.at)
    assert [step.code for step in steps].count("new") == 1
    assert {step.to for step in steps if step.code == "escalate"} == set(how.chain[1:])
    assert len([step for step in steps if step.code == "ask"]) == len(asks)
    assert all(explain_zh(step) for step in steps)
    for step in steps:
        if how.hours and step.code in ("remind", "new", "escalate", "auto_submit") and not step.urgent:
            assert how.hours.open_at(step.at)


@settings(max_examples=400, deadline=None)
@given(moments, st.floats(1, 900), habits)
def test_quiet_hours_move_a_reminder_earlier_and_never_past_its_moment(opened, span, how):
    cutoff = opened + timedelta(hours=span)
    for step in plan(cutoff, opened_at=opened, habits=how):
        if step.code == "remind":
            assert step.at <= cutoff - timedelta(seconds=int(step.parameters["before"]))


def test_the_usual_reminders():
    opened, cutoff = datetime(2026, 11, 2, 3, tzinfo=UTC), datetime(2026, 11, 16, 12, tzinfo=UTC)
    steps = plan(cutoff, opened_at=opened)
    assert [(step.code, cutoff - step.at) for step in steps] == [
        ("new", timedelta(days=14, hours=9)),
        ("remind", timedelta(days=7)),
        ("remind", timedelta(days=3)),
        ("remind", timedelta(days=1)),
        ("remind", timedelta(hours=4)),
    ]


def test_a_night_reminder_comes_the_evening_before():
    opened, cutoff = datetime(2026, 11, 2, 3, tzinfo=UTC), datetime(2026, 11, 16, 22, tzinfo=UTC)  # 06:00 Beijing
    habits = Habits(reminders=(timedelta(hours=4),), hours=every_hour("Asia/Shanghai"))
    [_, step] = plan(cutoff, opened_at=opened, habits=habits)
    assert (step.at, step.moved) == (datetime(2026, 11, 16, 14, tzinfo=UTC), True)  # 22:00 Beijing


def test_a_new_case_at_night_waits_for_morning_unless_the_morning_is_too_late():
    habits = Habits(hours=every_hour("Asia/Shanghai"))
    opened = datetime(2026, 11, 2, 18, tzinfo=UTC)  # 02:00 Beijing
    assert plan(opened + timedelta(days=3), opened_at=opened, habits=habits)[0].at == datetime(
        2026, 11, 3, 0, tzinfo=UTC
    )
    first = plan(opened + timedelta(hours=8), opened_at=opened, habits=habits)[0]
    assert (first.at, first.code, first.urgent) == (opened, "new", True)


def test_a_passed_cut_off_is_told_at_once_and_once():
    opened = datetime(2026, 11, 2, 18, tzinfo=UTC)
    assert plan(opened, opened_at=opened) == (Step(at=opened, code="new", urgent=True),)


def test_asking_in_time_for_the_carriers_proof():
    lead = Lead(
        evidence="ev.signature_pod",
        holder_zh="承运商",
        what_zh="签收证明",
        amount=3,
        unit="business_days",
        country="US",
    )
    # Friday 4 December 2026, 12:00 UTC; a day for ourselves; then Monday, Tuesday and Wednesday for the carrier.
    cutoff = datetime(2026, 12, 4, 12, tzinfo=UTC)
    habits = Habits(team=WorkingHours(zone="Asia/Shanghai", closes=time(15)))
    [step] = [
        one
        for one in plan(cutoff, opened_at=datetime(2026, 11, 20, tzinfo=UTC), habits=habits, leads=[lead])
        if one.code == "ask"
    ]
    assert explain_zh(step) == "请在 11月27日 周五 15:00（北京时间）前向承运商索取签收证明"
    [late] = [
        one for one in plan(cutoff, opened_at=datetime(2026, 12, 3, tzinfo=UTC), leads=[lead]) if one.code == "ask"
    ]
    assert "来不及" in explain_zh(late)


def test_thanksgiving_makes_the_carrier_slower():
    lead = Lead(evidence="x", holder_zh="承运商", what_zh="签收证明", amount=3, unit="business_days", country="US")
    usual = Lead(evidence="x", holder_zh="承运商", what_zh="签收证明", amount=3, unit="business_days", country="CN")
    cutoff = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert latest_request(cutoff, lead) < latest_request(cutoff, usual) + timedelta(hours=1)


def test_an_acknowledgement_ends_the_escalation():
    opened = datetime(2026, 11, 2, 3, tzinfo=UTC)
    steps = plan(opened + timedelta(days=9), opened_at=opened, habits=Habits(chain=("alice", "bob", "carol")))
    told = [step.to for step in still_wanted(steps, opened + timedelta(hours=30)) if step.code == "escalate"]
    assert told == ["bob"]
    assert still_wanted(steps, None) == steps


def test_a_gateway_that_submits_by_itself_is_announced():
    opened = datetime(2026, 11, 2, 3, tzinfo=UTC)
    steps = plan(opened + timedelta(days=9), opened_at=opened, auto_submit=AutoSubmit(channel="Shopify"))
    [warning] = [step for step in steps if step.code == "auto_submit"]
    assert "自动提交" in explain_zh(warning)
    assert warning.at == opened + timedelta(days=8)


def test_a_moment_in_chinese_and_in_the_readers_zone():
    assert moment_zh(datetime(2026, 11, 24, 7, tzinfo=UTC)) == "11月24日 周二 15:00（北京时间）"
    assert moment_zh(datetime(2026, 11, 24, 7, tzinfo=UTC), "Europe/Paris") == "11月24日 周二 08:00（Europe/Paris）"


def test_of_two_holders_the_quicker_one_sets_the_last_moment():
    slow = Lead(evidence="x", holder_zh="承运商", what_zh="签收证明", amount=5)
    quick = Lead(evidence="x", holder_zh="买家", what_zh="签收证明", amount=1)
    cutoff = datetime(2026, 11, 30, 12, tzinfo=UTC)
    for leads_in_order in ([slow, quick], [quick, slow]):
        assert make_by(cutoff, leads_in_order) == {"x": cutoff - timedelta(days=1)}
