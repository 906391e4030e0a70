"""How fast one person may ask: a token bucket each, so that a flood slows down nobody else.

Lives in this process: with several, each would allow as much.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.messages import Person


class Verdict(Enum):
    """What to do with what a person just said."""

    GO = auto()
    """Answer it."""
    SLOW = auto()
    """Too fast: say so, this once."""
    SILENT = auto()
    """Too fast, and told so already."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime
    told: bool = False


class Pace:
    """Allows `burst` at once and one more each `every`; remembers at most `capacity` people.

    Who was told to slow down is told again only after the bucket was full. Forgetting somebody (the one who was
    quiet the longest) means a full bucket for them. Times are handed in and may run backwards.
    """

    def __init__(
        self, *, burst: int = 5, every: timedelta = timedelta(seconds=3), capacity: int = 10_000
    ) -> None:
        self._burst = burst
        self._every = every
        self._capacity = capacity
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    def __len__(self) -> int:
        """Number of people remembered."""
        return len(self._buckets)

    def verdict(self, person: Person, *, at: datetime) -> Verdict:
        """What to do with what this person says now."""
        key = (person.platform.value, person.id)
        bucket = self._buckets.setdefault(key, _Bucket(float(self._burst), at))
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._capacity:
            self._buckets.popitem(last=False)
        if at > bucket.at:
            bucket.tokens = min(self._burst, bucket.tokens + (at - bucket.at) / self._every)
            bucket.at = at
        if bucket.tokens >= self._burst:
            bucket.told = False
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return Verdict.GO
        if bucket.told:
            return Verdict.SILENT
        bucket.told = True
        return Verdict.SLOW
