"""What a lesson's digest is made from, as values and ports; `digest_card.py` makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import Person
from knowledge.entry import Entry, Source
from knowledge.model import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonContent:
    """A stored lesson with all that is in it.

    Attributes:
        course: the course's slug.
        course_title: the course's title.
        language: BCP 47 tag of the course.
        slug: the lesson's slug.
        title: the lesson's title.
        number: the number that the course itself gives it, or None.
        place: its place among the course's lessons in reading order, from 1.
        count: how many lessons the course has.
        url: where it can be read online, or None.
        passages: the article, cut, in order.
        exercises: the questions to think about, as plain text; empty where there are none.
        entries: its comments with their answers, and the team's own answers, the most liked first.
    """

    course: str
    course_title: str
    language: str
    slug: str
    title: str
    number: int | None = None
    place: int
    count: int
    url: str | None = None
    passages: tuple[Passage, ...] = field(default=(), repr=False)
    exercises: str = ""
    entries: tuple[Entry, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A question that was answered since the last digest; `own` when this reader had asked it."""

    entry: Entry
    own: bool = False


class DigestSource(Protocol):
    """What digests are made from."""

    async def lesson(self, course: str, lesson: str) -> LessonContent | None:
        """The lesson of these slugs, or None when it is no more."""
        ...

    async def news(self, delivery: int, *, limit: int = 20) -> list[News]:
        """What was answered since the digest before that delivery, the reader's own questions first.

        Answers to the reader's own questions in all of the course, others in the lessons that were sent to them
        before; with a first digest only their own since they began. The newest first. Asked again for the same
        delivery, it may say more.
        """
        ...


class ExerciseStore(Protocol):
    """Who has seen what others answer to a lesson's exercises; never what they answered themselves."""

    async def seen(self, person: Person, course: str, lesson: str) -> bool:
        """Whether that person answered, or gave up, before; `course` and `lesson` are slugs."""
        ...

    async def see(self, person: Person, course: str, lesson: str, *, at: datetime) -> None:
        """Remember that they did."""
        ...


def highlight(entries: tuple[Entry, ...]) -> Entry | None:
    """What is best to show of what was said about a lesson, or None when nothing was.

    The most liked of those that the author answered, else that the team answered, else of all comments: an answer
    says more than a comment, and the author's most.
    """
    for source in (Source.AUTHOR, Source.ADMIN, Source.READER):
        of_kind = [each for each in entries if each.source is source]
        if of_kind:
            return max(of_kind, key=lambda each: each.likes)
    return None
