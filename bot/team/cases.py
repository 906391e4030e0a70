"""Cases: questions that readers asked and nobody has answered yet, from the first reader to the last one told.

    open ─► answered   somebody of the team wrote an answer
       ├──► linked     an entry that was there already answers it
       ├──► ignored    it is not worth an answer
       └──► merged     it is the same as another case, which has its readers now

A case is *settled* when its answer is in the courses and every reader who waited has a notice in the outbox; then the
platforms' ids of those readers are forgotten. What was closed and not settled (the process died) is settled at the next
start: the answer is saved and told again, and both know by their keys what they have already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Chat, Person


class CaseState(StrEnum):
    """Where a case is; the drawing is above."""

    OPEN = "open"
    ANSWERED = "answered"
    LINKED = "linked"
    IGNORED = "ignored"
    MERGED = "merged"


class Cause(StrEnum):
    """Why a reader is counted in a case."""

    NOT_FOUND = "not-found"
    """Asked the bot, which found nothing."""
    ASKED = "asked"
    """Asked for the teacher's answer."""
    DOUBTED = "doubted"
    """Found the answer wrong, as another reader did; does not wait to be told."""
    COMMENT = "comment"
    """A comment of the course whose reply is missing; no reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One reader's question that was not answered.

    Attributes:
        question: in that reader's words.
        course: slug of the course it is about, or empty where that is not known.
        language: to tell the answer in.
        chat: where to tell it.
        person: whom to tell.
        cause: why it is a case; who only doubted an answer is counted and not told.
        ref: the entry that was found wrong, with `Cause.DOUBTED`; else empty.
        at: when.
    """

    question: str
    course: str
    language: str
    chat: Chat
    person: Person
    cause: Cause
    ref: str = ""
    at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a wish.

    Attributes:
        case: number of the case it is in.
        opened: whether the case is new.
        joined: whether that reader was not counted in it before, or waits only now.
        ignored: whether the team chose to ignore this question, so that nothing was kept.
    """

    case: int
    opened: bool
    joined: bool
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording of an open case."""

    case: int
    text: str


