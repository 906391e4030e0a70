"""Answers of the team as they are kept, and the port by which they are changed.

Each change is one transaction with its row in the audit log, and raises the course's revision, so that the next
question is answered from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.team.audit import Change
from knowledge.model import Seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Curated:
    """An answer of the team.

    Attributes:
        ref: of the entry that shows it: a comment's (`c12`) where it belongs to one, else its own (`s5`).
        own: its own ref, by which the audit log knows it.
        course: slug of its course.
        seed: what it says.
        revision: the course's revision at which it last changed; tells whether somebody was faster.
        created_at: when it was first given.
        updated_at: when it was last changed.
        change: number of the change in the audit log that made it what it is; 0 where that is not known.
    """

    ref: str
    own: str
    course: str
    seed: Seed
    revision: int
    created_at: datetime
    updated_at: datetime
    change: int = 0


class Rule(StrEnum):
    """What the team ruled; the value is what the store and payloads have."""

    PIN = "pin"
    """The entry is the answer to the question."""
    BAR = "bar"
    """The entry is not shown for the question, or with none not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A pin or a bar.

    Attributes:
        id: its number, or 0 for one that is to be made.
        rule: which of the two.
        ref: the entry's.
        question: for which question, or empty for a bar that holds always.
        course: slug of the entry's course.
        at: when it was made.
    """

    id: int = 0

    rule: Rule
    ref: str
    question: str
    course: str
    at: datetime


class Curation(Protocol):
    """Changes answers of the team, and what is ruled about any entry.

    New answers are saved by `bot.stores.SeedStore.save`. Every method that takes `by` logs who did it.
    """

    async def of(self, ref: str) -> Curated | None:
        """The team's answer that an entry shows, by the entry's ref or its own; None where it shows none."""
        ...

    async def all(self, course: str) -> list[Curated]:
        """All answers of the team in a course, the one that was changed last first."""
        ...

    async def edit(
        self, ref: str, seed: Seed, *, revision: int | None = None, by: str, at: datetime
    ) -> Curated:
        """Change an answer; with `revision` only if it is still what it was then.

        Raises:
            CoursebotError: "curate-gone" where there is none, "curate-changed" when somebody was faster,
                "curate-taken" when another answer has that question, "curate-no-lesson" for an unknown lesson.
        """
        ...

    async def delete(self, ref: str, *, by: str, at: datetime) -> Curated:
        """Show an answer no more; `undo` brings it back.

        Raises:
            CoursebotError: "curate-gone" where there is none.
        """
        ...

    async def alias(self, ref: str, wordings: Sequence[str], *, by: str, at: datetime) -> int:
        """Give a question other wordings, of an answer or of a comment; number of the change, 0 for nothing new.

        Raises:
            CoursebotError: "curate-gone", or "curate-passage" for a passage, which has no question.
        """
        ...

    async def merge(self, ref: str, into: str, *, by: str, at: datetime) -> Curated:
        """Take an answer out and make its question and its wordings others of `into`, an answer of the same course.

        Raises:
            CoursebotError: "curate-gone", or "curate-same" when the two are one or of different courses.
        """
        ...

    async def rule(self, ruling: Ruling, *, by: str) -> int:
        """Pin or bar; a pin takes the place of another one for that question. Number of the change, 0 for nothing new.

        Raises:
            CoursebotError: "curate-gone" when the entry is no more, "course-unknown".
        """
        ...

    async def lift(self, ruling: Ruling, *, by: str) -> int:
        """Take back a pin or a bar; number of the change, 0 when there was none."""
        ...

    async def rulings(self, course: str) -> list[Ruling]:
        """What is ruled in a course, the latest first."""
        ...

    async def undo(self, number: int, *, by: str, at: datetime) -> Change:
        """Take back a change; the change that does so.

        Raises:
            CoursebotError: "undo-none" for no such change, "undo-done" for one that was taken back, "undo-later" when
                what it changed was changed again since, "undo-role" for a change of roles, "undo-import" for an
                import, "curate-taken".
        """
        ...


class Usage(Protocol):
    """How often entries were the answer, as long as the question log goes back."""

    async def of(self, refs: Sequence[str]) -> dict[str, int]:
        """How often each of these entries was found; those never found are left out."""
        ...
