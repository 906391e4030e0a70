"""In which order open cases are answered, and how many of them fit into a few minutes.

The order is readers × age, so that what many want goes first and nothing waits forever. Seconds are an estimate:
a card is read at 8 characters a second; where the closest entry is right (its own probability) a button is enough;
otherwise an answer of some 60 characters is typed at one character a second.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.team.cases import Case

READING = 8.0
"""Characters that are read in a second."""
GLANCE, LINKING, WRITING = 8.0, 7.0, 75.0
"""Seconds to take in a card, to find and press the right entry, and to write an answer. All four are estimates, made
to compare cases with each other."""
LONGEST = timedelta(hours=8)
"""The longest time budget that is understood."""

_FRESH = timedelta(hours=1)
"""Added to each age, so that a case of this minute counts too."""
_BUDGET = re.compile(
    r"(?<![\w.])(\d{1,3})\s*(分钟|分鐘|分|小时|小時|minutes?|mins?|hours?|m|h)(?![A-Za-z])", re.IGNORECASE
)
_STEP = 5
"""Seconds by which a budget is filled."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What followed `/queue`: the name of a course, or empty, and the time there is, or None."""

    course: str
    budget: timedelta | None


def asked(arguments: str) -> Asked:
    """Read `Redis 5分钟`, `10 min`, `Redis`."""
    found = _BUDGET.search(arguments)
    if found is None:
        return Asked(" ".join(arguments.split()), None)
    unit = timedelta(hours=1) if found[2][0].casefold() in {"小", "h"} else timedelta(minutes=1)
    rest = f"{arguments[: found.start()]} {arguments[found.end() :]}"
    return Asked(" ".join(rest.split()), min(int(found[1]) * unit, LONGEST))


def weight(case: Case, at: datetime) -> float:
    """Readers × age in hours; what nobody waits for any more counts as one reader."""
    age = max(at - case.opened_at, timedelta()) + _FRESH
    return max(case.readers, 1) * (age / timedelta(hours=1))


def ordered(cases: Sequence[Case], at: datetime) -> list[Case]:
    """The cases in the order they are to be answered."""
    return sorted(cases, key=lambda case: _place(case, at))


def behind(cases: Sequence[Case], last: Case, at: datetime) -> list[Case]:
    """Those of the cases that come after one, which need not be among them any more; all in order."""
    return [each for each in ordered(cases, at) if _place(each, at) > _place(last, at)]


def _place(case: Case, at: datetime) -> tuple[float, int]:
    return (-weight(case, at), case.id)


def seconds(question: str, nearest: float) -> float:
    """How long an answer takes.

    Args:
        question: what is to be read.
        nearest: the probability that the closest entry is the answer.
    """
    return GLANCE + len(question) / READING + nearest * LINKING + (1.0 - nearest) * WRITING


def fitting(costs: Sequence[float], gains: Sequence[int], budget: timedelta) -> list[int]:
    """Which items, by their place, give the most within a budget; of equal choices the one of earlier items.

    Args:
        costs: seconds each takes.
        gains: how many readers each satisfies.
        budget: the time there is; rounded up to what one item takes where nothing else fits.
    """
    room = int(budget.total_seconds()) // _STEP
    sizes = [max(1, -(-round(cost) // _STEP)) for cost in costs]
    # best[r] is the best gain, and the items that bring it, within r steps.
    best: list[tuple[int, tuple[int, ...]]] = [(0, ())] * (room + 1)
    for place in range(len(sizes)):
        for left in range(room, sizes[place] - 1, -1):
            gain, items = best[left - sizes[place]]
            if gain + gains[place] > best[left][0]:
                best[left] = (gain + gains[place], (*items, place))
    chosen = list(best[room][1])
    return chosen or [0] * bool(sizes)
