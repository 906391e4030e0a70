"""Sending on one platform: claim, compose, arm, send, record.

    claim ─► compose ─► the platform's rate allows it ─► arm ─► wire ─► record

One pump for one token, while its process leads there (`leading.py`). Everything up to *arm* can be dropped at any
moment, and is, when the platform asks for a pause or the program ends; after it, nobody knows until it is recorded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.daily.deliveries import Compose, Delivery, DeliveryStore, Holder
from bot.errors import Failure, NotArmedError, SendError
from bot.messages import Platform
from bot.ports import Messenger
from bot.replies import Reply
from jobs.outcomes import Outcomes, own_payloads

logger = logging.getLogger("coursebot.deliveries")

WINDOW = 100
"""Deliveries under way at once, most of them waiting for the rate: four seconds' worth at 25 a second."""
CLAIM = timedelta(minutes=5)
"""How long a claim is for; it only matters to whoever looks on, as claims end with the lease of their epoch."""
PATIENCE = 2.0
"""Seconds that what is on the wire gets when the program ends."""

Checkpoint = Callable[[str], Awaitable[None]]
"""Called where tests end the process: "claimed", "armed", "accepted", "recorded"."""


async def no_checkpoint(_: str) -> None:
    """Nothing is to happen there."""


@dataclass(slots=True, eq=False)
class _Flight:
    """A delivery under way."""

    delivery: Delivery
    arming: bool = False
    task: asyncio.Task[None] = field(init=False)


