"""The engine of what is sent unasked: each second it plans what is due and fills the pumps.

APScheduler's asyncio scheduler only ticks; what is due, taken and sent is in the database, so a tick that is missed or
comes late changes nothing. Its own job store would run a job in two processes, and lose one that was running when
its process was killed.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bot.daily.deliveries import DeliveryStore
from bot.daily.delivery_desk import DeliveryDesk
from jobs.alarms import Alarms
from jobs.beats import Beats
from jobs.clock import ClockGuard
from jobs.pump import Checkpoint, Pump, no_checkpoint
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.deliveries")

RESTORED, CLOCK, OPERATOR = "restored", "clock", "operator"
"""Why nothing is sent: an old backup was put back, the clock was put forward, an operator said so."""

TICK = 1.0
"""Seconds between two looks at what is due; the first digest leaves within two seconds of its time."""
BATCH = 200
"""Subscribers that are planned in one transaction; at 100,000 none are held in memory beyond that."""
BATCHES = 5
"""Batches in one tick: 1,000 subscribers a second, where a platform takes 25 to 50 messages a second."""
LASTS = timedelta(days=7)
"""How long something that could not be sent is tried before it is expired."""
_TIDY = timedelta(hours=1)


class Engine:
    """Plans, and ticks the pumps.

    Args:
        store: the deliveries.
        desk: says whether all is held.
        pumps: one for each platform.
        alarms: told what an operator has to look at.
        guard: notices a clock that was set.
        beats: the file by which a restored backup is told.
        now: the clock; aware times.
        checkpoint: see `jobs.pump.Checkpoint`; here "planned".
    """

    def __init__(
        self,
        *,
        store: DeliveryStore,
        desk: DeliveryDesk,
        pumps: Sequence[Pump],
        alarms: Alarms,
        guard: ClockGuard,
        beats: Beats,
        now: Callable[[], datetime],
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        self._store = store
        self._desk = desk
        self._pumps = pumps
        self._alarms = alarms
        self._guard = guard
        self._beats = beats
        self._now = now
        self._checkpoint = checkpoint
        self._tidied: datetime | None = None
        self._held = ""

    async def run(self) -> None:
        """Tick until cancelled."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415 (0.1 s to import)

        await self.begin()
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(
            self._ticked, "interval", seconds=TICK, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        scheduler.start()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            scheduler.shutdown(wait=False)

    async def _ticked(self) -> None:
        # Nobody awaits what the scheduler cancels at its end; it would log that as an error.
        with suppress(asyncio.CancelledError):
            await self.tick()

    async def begin(self) -> None:
        """Hold everything when the database is older than what was sent from it."""
        database, beat = await self._desk.beat()
        newest = self._beats.newest(database)
        if beat < newest:
            await self._desk.hold_all(RESTORED)
            await self._alarms.tell(
                RESTORED,
                "the database is older than what was sent from it (a backup was put back): nothing is sent until "
                "`coursebot deliveries release`",
            )
        self._guard.look()

    async def tick(self) -> None:
        """One look at what is due; never raises."""
        try:
            if await self._may():
                await self._plan()
                await self._tidy()
            for pump in self._pumps:
                await pump.fill()
        except CoursebotError as error:
            await self._alarms.turn_on("database-trouble", f"deliveries wait for the database: {error.key}")
        except Exception as error:  # noqa: BLE001 - the next tick may do better
            # Without the message, which may quote a row.
            places = "".join(traceback.format_tb(error.__traceback__))
            logger.error("a tick failed: %s\n%s", type(error).__name__, places)  # noqa: TRY400
        else:
            self._alarms.turn_off("database-trouble")

    async def _may(self) -> bool:
        """Whether the clock can be believed and nobody holds everything."""
        jump = self._guard.look()
        if jump is not None:
            direction = "forward" if jump.by > timedelta(0) else "back"
            await self._alarms.tell(CLOCK, f"the clock was put {direction} by {abs(jump.by)}")
            if self._guard.ahead:
                await self._desk.hold_all(CLOCK)
        hold = await self._desk.holding()
        if hold == CLOCK and not self._guard.ahead:
            await self._desk.release_all()
            hold = ""
        if self._held == CLOCK and not hold:
            self._guard.accept()
        if hold and hold != self._held:
            logger.warning("nothing is sent: %s", hold, extra={"action": "held"})
        self._held = hold
        return not hold

    async def _plan(self) -> None:
        # No faster than a few times what any platform takes: answers have the rest of the time.
        for _ in range(BATCHES):
            planned = await self._store.plan(at=self._now(), limit=BATCH)
            if planned.queued or planned.expired:
                logger.info(
                    "planned: %d queued, %d expired",
                    planned.queued,
                    planned.expired,
                    extra={"action": "planned"},
                )
                await self._checkpoint("planned")
            if planned.subscribers < BATCH:
                return
            # With many due at once, the first are on their way before the last are planned.
            for pump in self._pumps:
                await pump.fill()

    async def _tidy(self) -> None:
        at = self._now()
        if self._tidied is None or at - self._tidied > _TIDY:
            self._tidied = at
            await self._store.expire(before=at - LASTS, at=at)
