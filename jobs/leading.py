"""One process listens and sends on a platform; others wait until it is gone.

Two that ask Telegram for updates with one token keep each other from getting any, two that are connected to Discord
answer everything twice, and two that send share a rate limit without knowing it. So whoever holds the lease of the
platform runs its adapter and its pump, and whoever does not, waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta

from bot.daily.deliveries import Holder, Leases
from bot.ports import ChatAdapter, Handler
from jobs.alarms import Alarms
from jobs.pump import Pump
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.deliveries")

TERM = timedelta(seconds=30)
"""How long a lease is for. Whoever takes over waits so long, so the first sending is less than 90 s away."""
_RENEW = 8.0
"""Seconds between two renewals, and between two looks of who waits; three may fail before the lease ends."""
_RECOVER = 30.0
"""Seconds between two looks for what was lost sight of."""


class Led:
    """A `ChatAdapter` that runs while its process leads on the platform.

    Args:
        adapter: what runs.
        pump: sends what is due there.
        leases: who leads.
        alarms: told when the lease is lost.
        owner: name of this process, made anew at each start.
        now: the clock; aware times.
        steady: seconds of a clock that nobody sets.
        alone: no other process can be alive (a lock of the operating system says so).
        waiting: called once when another process leads.
        renew: seconds between two renewals.
    """

    def __init__(
        self,
        adapter: ChatAdapter,
        pump: Pump,
        leases: Leases,
        alarms: Alarms,
        *,
        owner: str,
        now: Callable[[], datetime],
        steady: Callable[[], float],
        alone: bool = False,
        waiting: Callable[[], None] = lambda: None,
        term: timedelta = TERM,
        renew: float = _RENEW,
    ) -> None:
        self._adapter = adapter
        self._pump = pump
        self._leases = leases
        self._alarms = alarms
        self._owner = owner
        self._now = now
        self._steady = steady
        self._alone = alone
        self._waiting = waiting
        self._term = term
        self._renew = renew
        self._certain_until = 0.0

    async def run(self, handle: Handler) -> None:
        """Wait for the lease, listen and send; when it is lost, wait for it again.

        Raises:
            CoursebotError: what ended the adapter.
        """
        while True:
            holder = await self._lead()
            await self._while_leading(holder, handle)
            await self._alarms.tell(
                "lease-lost", f"{self._pump.platform.value}: another process may lead now"
            )

    @property
    def _leads(self) -> bool:
        """Whether the lease certainly is ours still; alone, nobody could take it."""
        return self._alone or self._steady() < self._certain_until

    async def _lead(self) -> Holder:
        told = False
        while True:
            try:
                holder = await self._acquire()
            except CoursebotError as error:
                logger.warning("no lease: %s", error.key, extra={"action": "no-lease"})
                holder = None
            else:
                if holder is None and not told:
                    told = True
                    self._waiting()
            if holder is not None:
                return holder
            await asyncio.sleep(self._renew)

    async def _acquire(self) -> Holder | None:
        asked, at = self._steady(), self._now()
        holder = await self._leases.acquire(
            self._pump.platform, self._owner, at=at, until=at + self._term, takeover=self._alone
        )
        if holder is not None:
            # From when it was asked for: an answer that takes long makes it no longer.
            self._certain_until = asked + self._term.total_seconds()
        return holder

    async def _while_leading(self, holder: Holder, handle: Handler) -> None:
        self._pump.start(holder, leads=lambda: self._leads)
        await self._recover()
        listening = asyncio.create_task(self._adapter.run(handle))
        keeping = asyncio.create_task(self._keep(holder))
        try:
            await asyncio.wait([listening, keeping], return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
                raise RuntimeError("ended without a reason")
        finally:
            await through(self._end(holder, listening, keeping))

    async def _end(self, holder: Holder, listening: asyncio.Task[None], keeping: asyncio.Task[None]) -> None:
        """Send what is on the wire while the adapter still runs, end that, and let others lead."""
        keeping.cancel()
        await self._pump.stop()
        listening.cancel()
        await asyncio.gather(listening, keeping, return_exceptions=True)
        try:
            await self._leases.release(holder, at=self._now())
        except CoursebotError as error:
            logger.info("the lease runs out by itself: %s", error.key)

    async def _keep(self, holder: Holder) -> None:
        """Renew the lease; returns when it is lost."""
        recovered = self._steady()
        while self._leads:
            await asyncio.sleep(self._renew)
            try:
                if await self._acquire() != holder:
                    return
            except CoursebotError as error:
                logger.warning("lease not renewed: %s", error.key, extra={"action": "no-lease"})
                continue
            if self._steady() - recovered > _RECOVER:
                recovered = self._steady()
                await self._recover()

    async def _recover(self) -> None:
        try:
            found = await self._pump.recover()
        except CoursebotError as error:
            logger.warning("not recovered: %s", error.key, extra={"action": "not-recovered"})
            return
        if found:
            logger.warning("%d deliveries taken up again", found, extra={"action": "recovered"})


async def through(ending: Coroutine[None, None, None]) -> None:
    """Await something that must run to its end although we are cancelled (once more) meanwhile."""
    task = asyncio.create_task(ending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
