"""One instant for every local date, in every zone, on the days on which clocks misbehave."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.daily.schedule import (
    EVERY_DAY,
    WEEKEND,
    WORKDAYS,
    Due,
    Schedule,
    offset_name,
    weekdays_of,
    weekdays_text,
    zone,
)

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
DAY = timedelta(days=1)

times = st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0))
offsets = st.integers(-12 * 4, 14 * 4).map(lambda quarters: offset_name(timedelta(minutes=15 * quarters)))
zones = st.one_of(st.sampled_from(ZONES), offsets)
schedules = st.builds(
    Schedule, at=times, zone=zones, weekdays=st.frozensets(st.sampled_from(sorted(EVERY_DAY)), min_size=1)
)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


def schedule(zone: str, at: str, weekdays: frozenset[int] = EVERY_DAY) -> Schedule:
    return Schedule(at=time.fromisoformat(at), zone=zone, weekdays=weekdays)


@pytest.mark.parametrize(
    ("zone", "at", "day", "instant"),
    [
        # Clocks show it twice: the first of them.
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T00:30Z"),
        ("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-04T14:45Z"),
        # Clocks skip it: later by as much.
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:30Z"),
        ("America/New_York", "02:30", "2026-03-08", "2026-03-08T07:30Z"),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03T15:45Z"),
        # The gap is at midnight, so the day begins late; it does begin.
        ("America/Santiago", "00:30", "2026-09-06", "2026-09-06T04:30Z"),
        ("Africa/Cairo", "00:30", "2026-04-24", "2026-04-23T22:30Z"),
        # The day ends in the gap: an hour later would be tomorrow, so it is an hour earlier.
        ("America/Nuuk", "23:30", "2026-03-28", "2026-03-29T00:30Z"),
        # Ordinary days beside them.
        ("Europe/Berlin", "02:30", "2026-10-26", "2026-10-26T01:30Z"),
        ("UTC+05:45", "08:00", "2026-01-01", "2026-01-01T02:15Z"),
        ("UTC-03:30", "23:30", "2026-01-01", "2026-01-02T03:00Z"),
        ("UTC", "08:00", "2026-01-01", "2026-01-01T08:00Z"),
    ],
)
def test_every_date_has_its_instant(zone: str, at: str, day: str, instant: str) -> None:
    assert schedule(zone, at).instant(date.fromisoformat(day)) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("zone", "day"), [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))]
)
def test_a_date_that_a_place_left_out_is_skipped(zone: str, day: date) -> None:
    for at in ("00:00", "08:00", "23:59"):
        daily = schedule(zone, at)
        before, after = daily.instant(day - DAY), daily.instant(day + DAY)
        assert daily.instant(day) is None
        assert before
        assert after
        assert after - before == DAY
        assert daily.next(before, after=day - DAY) == Due(day + DAY, after)
        assert daily.last(after - timedelta(seconds=1)) == Due(day - DAY, before)


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Europe/Berlin", "02:30"),
        ("America/New_York", "01:30"),
        ("Australia/Lord_Howe", "01:45"),
        ("America/Santiago", "00:30"),
        ("Africa/Cairo", "00:30"),
        ("America/Nuuk", "23:30"),
    ],
)
def test_a_year_of_days_comes_one_by_one(zone: str, at: str) -> None:
    daily, now, after = schedule(zone, at), datetime(2026, 1, 1, 12, tzinfo=UTC), None
    days: list[date] = []
    while len(days) < 365:
        due = daily.next(now, after=after)
        days.append(due.day)
        now, after = due.at, due.day
    assert days == [days[0] + n * DAY for n in range(365)]


def test_what_is_due_now_is_due() -> None:
    daily, at = schedule("Asia/Shanghai", "08:00"), datetime(2026, 5, 1, tzinfo=UTC)
    today, tomorrow = date(2026, 5, 1), date(2026, 5, 2)
    assert daily.next(at) == Due(today, at) == daily.last(at)
    assert (
        daily.next(at + timedelta(microseconds=1)) == Due(tomorrow, at + DAY) == daily.next(at, after=today)
    )
    assert daily.last(at - timedelta(microseconds=1)) == Due(today - DAY, at - DAY)
    assert daily.last(at, after=today) is None


def test_only_the_chosen_weekdays() -> None:
    friday = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert schedule("UTC", "08:00", WORKDAYS).next(friday).day == date(2026, 5, 4)
    assert schedule("UTC", "08:00", WEEKEND).next(friday).day == date(2026, 5, 2)
    assert schedule("UTC", "08:00", frozenset({5})).next(friday).day == date(2026, 5, 8)


def test_no_second_one_for_a_date_across_the_date_line() -> None:
    got = schedule("Pacific/Apia", "08:00").next(datetime(2026, 5, 1, tzinfo=UTC))
    assert got.day == date(2026, 5, 2)
    # In Honolulu it is still the day before, and its 08:00 of the second is to come: that date has had its own.
    moved = schedule("Pacific/Honolulu", "08:00")
    assert moved.today(got.at) == date(2026, 5, 1)
    assert moved.next(got.at, after=got.day) == Due(date(2026, 5, 3), datetime(2026, 5, 3, 18, tzinfo=UTC))
    # The other way a date passes by, and none comes twice.
    back = schedule("Pacific/Apia", "07:00").next(
        datetime(2026, 5, 1, 18, 30, tzinfo=UTC), after=date(2026, 5, 1)
    )
    assert back.day == date(2026, 5, 3)


@given(schedules, instants)
def test_next_and_last_enclose_now(plan: Schedule, now: datetime) -> None:
    following = plan.next(now)
    previous = plan.last(now)
    assert previous
    assert previous.at <= now <= following.at
    for due in (previous, following):
        assert plan.instant(due.day) == due.at
        assert plan.today(due.at) == due.day
        assert due.day.isoweekday() in plan.weekdays
    day = previous.day + DAY
    while day < following.day:
        assert day.isoweekday() not in plan.weekdays or plan.instant(day) is None
        day += DAY


@given(
    st.lists(st.tuples(schedules, st.timedeltas(timedelta(0), timedelta(days=3))), min_size=1, max_size=12),
    instants,
)
def test_no_date_comes_twice_whatever_is_changed(
    changes: list[tuple[Schedule, timedelta]], now: datetime
) -> None:
    after: date | None = None
    for plan, later in changes:
        now += later
        due = plan.next(now, after=after)
        assert due.at >= now
        assert after is None or due.day > after
        now, after = due.at, due.day


@given(zones, times, st.dates(date(1990, 1, 1), date(2037, 12, 1)))
def test_later_dates_are_later_and_a_clock_tells_the_time(zone_name: str, at: time, day: date) -> None:
    plan = Schedule(at=at, zone=zone_name)
    here, there = plan.instant(day), plan.instant(day + DAY)
    assert not (here and there) or here < there
    if here:
        shown = here.astimezone(zone(zone_name))
        assert shown.date() == day
        # A gap moves it by an hour; by seven where a station in the Antarctic was opened.
        assert abs(shown.replace(tzinfo=None) - datetime.combine(day, at)) < DAY


def test_names_of_zones() -> None:
    for name in (
        "",
        "America",
        "Nowhere/City",
        "../../etc/passwd",
        "/etc/passwd",
        "a\0b",
        "UTC+16:00",
        "UTC+08:60",
        "北京",
    ):
        with pytest.raises(ValueError, match=r"zone|offset"):
            zone(name)
    assert offset_name(timedelta(0)) == "UTC"
    assert offset_name(-timedelta(hours=3, minutes=30)) == "UTC-03:30"
    with pytest.raises(ValueError, match="Earth"):
        offset_name(timedelta(hours=16))


@given(st.integers(-15 * 60, 15 * 60))
def test_an_offset_is_the_zone_of_its_name(minutes: int) -> None:
    offset = timedelta(minutes=minutes)
    assert datetime(2026, 1, 1, tzinfo=zone(offset_name(offset))).utcoffset() == offset


@given(st.frozensets(st.sampled_from(sorted(EVERY_DAY)), min_size=1))
def test_weekdays_are_kept_in_one_word(days: frozenset[int]) -> None:
    assert weekdays_of(weekdays_text(days)) == days


@pytest.mark.parametrize("text", ["", "0", "8", "mon", "-1"])
def test_no_weekdays(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - Python's own words for some of them
        weekdays_of(text)


def test_a_schedule_is_whole() -> None:
    for at, place, days in (
        (time(8, tzinfo=UTC), "UTC", EVERY_DAY),
        (time(8, fold=1), "UTC", EVERY_DAY),
        (time(8), "UTC", frozenset[int]()),
        (time(8), "UTC", frozenset({0})),
        (time(8), "Atlantis", EVERY_DAY),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each says its own
            Schedule(at=at, zone=place, weekdays=days)
    with pytest.raises(ValueError, match="aware"):
        schedule("UTC", "08:00").next(datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused
