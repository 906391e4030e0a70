"""What a change of content does to questions that were asked: seen before it is made.

The change is made for real in a transaction that is rolled back, which tells exactly the entries that would differ;
these are put over the index as it is, and the last questions are asked both ways. So nothing here knows how answers
are stored or found, and whatever can be saved can be tried.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from bot.stores import EntryChanges
from knowledge.comparison import Comparison, Ending
from knowledge.entry import Entry
from knowledge.trial import Scoped

T = TypeVar("T")

LAST = 500
"""Past questions that a change is tried on, at most."""
WITHIN = 4.0
"""Seconds for asking them; the newest come first, and the report says how many were asked."""
MOST_CHANGED = 5_000
"""Entries that may change; with more, asking is not worth the wait, for nearly every answer is another."""


class PastQuestion(NamedTuple):
    """A question that was asked: its words and the course that was looked in, or empty for all."""

    text: str
    course: str


class PastQuestions(Protocol):
    """The words of questions that were asked."""

    async def last(self, course: str, *, limit: int) -> list[PastQuestion]:
        """The last ones that were put to a course, or to all courses; each wording once, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """How a course's entries would change.

    Attributes:
        course: the course's slug.
        since: its revision now; 0 for a course that is not there yet.
        revision: its revision then; the same where nothing would change.
        upserts: entries that are new or different.
        removed: refs of entries that would be no more.
    """

    course: str
    since: int
    revision: int
    upserts: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()


class Rehearsal(Protocol):
    """Tries a change and takes it back."""

    async def rehearse(
        self, course: str, work: Callable[[], Awaitable[T]], *, most: int
    ) -> tuple[T, Rehearsed | None]:
        """Do `work`, which writes through the stores, keep nothing of it, and tell what it gave and changed.

        The second is None where more than `most` entries would change.

        Raises:
            CoursebotError: whatever `work` raises.
        """
        ...


class Comparing(Protocol):
    """Asks questions both ways; `bot.library.Library` is one."""

    async def compare(
        self, questions: Sequence[Scoped], changed: EntryChanges, course: str, *, within: float
    ) -> list[Comparison]:
        """What questions get now, and what they would get if entries of a course changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What past questions would get.

    Attributes:
        asked: how many were asked both ways; None where too much changes to try.
        otherwise: those that would get another answer.
        lost: those that have an answer now and would have none.
        gained: those that have none now and would have one.
    """

    asked: int | None = 0
    otherwise: tuple[Comparison, ...] = ()
    lost: tuple[Comparison, ...] = ()
    gained: tuple[Comparison, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything would be different for somebody."""
        return bool(self.otherwise or self.lost or self.gained)


class Impacts:
    """Tells what a change would do.

    Args:
        rehearsal: tries it.
        past: what was asked.
        comparing: asks again.
        last: past questions at most.
        within: seconds for asking them.
        most: entries that may change.
    """

    def __init__(
        self,
        rehearsal: Rehearsal,
        past: PastQuestions,
        comparing: Comparing,
        *,
        last: int = LAST,
        within: float = WITHIN,
        most: int = MOST_CHANGED,
    ) -> None:
        self._rehearsal = rehearsal
        self._past = past
        self._comparing = comparing
        self._last = last
        self._within = within
        self._most = most

    async def of(self, course: str, work: Callable[[], Awaitable[T]]) -> tuple[T, Impact]:
        """What `work` would give, and what it would do to past questions; nothing of it is kept.

        Args:
            course: slug of the course that it changes.
            work: writes through the stores, and awaits nothing else.

        Raises:
            CoursebotError: whatever `work` raises.
        """
        result, rehearsed = await self._rehearsal.rehearse(course, work, most=self._most)
        if rehearsed is None:
            return result, Impact(asked=None)
        if not (rehearsed.upserts or rehearsed.removed):
            return result, Impact()
        past = await self._past.last(course, limit=self._last)
        if not past:
            return result, Impact()
        questions = [(each.text, (each.course,) if each.course else None) for each in past]
        changed = EntryChanges(upserts=rehearsed.upserts, removed=rehearsed.removed)
        compared = await self._comparing.compare(questions, changed, course, within=self._within)
        return result, _impact(compared)


def _impact(compared: Sequence[Comparison]) -> Impact:
    def those(wanted: Callable[[Comparison], bool]) -> tuple[Comparison, ...]:
        return tuple(each for each in compared if wanted(each))

    answer = Ending.ANSWER
    return Impact(
        asked=len(compared),
        otherwise=those(lambda each: each.otherwise),
        lost=those(lambda each: each.shift[0] == answer > each.shift[1]),
        gained=those(lambda each: each.shift[0] < answer == each.shift[1]),
    )
