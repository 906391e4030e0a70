"""A year of 200 subscribers in 20 zones, with both changes of the clocks, moves and pauses.

No local date brings two lessons of a course, each whole date on which nothing speaks against it brings one, and the
lessons come in order. The stores are the real ones; the clock is an argument. Subscribers pause for most of the months
in which no clock is changed, which is tested too and makes the year short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from adapters.sql.daily.delivery_tables import subscriber
from adapters.sql.database import Database
from bot.daily.deliveries import DIGEST, Delivery, Holder
from bot.daily.schedule import EVERY_DAY, WORKDAYS, Schedule, zone
from tests.adapters.sql.delivering import Post, chat, course, person

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
DAY, STEP = timedelta(days=1), timedelta(hours=12)
"""The engine ticks each second; here everything that came due within a step is planned at its end."""
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "America/Nuuk",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "America/St_Johns",
    "America/Los_Angeles",
    "Europe/London",
    "Asia/Jerusalem",
    "Pacific/Apia",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "UTC-03:30",
)
TIMES = [
    time(*each) for each in ((0, 0), (0, 30), (1, 30), (1, 45), (2, 30), (8, 0), (20, 15), (23, 30), (23, 59))
]
SUBSCRIBERS = 200
AROUND = 2
"""Days before and after a change of the clocks on which lessons come."""


@dataclass(slots=True)
class Reader:
    """A subscriber, what they still mean to do, and what they were sent.

    Attributes:
        number: of the chat.
        id: in the database.
        schedule: what they chose last.
        whole: the first local date that is wholly theirs since then.
        plans: what they do, by time: another schedule, or a pause until a local date.
        owed: local dates on which a lesson has to come.
        sent: what came.
    """

    number: int
    schedule: Schedule
    id: int = 0
    whole: date = date.min
    plans: list[tuple[datetime, Schedule | date]] = field(default_factory=list)
    owed: set[date] = field(default_factory=set)
    sent: list[Delivery] = field(default_factory=list)

    def settle(self, now: datetime) -> None:
        """Count the dates that were wholly theirs until now."""
        day, today = self.whole, self.schedule.today(now)
        while day < today:
            if day.isoweekday() in self.schedule.weekdays and exists(day, self.schedule.zone):
                self.owed.add(day)
            day += DAY


@cache
def exists(day: date, name: str) -> bool:
    """Whether a place has that date: some hour of it is shown by its clocks."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    return any((noon + timedelta(hours=hour)).astimezone(zone(name)).date() == day for hour in range(-26, 27))


@cache
def changes(name: str) -> list[datetime]:
    """When the clocks of a place are changed in the year, to the hour."""
    hours = (BEGIN + timedelta(hours=hour) for hour in range(365 * 24))
    place = zone(name)
    offsets = [(at, at.astimezone(place).utcoffset()) for at in hours]
    return [at for (_, before), (at, after) in pairwise(offsets) if before != after]


def windows(name: str) -> Iterator[tuple[datetime, datetime]]:
    """The weeks in which a reader there gets lessons: round each change (else Europe's), and at the year's end."""
    for middle in [*(changes(name) or changes("Europe/London")), END - DAY * (AROUND + 1)]:
        yield middle - DAY * AROUND, middle + DAY * AROUND


def reader(number: int, dice: Random) -> Reader:
    """A reader with plans: lessons round the changes of their clocks, now and then at another time or place."""
    name = ZONES[number % len(ZONES)]
    days = dice.choice([EVERY_DAY, EVERY_DAY, EVERY_DAY, WORKDAYS, frozenset({1, 3, 5, 7})])
    made = Reader(number, Schedule(at=dice.choice(TIMES), zone=name, weekdays=days))
    now, schedule = BEGIN + DAY * AROUND, made.schedule
    for begin, end in windows(name):
        if begin > now + DAY * 2:
            made.plans.append((now, begin.date()))
        now = end
        if dice.random() < 0.6:
            at = begin + (end - begin) * dice.random()
            other = dice.choice(ZONES) if dice.random() < 0.5 else schedule.zone
            schedule = replace(schedule, at=dice.choice(TIMES), zone=other)
            made.plans.append((at, schedule))
    made.plans.sort(key=lambda plan: plan[0])
    return made


async def act(post: Post, who: Reader, now: datetime) -> None:
    """Do what the reader meant to do by now."""
    while who.plans and who.plans[0][0] <= now:
        _, plan = who.plans.pop(0)
        who.settle(now)
        if isinstance(plan, Schedule):
            who.schedule = plan
            made = await post.subscriptions.subscribe(
                chat(who.number), person=person(who.number), language="en", schedule=plan, at=now
            )
            who.id, who.whole = made.id, plan.today(now) + DAY
        else:
            await post.subscriptions.pause(who.id, until=plan, at=now)
            who.whole = max(plan, who.schedule.today(now) + DAY)


async def send(post: Post, holder: Holder, now: datetime) -> list[Delivery]:
    """The engine's steps for all that is due."""
    await post.deliveries.plan(at=now, limit=SUBSCRIBERS)
    claimed = await post.claim(holder, now, limit=SUBSCRIBERS)
    assert all(await asyncio.gather(*(post.deliveries.arm(holder, each, at=now) for each in claimed)))
    await asyncio.gather(*(post.deliveries.sent(each, f"m{each.id}", at=now) for each in claimed))
    return claimed


async def next_due(post: Post) -> datetime:
    async with post.database.read() as connection:
        return await connection.scalar(select(func.min(subscriber.c.next_due_at))) or END


@pytest.mark.timeout(600)
async def test_a_year(tmp_path: Path) -> None:
    dice = Random(2026)
    database = Database(tmp_path / "year.sqlite")
    await database.migrate()
    post = Post.of(database)
    await post.courses.save(course(60), at=BEGIN)
    readers = [reader(number, dice) for number in range(SUBSCRIBERS)]
    for who in readers:
        who.id = (await post.subscribed(who.number, schedule=who.schedule, at=BEGIN)).id
        who.whole = who.schedule.today(BEGIN) + DAY
    by_id = {who.id: who for who in readers}
    holder = await post.holder(BEGIN)
    now = BEGIN
    while True:
        for each in await send(post, holder, now):
            assert each.subscriber
            by_id[each.subscriber].sent.append(each)
        for who in readers:
            await act(post, who, now)
        if now >= END:
            break
        soonest = min([await next_due(post), *(who.plans[0][0] for who in readers if who.plans)])
        # To the next step in which there is something to do.
        now += STEP * max(1, -((now - soonest) // STEP))
    for who in readers:
        who.settle(now)
    await database.dispose()

    assert not any(who.plans for who in readers)
    assert sum(len(who.sent) for who in readers) > 10 * SUBSCRIBERS
    for who in readers:
        days = [each.on for each in who.sent if each.on]
        assert days == sorted(set(days)), "one for a date, and dates go on"
        assert who.owed <= set(days), "none left out"
        assert {each.kind for each in who.sent} == {DIGEST}
        assert [int(each.lesson) for each in who.sent] == list(range(1, len(days) + 1)), "in order"
