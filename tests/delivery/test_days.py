"""Outages, clocks, zones and backups: rows 15, 16, 19 to 22 and 28 of docs/delivery.md."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.daily.deliveries import Delivery, Notice, State
from bot.daily.schedule import Schedule
from jobs.beats import Beats
from jobs.engine import CLOCK, RESTORED
from tests.adapters.sql.delivering import DAY, DUE, Post, chat, course
from tests.botapi.server import BotApi
from tests.delivery.rig import Clock, Rig, database, rig, sent, telegram


async def test_row_15_after_an_outage_of_hours_todays_digest_comes_once(
    running: Rig, api: BotApi, post: Post
) -> None:
    for number in range(1, 8):
        await post.subscribed(number)
    await running.at(DUE + timedelta(hours=2))
    await running.tick(3)
    assert sorted(sent(api)) == [(1000 + number, "digest 01") for number in range(1, 8)]
    await running.at(DUE + DAY)
    assert len(sent(api)) == 14


async def test_row_16_after_an_outage_of_days_one_digest_comes_and_nothing_is_skipped(
    running: Rig, api: BotApi, post: Post
) -> None:
    await post.subscribed(1)
    await post.deliveries.plan(at=DUE)
    await running.at(DUE + 4 * DAY + timedelta(hours=5))
    await running.tick(3)
    assert [words for _, words in sent(api)] == ["digest 01"]
    assert [(each.on, each.state) for each in await post.all()] == [
        (date(2026, 3, 2), State.EXPIRED),
        (date(2026, 3, 6), State.SENT),
    ]
    await running.at(DUE + 5 * DAY)
    assert [words for _, words in sent(api)] == ["digest 01", "digest 02"]


ZONES = [
    pytest.param("Europe/Berlin", time(2, 30), date(2026, 10, 25), id="twice in Berlin"),
    pytest.param("America/New_York", time(1, 30), date(2026, 11, 1), id="twice in New York"),
    pytest.param("Australia/Lord_Howe", time(1, 45), date(2026, 4, 5), id="twice on Lord Howe"),
    pytest.param("Europe/Berlin", time(2, 30), date(2026, 3, 29), id="never in Berlin"),
    pytest.param("America/Santiago", time(0, 30), date(2026, 9, 6), id="no midnight in Santiago"),
    pytest.param("Africa/Cairo", time(0, 30), date(2026, 4, 24), id="no midnight in Cairo"),
]


@pytest.mark.parametrize(("zone", "at", "day"), ZONES)
async def test_row_19_a_day_with_a_change_of_clocks_has_one_digest(
    zone: str, at: time, day: date, post: Post
) -> None:
    start = datetime.combine(day - DAY, time(0), ZoneInfo(zone)).astimezone(UTC)
    sent = await every_half_hour(post, Schedule(at=at, zone=zone), start, days=3)
    assert [each.on for each in sent[:3]] == [day + number * DAY for number in range(-1, 2)]
    assert [each.lesson for each in sent[:3]] == ["01", "02", "03"]


async def test_row_19_a_date_that_a_place_left_out_has_none(post: Post) -> None:
    apia = Schedule(at=time(8), zone="Pacific/Apia")
    sent = await every_half_hour(post, apia, datetime(2011, 12, 29, tzinfo=UTC), days=3)
    days = [each.on for each in sent if each.on]
    assert days[0] <= date(2011, 12, 29)
    assert days[-1] >= date(2011, 12, 31)
    assert date(2011, 12, 30) not in days
    assert len(days) == len(set(days))


async def every_half_hour(post: Post, schedule: Schedule, start: datetime, *, days: int) -> list[Delivery]:
    """What is sent to a new subscriber when somebody looks every half hour."""
    holder = await post.holder(start - DAY)
    await post.subscribed(1, schedule=schedule, at=start)
    looks = [start + step * timedelta(minutes=30) for step in range(days * 48)]
    return [each for at in looks for each in await post.send(holder, at)]


@pytest.mark.parametrize("hours", [-3, 3], ids=["before today's", "after today's"])
async def test_row_20_a_change_of_zone_or_time_gives_no_second_digest_for_a_date(
    hours: int, running: Rig, api: BotApi, post: Post
) -> None:
    await post.subscribed(1)
    change = DUE + timedelta(hours=hours)
    await running.at(change)
    await post.subscribed(1, schedule=Schedule(at=time(20), zone="Europe/London"), at=change)
    for step in range(1 + 3 * 8):
        await running.at(change + timedelta(hours=3 * step))
    days = [each.on for each in await post.all() if each.state is State.SENT]
    assert days == [date(2026, 3, 2) + each * DAY for each in range(len(days))]
    assert [words for _, words in sent(api)] == [f"digest 0{number + 1}" for number in range(len(days))]
    assert len(days) == 3


async def test_row_21_a_date_that_comes_again_has_no_second_digest(
    running: Rig, api: BotApi, post: Post
) -> None:
    auckland = Schedule(at=time(8), zone="Pacific/Auckland")
    await post.subscribed(1, schedule=auckland)
    await running.at(DUE)
    crossed = DUE + timedelta(hours=1)
    await running.at(crossed)
    honolulu = Schedule(at=time(8), zone="Pacific/Honolulu")
    await post.subscribed(1, schedule=honolulu, at=crossed)
    # In Honolulu it is the day before the date of the last digest, and then that date again.
    for step in range(3 * 8):
        await running.at(crossed + timedelta(hours=3 * step))
    days = [each.on for each in await post.all()]
    assert len(days) == len(set(days))
    assert len(sent(api)) == len(days)


async def test_row_22_a_clock_that_is_put_back_repeats_nothing(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await post.subscribed(1)
    await running.at(DUE)
    clock.jump(-3 * DAY)
    for _ in range(3 * 6):
        clock.forward(timedelta(hours=4))
        await running.tick()
    assert [words for _, words in sent(api)] == ["digest 01"]
    assert running.told == [CLOCK]
    await running.at(DUE + DAY)
    assert [words for _, words in sent(api)] == ["digest 01", "digest 02"]


async def test_row_22_a_clock_that_is_put_forward_raises_an_alarm_and_sends_nothing(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await post.subscribed(1)
    await running.tick()
    clock.jump(30 * DAY)
    await running.tick(3)
    assert running.told == [CLOCK]
    assert await post.all() == []
    assert (await post.desk.overview()).hold == CLOCK
    # Put right again, it goes on by itself, and no date is used up.
    clock.jump(-30 * DAY)
    await running.at(DUE)
    assert [words for _, words in sent(api)] == ["digest 01"]


async def test_row_22_an_operator_can_say_that_the_new_time_is_right(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await post.subscribed(1)
    await running.tick()
    clock.jump(30 * DAY)
    await running.tick()
    await post.desk.release_all()
    await running.tick(2)
    assert [words for _, words in sent(api)] == ["digest 01"]


async def test_row_28_a_backup_that_is_put_back_sends_nothing_until_an_operator_says_so(
    tmp_path: Path, api: BotApi
) -> None:
    file, backup, beats = tmp_path / "a.sqlite", tmp_path / "backup.sqlite", tmp_path / "beats"
    clock = Clock()
    async with database(file) as post:
        await post.courses.save(course(), at=clock.now())
        await post.subscribed(1)
    shutil.copy(file, backup)
    for start in range(2):
        async with database(file) as post:
            name, _ = await post.desk.beat()
            made = rig(post, telegram(post, api, clock), clock=clock, beats=beats, name=name)
            await made.engine.begin()
            await made.lead()
            await made.at(DUE + start * DAY)
            await made.retire()
            assert made.told == []
    assert len(sent(api)) == 2
    file.unlink()
    shutil.copy(backup, file)
    async with database(file) as post:
        name, _ = await post.desk.beat()
        made = rig(post, telegram(post, api, clock), clock=clock, beats=beats, name=name)
        await made.engine.begin()
        await made.lead()
        await made.tick(3)
        assert made.told == [RESTORED]
        assert len(sent(api)) == 2
        assert await post.desk.release_all(beat=Beats(beats).newest(name)) == RESTORED
        await made.tick()
        assert len(sent(api)) == 3
        await made.retire()
    # It is not taken for a backup again at the next start.
    async with database(file) as post:
        made = rig(post, telegram(post, api, clock), clock=clock, beats=beats)
        await made.engine.begin()
        assert made.told == []


async def test_after_a_week_without_its_platform_a_notice_is_told_no_more(
    running: Rig, post: Post, clock: Clock
) -> None:
    await running.retire()
    await post.deliveries.notify([Notice(key="a", kind="test", chat=chat(1), language="en")], at=clock.now())
    await running.tick()
    assert await running.states() == [State.QUEUED]
    clock.forward(9 * DAY)
    await running.tick()
    assert await running.states() == [State.EXPIRED]
