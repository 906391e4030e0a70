"""The real engine over a real database, with a clock that the test moves and a platform on loopback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from adapters.sql.database import Database
from adapters.sql.inbox import SqlInbox
from adapters.sql.preferences import SqlChatStore
from adapters.telegram.adapter import Telegram
from adapters.telegram.limiter import Limiter
from bot.buttons.digests import Digest, DigestAction
from bot.buttons.payloads import encode
from bot.daily.deliveries import Compose, Delivery, State
from bot.messages import Incoming, Platform
from bot.ports import ChatAdapter, Messenger
from bot.replies import Button, Reply, Text
from jobs.alarms import Alarms, Alert
from jobs.beats import Beats
from jobs.clock import ClockGuard
from jobs.engine import Engine
from jobs.leading import Led
from jobs.outcomes import Outcomes
from jobs.pump import Checkpoint, Pump, no_checkpoint
from tests.adapters.sql.delivering import START, Post
from tests.adapters.sql.migrated import place
from tests.botapi.server import TOKEN, BotApi, Call

LONG = timedelta(days=10_000)


@dataclass(slots=True)
class Clock:
    """Two clocks that run only when they are told to: one that people set, one that nobody does."""

    wall: datetime = START
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.wall

    def steady(self) -> float:
        return self.seconds

    def forward(self, by: timedelta | float) -> None:
        """Time goes by."""
        by = by if isinstance(by, timedelta) else timedelta(seconds=by)
        self.wall += by
        self.seconds += by.total_seconds()

    def to(self, when: datetime) -> None:
        self.forward(when - self.wall)

    def jump(self, by: timedelta) -> None:
        """Somebody sets the clock."""
        self.wall += by

    def running(self) -> float:
        """A clock that runs by itself too, for what waits for milliseconds."""
        return time.monotonic() + self.seconds

    async def sleep(self, seconds: float) -> None:
        """Wait, but not so long that a time which the test moves on would be missed."""
        await asyncio.sleep(min(seconds, 0.005))


class Talking(ChatAdapter, Messenger, Protocol):
    """Listens and sends."""


async def words(delivery: Delivery) -> Reply:
    """A digest that says which lesson it is, with a button that carries its number."""
    buttons = ((Button("read", encode(Digest(DigestAction.READ, delivery.id))),),)
    return Reply(
        spans=(Text(f"{delivery.kind} {delivery.lesson or dict(delivery.subject)}"),), buttons=buttons
    )


async def deaf(_: Incoming) -> list[Reply]:
    return []


@dataclass(slots=True)
class Rig:
    """One process's engine and pump, over a database that others may use too."""

    post: Post
    clock: Clock
    engine: Engine
    pump: Pump
    outcomes: Outcomes
    alarms: Alarms
    messenger: Talking
    led: Led
    told: list[str] = field(default_factory=list)
    leading: asyncio.Task[None] | None = None

    async def lead(self) -> None:
        """Take the lease and connect."""
        self.leading = asyncio.create_task(self.led.run(deaf))
        async with asyncio.timeout(10):
            while not self.messenger.connected and not self.leading.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        if self.leading.done():
            self.leading.result()

    async def retire(self) -> None:
        """What SIGTERM does to it."""
        if self.leading:
            self.leading.cancel()
            await asyncio.gather(self.leading, return_exceptions=True)

    async def tick(self, times: int = 1) -> None:
        """A second's look, and all that follows from it at once."""
        for _ in range(times):
            await self.engine.tick()
            await self.pump.settled()

    async def at(self, when: datetime) -> None:
        self.clock.to(when)
        await self.tick()

    async def states(self) -> list[State]:
        return [each.state for each in await self.post.all()]


def rig(
    post: Post,
    messenger: Talking,
    *,
    clock: Clock,
    platform: Platform = Platform.TELEGRAM,
    owner: str = "one",
    alone: bool = True,
    resend: bool = True,
    beats: Path | None = None,
    name: str = "",
    compose: Compose = words,
    checkpoint: Checkpoint = no_checkpoint,
    term: timedelta = LONG,
    renew: float = 0.05,
    alert: Alert | None = None,
) -> Rig:
    told: list[str] = []

    async def noted(name: str, sentence: str) -> None:
        told.append(name)
        if alert:
            await alert(name, sentence)

    alarms = Alarms(post.desk, now=clock.now, alert=noted)
    kept = Beats(beats)
    outcomes = Outcomes(
        platform, store=post.deliveries, alarms=alarms, now=clock.now, resend=resend, jitter=lambda: 0.5
    )
    pump = Pump(
        platform=platform,
        messenger=messenger,
        store=post.deliveries,
        compose=compose,
        outcomes=outcomes,
        now=clock.now,
        beat=lambda beat: kept.write(name, beat),
        checkpoint=checkpoint,
    )
    engine = Engine(
        store=post.deliveries,
        desk=post.desk,
        pumps=[pump],
        alarms=alarms,
        guard=ClockGuard(now=clock.now, steady=clock.steady),
        beats=kept,
        now=clock.now,
        checkpoint=checkpoint,
    )
    led = Led(
        messenger,
        pump,
        post.leases,
        alarms,
        owner=owner,
        now=clock.now,
        steady=clock.steady,
        alone=alone,
        term=term,
        renew=renew,
    )
    return Rig(post, clock, engine, pump, outcomes, alarms, messenger, led, told)


def telegram(post: Post, api: BotApi, clock: Clock, per_second: float = 1000) -> Telegram:
    """The real adapter at a rate that a test can wait for."""
    return Telegram(
        TOKEN,
        inbox=SqlInbox(post.database),
        now=clock.now,
        base_url=api.base_url,
        moves=SqlChatStore(post.database),
        limiter=Limiter(per_second=per_second, chat_spacing=0.0, clock=clock.running, sleep=clock.sleep),
    )


@asynccontextmanager
async def database(path: Path) -> AsyncIterator[Post]:
    """A new database, or the one that is there."""
    await place(path)
    made = Database(path)
    await made.migrate()
    try:
        yield Post.of(made)
    finally:
        await made.dispose()


def sent(api: BotApi) -> list[tuple[int, str]]:
    """What arrived: (chat, words), in order."""
    return [(int(call.data["chat_id"]), call.words) for call in digests(api)]


def digests(api: BotApi) -> list[Call]:
    return api.made("sendMessage")
