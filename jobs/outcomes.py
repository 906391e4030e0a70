"""What came of a delivery, recorded: once it was sent, the record is tried again until it is made, never the sending.

429                       not counted, the token rests until the deadline
certainly unsent          counted, the token rests a little longer each time
nobody knows              sent once more, or held; the token rests as well
blocked, refused          ends there
the platform is down      not counted, the platform stops
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bot.buttons.digests import Digest
from bot.buttons.payloads import decode
from bot.daily.deliveries import ALERT, Delivery, DeliveryStore, Holder, State
from bot.errors import Failure, SendError
from bot.incidents import new_incident, report
from bot.messages import Platform
from bot.ports import Receipt
from bot.replies import Reply
from jobs.alarms import Alarms
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.deliveries")

T = TypeVar("T")

COMPOSED = 3
"""Times that words are tried to be composed before the delivery fails."""
_LONGEST = 60.0
"""Seconds that the token rests at most after failures in a row."""
_RECORD_WAIT = 0.1, 5.0
"""Seconds between two tries of a record, at first and at most."""


class Outcomes:
    """Records what comes of deliveries on one platform, and says when it has to rest.

    Args:
        platform: where they are sent.
        store: the deliveries.
        alarms: told what an operator has to look at.
        now: the clock; aware times.
        resend: whether something of which nobody knows is sent once more; else it is held.
        jitter: a number from 0 to 1, so that several do not come back at the same moment.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        platform: Platform,
        *,
        store: DeliveryStore,
        alarms: Alarms,
        now: Callable[[], datetime],
        resend: bool = True,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._platform = platform
        self._name = platform.value
        self._store = store
        self._alarms = alarms
        self._now = now
        self._resend = resend
        self._jitter = jitter
        self._sleep = sleep
        self._rests_until: datetime | None = None
        self._failures = 0
        self._down = False
        self._ending = False

    @property
    def resting(self) -> bool:
        """Whether nothing is to be sent at the moment."""
        return self._down or (self._rests_until is not None and self._now() < self._rests_until)

    def resume(self) -> None:
        """The platform runs (again)."""
        self._down = self._ending = False
        self._rests_until = None
        self._failures = 0
        self._alarms.turn_off(f"{self._name}-down")

    def stop(self) -> None:
        """The program ends: a record that cannot be made in time is left to the next start."""
        self._ending = True

    async def arm(self, holder: Holder, delivery: Delivery) -> bool:
        """Whether it may be sent; not while the database cannot keep that it is being sent."""
        try:
            armed = await self._store.arm(holder, delivery, at=self._now())
        except CoursebotError as error:
            await self.database_trouble(error)
            return False
        self._database_works()
        return armed

    async def disarm(self, holder: Holder, delivery: Delivery) -> None:
        """It was armed and is certainly not on the wire."""
        await self._unsent(holder, delivery, "too late", counted=False, after=timedelta(0))

    async def sent(self, delivery: Delivery, receipt: Receipt) -> None:
        """It was sent."""
        await self._surely(lambda: self._store.sent(delivery, receipt.message_id, at=self._now()))
        self._failures = 0

    async def nothing(self, holder: Holder, delivery: Delivery) -> None:
        """There was nothing to say any more."""
        await self._surely(lambda: self._store.nothing(holder, delivery, "nothing to say", at=self._now()))

    async def unclaim(self, holder: Holder, deliveries: Sequence[Delivery]) -> None:
        """They were not armed; somebody may take them again."""
        try:
            await self._store.unclaim(holder, deliveries, at=self._now())
        except CoursebotError as error:
            # They stay claimed by us, until `recover` finds that nobody works on them.
            await self.database_trouble(error)

    async def recover(self, holder: Holder, busy: Collection[int]) -> int:
        """What nobody works on although it is taken; how many."""
        return await self._store.recover(holder, busy=busy, resend=self._resend, at=self._now())

    async def not_sent(self, holder: Holder, delivery: Delivery, error: SendError) -> None:
        """The platform, or the way there, failed."""
        reason = error.reason
        match error.failure:
            case Failure.BLOCKED:
                await self._surely(lambda: self._store.blocked(holder, delivery, reason, at=self._now()))
                self._failures = 0
            case Failure.REFUSED:
                await self._surely(lambda: self._store.failed(holder, delivery, reason, at=self._now()))
                await self._alarms.tell(
                    "delivery-failed",
                    f"{self._name} refuses delivery {delivery.id}: {reason}",
                    on=delivery.kind != ALERT,
                )
            case Failure.DOWN:
                self._down = True
                await self._unsent(holder, delivery, reason, counted=False, after=timedelta(0))
                await self._alarms.turn_on(
                    f"{self._name}-down", f"{self._name} accepts the bot no more: {reason}"
                )
            case Failure.UNSENT if error.retry_after:
                after = self._rest(timedelta(seconds=error.retry_after))
                logger.warning(
                    "%s asks for a pause of %.0f s", self._name, error.retry_after, extra={"action": "paused"}
                )
                await self._unsent(holder, delivery, reason, counted=False, after=after)
            case Failure.UNSENT:
                await self._unsent(holder, delivery, reason, counted=True, after=self._rest_longer())
            case Failure.UNKNOWN:
                await self._unknown(holder, delivery, reason, after=self._rest_longer())

    async def not_composed(self, holder: Holder, delivery: Delivery, error: Exception) -> None:
        """Its words could not be made: again a little later, and after some times no more."""
        incident = new_incident()
        report(error, incident, what=f"composing delivery {delivery.id}", platform=self._platform)
        reason = f"not composed (incident {incident})"
        if delivery.attempt + 1 < COMPOSED:
            wait = timedelta(minutes=1) * 2**delivery.attempt
            await self._unsent(holder, delivery, reason, counted=True, after=wait)
            return
        await self._surely(lambda: self._store.failed(holder, delivery, reason, at=self._now()))
        await self._alarms.tell(
            "delivery-failed",
            f"delivery {delivery.id} cannot be composed: {incident}",
            on=delivery.kind != ALERT,
        )

    async def fault(self, holder: Holder, delivery: Delivery, error: Exception) -> None:
        """A fault of this program, perhaps after it was on the wire."""
        incident = new_incident()
        report(error, incident, what=f"delivery {delivery.id}", platform=self._platform)
        try:
            await self._unknown(holder, delivery, f"incident {incident}", after=self._rest_longer())
            await self._store.unclaim(holder, [delivery], at=self._now())
        except CoursebotError as trouble:
            await self.database_trouble(trouble)

    async def database_trouble(self, error: Exception) -> None:
        """The database cannot be written: nothing is sent for a while."""
        if not isinstance(error, CoursebotError):
            report(error, new_incident(), what="deliveries", platform=self._platform)
            return
        self._rest_longer()
        name = "disk-full" if error.key == "database-full" else "database-trouble"
        await self._alarms.turn_on(name, f"nothing is sent while the database cannot be written: {error.key}")

    def _database_works(self) -> None:
        for name in ("disk-full", "database-trouble"):
            self._alarms.turn_off(name)

    async def _unsent(
        self, holder: Holder, delivery: Delivery, reason: str, *, counted: bool, after: timedelta
    ) -> None:
        async def record() -> None:
            at = self._now()
            await self._store.unsent(holder, delivery, reason, counted=counted, retry_at=at + after, at=at)

        await self._surely(record)

    async def _unknown(self, holder: Holder, delivery: Delivery, reason: str, *, after: timedelta) -> None:
        async def record() -> State:
            at = self._now()
            return await self._store.unknown(
                holder, delivery, reason, resend=self._resend, retry_at=at + after, at=at
            )

        state = await self._surely(record)
        if state in (State.UNKNOWN, State.HELD):
            await self._alarms.tell(
                "delivery-unknown",
                f"nobody knows whether {self._name} has delivery {delivery.id}: {reason}",
                on=delivery.kind != ALERT,
            )

    def _rest(self, pause: timedelta) -> timedelta:
        until = self._now() + pause
        self._rests_until = max(self._rests_until or until, until)
        return self._rests_until - self._now()

    def _rest_longer(self) -> timedelta:
        seconds = min(_LONGEST, 2.0 ** min(self._failures, 6)) * (0.75 + 0.5 * self._jitter())
        self._failures += 1
        return self._rest(timedelta(seconds=seconds))

    async def _surely(self, record: Callable[[], Awaitable[T]]) -> T:
        """Make a record, however long the database takes."""
        wait, longest = _RECORD_WAIT
        while True:
            try:
                made = await record()
            except CoursebotError as error:
                if self._ending:
                    raise
                await self.database_trouble(error)
                await self._sleep(wait)
                wait = min(wait * 2, longest)
            else:
                self._database_works()
                return made


def own_payloads(delivery: Delivery, reply: Reply) -> set[str]:
    """What only this delivery's buttons carry, by which a copy of it can be found."""
    payloads = {button.payload for row in reply.buttons for button in row}
    return {
        each
        for each in payloads
        if isinstance(found := decode(each), Digest) and found.delivery == delivery.id
    }
