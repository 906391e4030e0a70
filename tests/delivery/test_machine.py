"""Whatever happens in whatever order: one digest a date, every lesson in its order, nothing sent that is not armed."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adapters.sql.database import Database
from bot.daily.deliveries import Delivery, Holder, State
from bot.daily.subscriptions import SubscriberState
from tests.adapters.sql.delivering import START, Post, course

LESSONS = 6


class Deliveries(RuleBasedStateMachine):
    """Two processes over one database, of which the one that leads may change at any time."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._loop = asyncio.new_event_loop()
        self._database = Database(Path(self._folder.name) / "a.sqlite")
        self.post = Post.of(self._database)
        self.at = START
        self.boots = 0
        self.taken: list[tuple[Holder, Delivery]] = []
        self.armed: list[tuple[Holder, Delivery]] = []
        self.wire: list[tuple[int, date, str, int]] = []
        """What went out: enrolment, date, lesson, number of the delivery."""
        self.rounds: Counter[int] = Counter()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self._database.dispose())
        self._loop.close()
        self._folder.cleanup()

    @initialize()
    def begin(self) -> None:
        async def made() -> Holder:
            await self._database.migrate()
            await self.post.courses.save(course(LESSONS), at=START)
            await self.post.subscribed(1)
            await self.post.subscribed(2)
            return await self.post.holder(START, "boot 0")

        self.holder: Holder = self.run(made())

    @rule(hours=st.sampled_from([1, 7, 24, 50]))
    def time_goes_by(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule()
    def plan(self) -> None:
        self.run(self.post.deliveries.plan(at=self.at))

    @rule(limit=st.integers(1, 2))
    def claim(self, limit: int) -> None:
        self.taken += [(self.holder, each) for each in self.run(self.post.claim(self.holder, self.at, limit))]

    @rule(which=st.integers(0, 3))
    def arm(self, which: int) -> None:
        if not self.taken:
            return
        holder, delivery = self.taken.pop(which % len(self.taken))
        if self.run(self.post.deliveries.arm(holder, delivery, at=self.at)):
            assert holder == self.holder
            assert delivery.on is not None
            assert delivery.enrolment is not None
            self.armed.append((holder, delivery))
            self.wire.append((delivery.enrolment, delivery.on, delivery.lesson, delivery.id))

    @rule(
        which=st.integers(0, 3),
        came=st.sampled_from(["sent", "unsent", "unknown", "blocked", "failed", "killed"]),
    )
    def record(self, which: int, came: str) -> None:
        if not self.armed:
            return
        holder, delivery = self.armed.pop(which % len(self.armed))
        store, at = self.post.deliveries, self.at
        if came == "sent":
            self.run(store.sent(delivery, "m", at=at))
        elif came == "unsent":
            self.wire.remove((delivery.enrolment, delivery.on, delivery.lesson, delivery.id))  # type: ignore[arg-type]
            self.run(store.unsent(holder, delivery, "", counted=True, retry_at=at, at=at))
        elif came == "unknown":
            self.run(store.unknown(holder, delivery, "", resend=True, retry_at=at, at=at))
        elif came in {"blocked", "failed"}:
            self.wire.remove((delivery.enrolment, delivery.on, delivery.lesson, delivery.id))  # type: ignore[arg-type]
            self.run(getattr(store, came)(holder, delivery, "", at=at))

    @rule()
    def another_process_takes_over(self) -> None:
        self.boots += 1
        self.holder = self.run(self.post.holder(self.at, f"boot {self.boots}"))
        self.run(self.post.deliveries.recover(self.holder, resend=True, at=self.at))

    @rule()
    def give_back(self) -> None:
        for holder, delivery in self.taken:
            self.run(self.post.deliveries.unclaim(holder, [delivery], at=self.at))
        self.taken = []

    @rule(who=st.integers(1, 2), days=st.integers(1, 3))
    def pause(self, who: int, days: int) -> None:
        until = (self.at + timedelta(days=days)).date()
        self.run(self.post.subscriptions.pause(who, until=until, at=self.at))

    @rule(who=st.integers(1, 2))
    def come_back(self, who: int) -> None:
        self.run(self.post.subscriptions.resume(who, at=self.at))

    @rule(who=st.integers(1, 2), position=st.integers(1, LESSONS))
    def move(self, who: int, position: int) -> None:
        self.rounds[who] += 1
        self.run(self.post.subscriptions.move(who, position, at=self.at))

    @rule(who=st.integers(1, 2))
    def take(self, who: int) -> None:
        on = (self.at + timedelta(hours=8)).date()
        self.run(self.post.subscriptions.take(who, on=on, at=self.at))

    @rule()
    def expire(self) -> None:
        self.run(self.post.deliveries.expire(before=self.at - timedelta(days=7), at=self.at))

    @invariant()
    def no_date_has_two_digests(self) -> None:
        copies = Counter(self.wire)
        # A copy has the same number, and there is one more at most for each time that nobody knew.
        numbers: dict[tuple[int, date], set[int]] = {}
        for enrolment, on, _, number in copies:
            numbers.setdefault((enrolment, on), set()).add(number)
        assert all(len(each) == 1 for each in numbers.values())

    @invariant()
    def what_is_open_is_one_for_each_enrolment(self) -> None:
        if self.at == START:
            return
        found = [each for each in self.run(self.post.all()) if each.state in OPEN]
        assert len(found) == len({each.enrolment for each in found})

    @invariant()
    def a_lesson_follows_the_one_before_it(self) -> None:
        """What arrived for certain in a round begins anywhere and goes on one by one."""
        if self.at == START:
            return
        found = [each for each in self.run(self.post.all()) if each.state is State.SENT and each.lesson]
        for who in (1, 2):
            if self.rounds[who]:
                continue
            lessons = [int(each.lesson) for each in found if each.enrolment == who]
            assert lessons == list(range(1, len(lessons) + 1))
        assert all(each.unknown_count <= 2 for each in found)

    @invariant()
    def a_reader_who_is_active_has_a_next_day(self) -> None:
        for who in (1, 2):
            found = self.run(self.post.subscriptions.get(who)) if self.boots or self.at > START else None
            if found and found.state is SubscriberState.ACTIVE:
                assert found.next is not None
                assert found.last_on is None or found.next.day > found.last_on


OPEN = (State.QUEUED, State.CLAIMED, State.SENDING, State.UNKNOWN, State.HELD)
TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    max_examples=6,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
