"""The stores of courses and answers, and how an index follows them, as Protocols.

One SQL implementation stands behind them; every time is an aware `datetime` handed in by the caller.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.team.roles import OPERATOR
from knowledge.entry import Entry
from knowledge.model import Course, Seed


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    """A stored course in numbers.

    Attributes:
        slug: the course's short name.
        title: the course's title.
        author: the teacher's name, or empty.
        language: BCP 47 tag.
        introduction: the course's own introduction, or empty.
        lessons: number of lessons that are not retired.
        passages: number of passages in them.
        comments: number of comments in them.
        answered: how many of the comments have an answer text (the author's or an admin's).
        answered_elsewhere: how many are known to be answered while the text is missing.
        seeds: number of active seeded answers.
    """

    slug: str
    title: str
    author: str
    language: str
    introduction: str
    lessons: int
    passages: int
    comments: int
    answered: int
    answered_elsewhere: int
    seeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonSummary:
    """A stored lesson in numbers; fields as in `knowledge.model.Lesson`."""

    course: str
    slug: str
    title: str
    position: int
    number: int | None
    url: str | None
    passages: int
    comments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCourse:
    """What saving a course changed.

    Attributes:
        lessons_added: lessons that were not stored before.
        lessons_updated: lessons whose content, title, place or link differed.
        lessons_retired: lessons that vanished from a complete course.
        entries_changed: comments and passages added, updated or retired.
    """

    lessons_added: int = 0
    lessons_updated: int = 0
    lessons_retired: int = 0
    entries_changed: int = 0

    @property
    def changed(self) -> int:
        """Number of lessons that differ from what was stored."""
        return self.lessons_added + self.lessons_updated + self.lessons_retired


class CourseStore(Protocol):
    """Courses with their lessons, passages and comments."""

    async def save(self, course: Course, *, at: datetime, by: str = OPERATOR) -> SavedCourse:
        """Bring the stored course in step with `course`, in one transaction with its row in the audit log.

        Saving the same course again changes nothing. What is still there keeps its identity (a lesson by its
        slug, else by unchanged content under a new slug; a comment by author and text, else by author and
        day; a passage by its text); what vanished is retired, never deleted, and comes back under its old
        identity. Lessons missing from a course that is not `complete` are left alone, and new ones are
        placed after what is there.
        """
        ...

    async def summaries(self) -> list[CourseSummary]:
        """All courses, by slug."""
        ...

    async def lessons(self, course: str) -> list[LessonSummary]:
        """The lessons of a course that are not retired, in reading order; empty for an unknown course."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSeeds:
    """What saving seeds did, each as the position (from 0) in the sequence that was given.

    Attributes:
        added: became a new answer.
        updated: changed an answer that was there (same course, lesson and question).
        unchanged: were there already, to the letter.
        no_such_lesson: name a lesson that the course does not have; not saved.
        attached: of the saved ones, how many answer a comment by its exact text.
        refs: for each that was given, ref of the entry that shows it now; empty where it was not saved.
        changes: for each, the number of its change in the audit log; 0 where nothing changed.
    """

    added: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    no_such_lesson: tuple[int, ...] = ()
    attached: int = 0
    refs: tuple[str, ...] = field(default=(), compare=False)
    changes: tuple[int, ...] = field(default=(), compare=False)


class SeedStore(Protocol):
    """Answers that admins gave."""

    async def save(
        self, course: str, seeds: Sequence[Seed], *, at: datetime, by: str = OPERATOR
    ) -> SavedSeeds:
        """Add or update answers of one course in one transaction; saving the same again changes nothing.

        The audit log has each change with who made it: `by`, as `bot.team.roles.actor` says it.

        A seed whose question is a comment's exact text (white space aside) attaches to that comment: in the
        seed's lesson where it names one, else wherever in the course such a comment stands.

        Raises:
            CoursebotError: "course-unknown" when the course is not stored.
        """
        ...

    async def all(self, course: str | None = None) -> list[tuple[str, Seed]]:
        """Active seeds as (course slug, seed), in the order they were first saved."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChanges:
    """A bounded batch of what changed in a course.

    Attributes:
        upserts: entries as they are now.
        removed: refs of entries that are no more.
    """

    upserts: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()


class EntryFeed(Protocol):
    """How the index replica learns of changes: every write to a course raises its revision by one or more."""

    async def revisions(self) -> dict[str, int]:
        """The current revision of every course, by slug. Cheap enough to ask before each question."""
        ...

    async def sizes(self) -> dict[str, range]:
        """In which range the number of every course's entries is, each of their other wordings counted as well.

        Cheap enough to ask at each start.
        """
        ...

    def changes(self, course: str, *, since: int) -> AsyncIterator[EntryChanges]:
        """What changed in a course after revision `since` (0: everything that is live), in bounded batches.

        All batches are read from one snapshot of the database.
        """
        ...