class CaseIntake(Protocol):
    """Takes what readers were not answered."""

    async def wordings(self, course: str, *, limit: int = 2000) -> list[Wording]:
        """The wordings of a course's open cases, those of the newest first."""
        ...

    async def report(self, wish: Wish, *, case: int | None = None) -> Reported:
        """Count a reader in a case, once: in `case` where that is still open, else in one of the same wording.

        Where there is none, one is opened. All in one transaction.
        """
        ...

    async def reported_since(self, since: datetime, *, person: Person) -> int:
        """In how many cases a person was counted after that time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as the team sees it.

    Attributes:
        id: its number.
        state: where it is.
        cause: why it was opened.
        course: slug of its course, or empty.
        lesson: slug of its lesson, for a comment's; else None.
        comment: ref of the comment it is about, or empty.
        question: the first reader's words, or the comment's.
        variants: other readers' words, each once.
        readers: how many people want an answer.
        waiting: how many of them will be told.
        opened_at: when the first one asked.
        answer: what was answered, or empty.
        entry: ref of the entry it was linked to, or empty.
        by: who closed it, as in the audit log; empty while it is open.
        by_name: as that person's platform shows them, for the team's eyes.
        assignee: whom it was handed to, as `telegram:42`; or empty.
        settled: whether all that follows from its end was done.
    """

    id: int
    state: CaseState
    cause: Cause
    course: str
    lesson: str | None = None
    comment: str = ""
    question: str
    variants: tuple[str, ...] = ()
    readers: int = 0
    waiting: int = 0
    opened_at: datetime
    answer: str = ""
    entry: str = ""
    by: str = ""
    by_name: str = ""
    assignee: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Featured:
    """A comment of a course that is known to be answered, while the answer's text is missing.

    Attributes:
        ref: the comment's ref.
        course: slug of the course.
        lesson: slug of the lesson.
        lesson_title: title of the lesson.
        author: who wrote it.
        text: what.
        likes: number of 👍.
        replies: number of replies that were not exported.
    """

    ref: str
    course: str
    lesson: str
    lesson_title: str
    author: str
    text: str
    likes: int
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a case ends.

    Attributes:
        state: answered, linked or ignored.
        answer: the answer's text, when answered.
        entry: ref of the entry that answers it, when linked.
        by: who says so, as in the audit log.
        by_name: as that person's platform shows them.
    """

    state: CaseState
    answer: str = ""
    entry: str = ""
    by: str
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """A reader to be told.

    Attributes:
        id: number of the row, by which the notice finds the reader's words.
        chat: where.
        person: whom.
        language: in which.
    """

    id: int
    chat: Chat
    person: Person
    language: str


class CaseDesk(Protocol):
    """What the team does with cases. Numbers of merged cases lead to the case that has their readers."""

    async def case(self, number: int) -> Case | None:
        """The case of that number, or None."""
        ...

    async def open(self, courses: frozenset[str] | None = None, *, limit: int = 2000) -> list[Case]:
        """Open cases with readers, the oldest first, in some courses (None: in all and in none)."""
        ...

    async def featured(
        self, courses: frozenset[str] | None = None, *, after: str = "", limit: int = 20
    ) -> list[Featured]:
        """Comments whose answer is missing and that nobody has dealt with, the most liked first.

        Args:
            courses: slugs of their courses; None for all.
            after: ref of the comment behind which to begin, whatever became of that; empty for the first.
            limit: how many at most.
        """
        ...

    async def about_comment(self, ref: str, *, at: datetime) -> int | None:
        """Number of the case about a comment, opened when there is none; None for no such comment."""
        ...

    async def close(self, number: int, closing: Closing, *, at: datetime) -> bool:
        """End an open case; False when it was closed before, which changes nothing."""
        ...

    async def replace(self, number: int, closing: Closing, *, at: datetime) -> bool:
        """Answer anew what was answered or linked; to be settled again. False for a case in another state."""
        ...

    async def merge(self, number: int, into: int, *, at: datetime) -> bool:
        """Move the readers of an open case to another open one; False when either is not open, or both are one."""
        ...

    async def place(self, number: int, course: str) -> bool:
        """Say which course an open case is about; False when it is not open."""
        ...

    async def hand(self, number: int, to: str) -> bool:
        """Give an open case to a person of the team (`telegram:42`); False when it is not open."""
        ...

    async def draft(self, number: int, text: str, *, by: str, at: datetime) -> int:
        """Keep an answer that came second; its number."""
        ...

    async def drafted(self, draft: int) -> tuple[int, str, str] | None:
        """A kept answer as (case, text, by), or None."""
        ...


class CaseEnds(Protocol):
    """What follows from the end of a case."""

    async def unsettled(self, *, limit: int = 100) -> list[int]:
        """Numbers of the cases that were closed and not settled."""
        ...

    async def waiters(self, number: int) -> list[Waiter]:
        """Who is to be told, in the order they asked."""
        ...

    async def settle(self, number: int, *, at: datetime) -> None:
        """All is done: forget who and where the readers are."""
        ...

    async def worded(self, readers: Sequence[int]) -> list[str]:
        """The words of these readers (`Waiter.id`), each once."""
        ...


class CaseAlerts(Protocol):
    """Which new cases the team was told of."""

    async def batch(self, *, before: datetime, at: datetime) -> None:
        """Put the new cases into a batch, when the first of them was opened before that time."""
        ...

    async def untold(self) -> list[int]:
        """Numbers of the batches that were not handed over yet."""
        ...

    async def told(self, batch: int, *, at: datetime) -> None:
        """A batch was handed over."""
        ...

    async def batched(self, batch: int) -> list[Case]:
        """The cases of a batch that are still open, the most wanted first."""
        ...


class CaseStore(CaseIntake, CaseDesk, CaseEnds, CaseAlerts, Protocol):
    """All there is to cases."""

    async def purge(self, *, before: datetime) -> int:
        """Forget cases that were closed, or opened and never answered, before that time; how many."""
        ...