class Pump:
    """Sends what is due on one platform.

    Args:
        platform: which.
        messenger: sends there.
        store: the deliveries.
        compose: their words.
        outcomes: records what came of each.
        now: the clock; aware times.
        per_second: deliveries a second at most, for a messenger that keeps to no rate of its own.
        beat: told how often anything was claimed.
        checkpoint: see `Checkpoint`.
    """

    def __init__(
        self,
        *,
        platform: Platform,
        messenger: Messenger,
        store: DeliveryStore,
        compose: Compose,
        outcomes: Outcomes,
        now: Callable[[], datetime],
        per_second: float | None = None,
        beat: Callable[[int], None] = lambda _: None,
        checkpoint: Checkpoint = no_checkpoint,
    ) -> None:
        self.platform = platform
        self._messenger = messenger
        self._store = store
        self._compose = compose
        self._outcomes = outcomes
        self._now = now
        self._spacing = 1.0 / per_second if per_second else 0.0
        self._beat = beat
        self._checkpoint = checkpoint
        self._flights: set[_Flight] = set()
        self._holder: Holder | None = None
        self._leads: Callable[[], bool] = lambda: True
        self._filling = asyncio.Lock()
        self._slot = 0.0
        self._more = False

    def start(self, holder: Holder, *, leads: Callable[[], bool] = lambda: True) -> None:
        """Send from now on; `leads` says whether the lease is certainly still ours."""
        self._holder = holder
        self._leads = leads
        self._outcomes.resume()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._flights

    async def fill(self) -> int:
        """Take more to send, if there is room for it; how much was taken."""
        if self._room < WINDOW // 2:
            return 0
        async with self._filling:
            holder, room = self._holder, self._room
            if holder is None or room < WINDOW // 2 or not self._may():
                return 0
            at = self._now()
            claimed = await self._store.claim(holder, at=at, until=at + CLAIM, limit=room)
            if not claimed.deliveries:
                self._more = False
                return 0
            self._beat(claimed.beat)
            await self._checkpoint("claimed")
            if self._holder is not holder:
                await self._outcomes.unclaim(holder, claimed.deliveries)
                return 0
            self._more = len(claimed.deliveries) == room
            for each in claimed.deliveries:
                self._fly(holder, each)
        return len(claimed.deliveries)

    async def settled(self) -> None:
        """Wait until what is under way is over."""
        while self._flights:
            await asyncio.wait([each.task for each in self._flights])

    async def recover(self) -> int:
        """Take up what an earlier leader left, and what we lost sight of while the database failed; how much."""
        # Not while something is being taken that is not under way yet.
        async with self._filling:
            if self._holder is None:
                return 0
            busy = [each.delivery.id for each in self._flights]
            return await self._outcomes.recover(self._holder, busy)

    async def stop(self, *, patience: float = PATIENCE) -> None:
        """Claim no more, give back what is not armed, and let what is on the wire end."""
        holder, self._holder = self._holder, None
        if holder is None:
            return
        self._outcomes.stop()
        async with self._filling:
            await self._drop(holder)
        if self._flights:
            _, late = await asyncio.wait([each.task for each in self._flights], timeout=patience)
            for task in late:
                # It stays as it is in the database: nobody knows, which is what the next start makes of it.
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)

    @property
    def _room(self) -> int:
        return WINDOW - len(self._flights)

    def _may(self) -> bool:
        return self._messenger.connected and self._leads() and not self._outcomes.resting

    async def _drop(self, holder: Holder) -> None:
        """Give back whatever is not armed yet."""
        waiting = [each for each in self._flights if not each.arming]
        self._slot = 0.0
        if not waiting:
            return
        for each in waiting:
            each.task.cancel()
        await asyncio.wait([each.task for each in waiting])
        await self._outcomes.unclaim(holder, [each.delivery for each in waiting])

    def _fly(self, holder: Holder, delivery: Delivery) -> None:
        flight = _Flight(delivery)
        flight.task = asyncio.create_task(self._flown(holder, flight))
        self._flights.add(flight)
        # Not at the task's own end: one that is cancelled before it began has none.
        flight.task.add_done_callback(lambda _: self._flights.discard(flight))

    async def _flown(self, holder: Holder, flight: _Flight) -> None:
        try:
            await self._deliver(holder, flight)
        except Exception as error:  # noqa: BLE001 - one delivery that goes wrong must not end the others
            await self._outcomes.fault(holder, flight.delivery, error)
        self._flights.discard(flight)
        if self._outcomes.resting:
            await self._drop(holder)
        elif self._more and self._holder is holder:
            await self._again()

    async def _again(self) -> None:
        try:
            await self.fill()
        except Exception as error:  # noqa: BLE001 - the next tick tries again
            await self._outcomes.database_trouble(error)

    async def _deliver(self, holder: Holder, flight: _Flight) -> None:
        delivery = flight.delivery
        reply = await self._composed(holder, delivery)
        if reply is None:
            return
        try:
            if delivery.unknown_count and (found := own_payloads(delivery, reply)):
                receipt = await self._messenger.find(delivery.chat, found)
                if receipt is not None:
                    await self._outcomes.sent(delivery, receipt)
                    return
            if self._spacing:
                await self._turn()
            receipt = await self._messenger.send(
                delivery.chat, reply, key=f"delivery:{delivery.id}", arm=lambda: self._arm(holder, flight)
            )
        except NotArmedError:
            await self._outcomes.unclaim(holder, [delivery])
        except SendError as error:
            if error.failure is Failure.UNSENT and not flight.arming and not self._messenger.connected:
                await self._outcomes.unclaim(holder, [delivery])
            else:
                await self._outcomes.not_sent(holder, delivery, error)
        else:
            await self._checkpoint("accepted")
            await self._outcomes.sent(delivery, receipt)
            await self._checkpoint("recorded")

    async def _composed(self, holder: Holder, delivery: Delivery) -> Reply | None:
        """The words, or None where there are none; that is recorded already."""
        try:
            reply = await self._compose(delivery)
        except Exception as error:  # noqa: BLE001 - told to the operator, with the place
            await self._outcomes.not_composed(holder, delivery, error)
            return None
        if reply is None:
            await self._outcomes.nothing(holder, delivery)
        return reply

    async def _arm(self, holder: Holder, flight: _Flight) -> bool:
        """The last thing before the wire."""
        if self._holder is not holder or not self._may():
            return False
        flight.arming = True
        armed = await self._outcomes.arm(holder, flight.delivery)
        if not armed:
            flight.arming = False
            return False
        await self._checkpoint("armed")
        if self._leads():
            return True
        # The process slept past its lease between the two: it is certainly not on the wire.
        await self._outcomes.disarm(holder, flight.delivery)
        return False

    async def _turn(self) -> None:
        """Wait for a slot of our own rate."""
        loop = asyncio.get_running_loop()
        self._slot = max(self._slot + self._spacing, loop.time())
        await asyncio.sleep(self._slot - loop.time())
