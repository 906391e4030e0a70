"""What an operator sees of the deliveries, and decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.daily.deliveries import Delivery, Holder, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The deliveries at a glance.

    Attributes:
        counts: number in each state.
        hold: why nothing is sent at all, or empty.
        senders: who sends on which platform, and until when that is certain.
        alarms: when each alarm was last raised, by name.
    """

    counts: Mapping[State, int] = field(default_factory=dict)
    hold: str = ""
    senders: Sequence[tuple[Holder, datetime]] = ()
    alarms: Mapping[str, datetime] = field(default_factory=dict)


class DeliveryDesk(Protocol):
    """What an operator sees and decides."""

    async def overview(self) -> Overview:
        """The deliveries at a glance."""
        ...

    async def deliveries(self, states: Sequence[State] = (), *, limit: int = 50) -> list[Delivery]:
        """Deliveries in these states (none: every one), the latest first."""
        ...

    async def retry(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Queue again what is unknown, held, blocked, failed or expired; which of them it was possible for.

        Not possible where the enrolment has another open digest, or has sent that lesson meanwhile.
        """
        ...

    async def hold(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Hold what is queued or claimed; which of them it was possible for."""
        ...

    async def release(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Queue what is held; which of them it was possible for."""
        ...

    async def settle(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Count what is unknown or held as sent, and go on behind it; which of them it was possible for."""
        ...

    async def hold_all(self, reason: str) -> None:
        """Send nothing at all until `release_all`; an earlier reason stays."""
        ...

    async def release_all(self, *, beat: int = 0) -> str:
        """Send again; the reason why nothing was sent, or empty. `beat` is the newest that was ever seen."""
        ...

    async def holding(self) -> str:
        """Why nothing is sent at all, or empty."""
        ...

    async def beat(self) -> tuple[str, int]:
        """Name of the database, and how often anything was claimed in it: only a restored backup has less."""
        ...

    async def alarm(self, name: str, *, at: datetime) -> None:
        """Keep when an alarm was raised."""
        ...
