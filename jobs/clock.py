"""Noticing that the machine's clock was set to another time: what is due must not follow it blindly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=10)
"""What clocks are put right by now and then, and time servers keep them within."""


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock was put forward (or back, where negative) by so much."""

    by: timedelta


class ClockGuard:
    """Compares the clock with one that only ever runs on.

    Args:
        now: the clock; aware times.
        steady: seconds of a clock that nobody sets and that goes on while the machine sleeps.
    """

    def __init__(self, *, now: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self._now = now
        self._steady = steady
        self._last: tuple[datetime, float] | None = None
        self._ahead = timedelta(0)

    def look(self) -> Jump | None:
        """What the clock did since the last look, where it did more than run on."""
        wall, steady = self._now(), self._steady()
        last, self._last = self._last, (wall, steady)
        if last is None:
            return None
        by = (wall - last[0]) - timedelta(seconds=steady - last[1])
        if abs(by) <= TOLERANCE:
            return None
        self._ahead += by
        return Jump(by)

    @property
    def ahead(self) -> bool:
        """Whether the clock is further on than it was when it was first looked at, by more than is usual."""
        return self._ahead > TOLERANCE

    def accept(self) -> None:
        """The time it shows now is the right one."""
        self._ahead = timedelta(0)
