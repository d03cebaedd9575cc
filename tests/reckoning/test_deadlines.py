"""Deadlines: examples for each rule, properties over all zones of the world."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.contract import Due
from goodstanding.reckoning.calendars import (
    UnknownZone,
    WorkingHours,
    add_months,
    add_working_days,
    end_of_day,
    instant,
    is_working_day,
    period_end,
)
from goodstanding.reckoning.deadlines import (
    CaseFacts,
    Event,
    Extension,
    OwnRule,
    Pause,
    Relative,
    Service,
    Stated,
    Window,
    explain_en,
    explain_zh,
    for_case,
    from_due,
    from_words,
    run_clock,
)

ZONES = sorted(zone for zone in available_timezones() if zone not in ("localtime", "Factory"))
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2005, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2005, 1, 1), date(2036, 12, 31))
countries = st.sampled_from(["", "FR", "US", "US-CA", "CN", "DE", "AU", "IN", "BR", "AE", "ZZ"])
units = st.sampled_from(["hours", "days", "business_days", "weeks", "months"])
fast = settings(max_examples=600, deadline=None)


@fast
@given(moments, st.integers(1, 400), zones)
def test_one_more_day_is_never_sooner(start, count, zone):
    assert from_words(count + 1, "days", start, zone=zone) >= from_words(count, "days", start, zone=zone)


@fast
@given(st.one_of(moments, days), st.integers(1, 40), units, st.one_of(st.just(""), zones), countries, st.booleans())
def test_one_more_unit_is_never_sooner_and_the_end_is_utc_after_the_start(start, count, unit, zone, country, extend):
    ends = [period_end(n, unit, start, zone=zone, country=country, extend=extend) for n in (count, count + 1)]
    assert ends[0] <= ends[1]
    assert ends[0].utcoffset() == timedelta(0)
    if isinstance(start, datetime):
        assert ends[0] > start


@fast
@given(days, zones)
def test_no_zone_ends_a_day_before_it_ends_anywhere(day, zone):
    # 15 h: Antarctica/Troll-like historical offsets beyond +14 do not occur after 2005.
    assert end_of_day(day) <= end_of_day(day, zone)


# The last zone to skip a whole day did so at the end of 2011.
since_2012 = st.datetimes(datetime(2012, 1, 2), datetime(2036, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@fast
@given(since_2012, st.integers(1, 60), st.sampled_from(["days", "weeks", "months", "business_days"]), zones)
def test_without_a_zone_a_period_never_ends_later_than_with_any_zone(start, count, unit, zone):
    assert from_words(count, unit, start) <= from_words(count, unit, start, zone=zone)


@fast
@given(days, st.times(), zones)
def test_a_wall_time_becomes_the_first_moment_that_shows_it(day, wall, name):
    zone = ZoneInfo(name)
    wall = wall.replace(microsecond=0)
    found = instant(day, wall, zone)
    shown = found.astimezone(zone).replace(tzinfo=None)
    assert found.utcoffset() == timedelta(0)
    if shown == datetime.combine(day, wall):
        assert found.astimezone(zone).fold == 0
    else:  # the clock jumped over it
        assert (
            shown
            < datetime.combine(day, wall)
            < (found + timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None) + timedelta(seconds=1)
        )


@fast
@given(moments, moments, st.integers(1, 60), units, zones, countries)
def test_a_stated_deadline_is_never_overruled(stated, start, count, unit, zone, country):
    facts = CaseFacts(
        events={"notice": Event(at=start)},
        stated=(Stated(due=Due(at=stated)),),
        windows=(Window(purpose="answer", amount=count, unit=unit, origin="network", source="x"),),
        zone=zone,
        country=country,
    )
    [found] = for_case(facts)
    assert (found.at, found.origin, found.estimate) == (stated, "stated", False)


@fast
@given(moments, st.lists(st.tuples(st.integers(1, 60), units), min_size=1, max_size=4), zones)
def test_of_several_tables_the_shortest_counts_and_is_an_estimate(start, periods, zone):
    windows = tuple(Window(purpose="answer", amount=n, unit=unit, origin="network", source="x") for n, unit in periods)
    [found] = for_case(CaseFacts(events={"notice": Event(at=start)}, windows=windows, zone=zone))
    assert found.estimate
    assert found.at == min(period_end(n, unit, start, zone=zone) for n, unit in periods)


@fast
@given(moments, st.floats(1, 100), st.lists(st.tuples(st.floats(0, 200), st.floats(0.1, 50)), max_size=4))
def test_a_pause_adds_exactly_its_length_and_overlaps_count_once(start, hours, gaps):
    pauses = [Pause(start=start + timedelta(hours=a), end=start + timedelta(hours=a + b)) for a, b in gaps]
    due = run_clock(start, hours, pauses)
    step = timedelta(minutes=1)
    paused = set()
    for pause in pauses:
        for minute in range(int((pause.start - start) / step), int((min(pause.end, due) - start) / step)):
            paused.add(minute)
    assert abs((due - start) / step - hours * 60 - len(paused)) <= 2 * (len(pauses) + 1)


def test_a_skipped_day_ends_where_the_day_before_it_ends():
    assert end_of_day(date(2011, 12, 30), "Pacific/Apia") == end_of_day(date(2011, 12, 29), "Pacific/Apia")


def test_dst_gap_and_fold():
    paris = ZoneInfo("Europe/Paris")
    assert instant(date(2026, 3, 29), time(2, 30), paris) == datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
    assert instant(date(2026, 10, 25), time(2, 30), paris) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_half_hour_and_quarter_hour_zones():
    assert end_of_day(date(2026, 5, 1), "Asia/Kolkata") == datetime(2026, 5, 1, 18, 29, 59, tzinfo=UTC)
    assert end_of_day(date(2026, 5, 1), "Asia/Kathmandu") == datetime(2026, 5, 1, 18, 14, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
    ],
)
def test_month_ends(day, months, end):
    assert add_months(day, months) == end


def test_chinese_make_up_days_are_working_days():
    assert not is_working_day(date(2026, 2, 17), "CN")
    assert is_working_day(date(2026, 2, 14), "CN")  # 调休上班
    assert not is_working_day(date(2026, 10, 1), "CN")


def test_business_days_skip_holidays_of_the_country():
    # Thanksgiving 2026 is Thursday 26 November.
    assert add_working_days(date(2026, 11, 25), 2, "US") == date(2026, 11, 30)
    assert add_working_days(date(2026, 11, 25), 2) == date(2026, 11, 27)
    assert add_working_days(date(2026, 11, 30), -2, "US") == date(2026, 11, 25)


FRANCE = {"FR": Extension(source="cool.fr")}
WITHDRAWAL = Window(
    purpose="withdrawal", amount=14, unit="days", origin="statutory", source="cool.fr", start="delivered"
)


def withdrawal(day, country, extensions):
    events = {"delivered": Event(on=day)}
    facts = CaseFacts(events=events, windows=(WITHDRAWAL,), extensions=extensions, country=country)
    [found] = for_case(facts)
    return found


def test_a_french_period_ending_on_a_day_off_runs_to_the_next_working_day():
    # 14 days after Saturday 31 October 2026 is Saturday 14 November: extended to Monday 16.
    found = withdrawal(date(2026, 10, 31), "FR", FRANCE)
    assert found.at.astimezone(ZoneInfo("Europe/Paris")).date() == date(2026, 11, 16)
    assert "顺延" in explain_zh(found)
    # 14 days after 17 December 2026 is New Year's Eve; after 18 December it is New Year's Day, a Friday: Monday 4 January.
    assert withdrawal(date(2026, 12, 18), "FR", FRANCE).at.date() == date(2027, 1, 4)


def test_a_british_one_does_not_and_an_unconfirmed_rule_extends_nothing():
    assert withdrawal(date(2026, 10, 31), "GB", FRANCE).at.date() == date(2026, 11, 14)
    unsure = {"FR": Extension(source="cool.fr", confirmed=False)}
    assert withdrawal(date(2026, 10, 31), "FR", unsure).at.astimezone(ZoneInfo("Europe/Paris")).date() == date(
        2026, 11, 14
    )


def test_unconfirmed_tables_and_events_compute_nothing():
    window = Window(purpose="answer", amount=20, unit="days", origin="network", source="amex.A01", confirmed=False)
    event = Event(at=datetime(2026, 1, 1, tzinfo=UTC))
    assert for_case(CaseFacts(events={"notice": event}, windows=(window,))) == ()
    sure = Window(purpose="answer", amount=20, unit="days", origin="network", source="visa.10.4")
    guess = Event(at=datetime(2026, 1, 1, tzinfo=UTC), confirmed=False)
    assert for_case(CaseFacts(events={"notice": guess}, windows=(sure,))) == ()


def test_a_date_without_zone_is_taken_at_its_first_end():
    at, zone, why = from_due(Due(on=date(2026, 11, 30)))
    assert (at, zone, why.code) == (datetime(2026, 11, 30, 9, 59, 59, tzinfo=UTC), "", "stated.date_no_zone")
    at, _, _ = from_due(Due(on=date(2026, 11, 30)), country="US")
    assert at == datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC)  # New York ends first
    at, _, _ = from_due(Due(on=date(2026, 11, 30), zone="America/Los_Angeles"), country="US")
    assert at == datetime(2026, 12, 1, 7, 59, 59, tzinfo=UTC)


def test_an_empty_or_broken_statement_leaves_the_gap_to_the_table():
    window = Window(purpose="answer", amount=7, unit="days", origin="estimate", source="gateway.stripe")
    event = {"notice": Event(at=datetime(2026, 11, 1, 12, tzinfo=UTC))}
    for due in (Due(), Due(at=datetime(1970, 1, 1, tzinfo=UTC)), Due(on=date.max), Due(on=date.min)):
        [found] = for_case(CaseFacts(events=event, stated=(Stated(due=due),), windows=(window,)))
        assert (found.origin, found.at) == ("estimate", datetime(2026, 11, 8, 9, 59, 59, tzinfo=UTC))
        assert "估算" in explain_zh(found)
        assert "estimate" in explain_en(found)


def test_a_later_notice_replaces_the_statement_of_an_earlier_one_whatever_the_order():
    first = Stated(due=Due(at=datetime(2026, 11, 20, tzinfo=UTC)), received_at=datetime(2026, 11, 1, tzinfo=UTC))
    second = Stated(due=Due(at=datetime(2026, 11, 25, tzinfo=UTC)), received_at=datetime(2026, 11, 2, tzinfo=UTC))
    for order in ((first, second), (second, first)):
        assert for_case(CaseFacts(stated=order))[0].at == datetime(2026, 11, 25, tzinfo=UTC)


def test_a_later_notice_that_states_nothing_leaves_the_earlier_statement():
    first = Stated(due=Due(at=datetime(2026, 11, 20, tzinfo=UTC)), received_at=datetime(2026, 11, 1, tzinfo=UTC))
    silent = Stated(due=Due(), received_at=datetime(2026, 11, 2, tzinfo=UTC))
    assert for_case(CaseFacts(stated=(first, silent)))[0].at == datetime(2026, 11, 20, tzinfo=UTC)


def test_relative_words_count_from_their_event():
    facts = CaseFacts(
        events={"received": Event(on=date(2026, 11, 2))},
        stated=(Stated(relative=Relative(amount=10, unit="business_days")),),
        zone="Europe/Berlin",
        country="DE",
    )
    [found] = for_case(facts)
    assert found.at == datetime(2026, 11, 16, 22, 59, 59, tzinfo=UTC)
    assert found.origin == "stated"
    assert found.estimate


def test_sla_and_the_merchants_own_target():
    start = datetime(2026, 11, 1, 8, tzinfo=UTC)
    facts = CaseFacts(
        events={"received": Event(at=start)},
        stated=(Stated(due=Due(at=datetime(2026, 11, 20, tzinfo=UTC))),),
        services=(
            Service(
                purpose="first_draft",
                hours=24,
                pauses=(Pause(start=start + timedelta(hours=2), end=start + timedelta(hours=7)),),
            ),
        ),
        own=(OwnRule(purpose="review", hours=48),),
    )
    found = {one.purpose: one for one in for_case(facts)}
    assert found["first_draft"].at == start + timedelta(hours=29)
    assert found["review"].at == datetime(2026, 11, 18, tzinfo=UTC)
    assert all(explain_zh(one) and explain_en(one) for one in found.values())


def test_an_open_pause_stops_the_clock():
    start = datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert run_clock(start, 24, [Pause(start=start + timedelta(hours=2))]) is None
    assert run_clock(start, 24, [Pause(start=start + timedelta(hours=25))]) == start + timedelta(hours=24)


def test_the_teams_hours_only():
    team = WorkingHours(zone="Asia/Shanghai", country="CN")
    # Wednesday 30 September 2026, 17:00 Beijing; the National Day holiday lasts to 7 October.
    start = datetime(2026, 9, 30, 9, tzinfo=UTC)
    assert team.advance(start, 2) == datetime(2026, 10, 8, 2, tzinfo=UTC)
    pause = Pause(start=start + timedelta(minutes=30), end=datetime(2026, 10, 8, 3, tzinfo=UTC))
    assert run_clock(start, 2, [pause], team) == datetime(2026, 10, 8, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("bad", [0, -1, 10**9, True])
def test_impossible_periods_are_named(bad):
    with pytest.raises(ValueError, match="whole number"):
        from_words(bad, "days", date(2026, 1, 1))


def test_impossible_units_zones_and_starts_are_named():
    with pytest.raises(ValueError, match="fortnights"):
        from_words(1, "fortnights", date(2026, 1, 1))
    with pytest.raises(UnknownZone, match="Mars"):
        from_words(1, "days", date(2026, 1, 1), zone="Mars/Olympus")
    with pytest.raises(ValueError, match="time zone"):
        from_words(1, "days", datetime(2026, 1, 1))  # noqa: DTZ001
