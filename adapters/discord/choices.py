"""What Discord offers while a reader types a course or a lesson.

Such offers cannot be deferred and must be there in a moment, so they come from memory: titles are read again in
the background when they are older than a minute, and the old ones serve meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from rapidfuzz import fuzz, process

from adapters.discord.failures import brief
from bot.rendering.excerpt import excerpt, utf16_length
from bot.stores import CourseSummary, LessonSummary

logger = logging.getLogger("coursebot.discord")

OFFERED = 25
"""Choices at most, and characters of a choice's name and value, by Discord's limits
(https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure)."""
_LONGEST = 100
_FRESH = 60.0
_PATIENCE = 0.2
"""Seconds to wait for the very first titles; an offer is worth nothing when it is late."""
_CLOSE = 60
_READ = 200
"""Characters of what was typed that are looked at."""


class CourseList(Protocol):
    """Courses and their lessons by title; `bot.stores.CourseStore` is one."""

    async def summaries(self) -> list[CourseSummary]:
        """All courses."""
        ...

    async def lessons(self, course: str) -> list[LessonSummary]:
        """The lessons of a course, in reading order."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice: what the reader sees, and what is put into the command."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class _Titled:
    """Something to offer, what it goes by, and its number if it has one."""

    offer: Offer
    words: str
    number: int | None = None


class Choices:
    """Offers courses and lessons.

    Args:
        courses: where their titles come from.
        clock: seconds that only grow.
    """

    def __init__(self, courses: CourseList, *, clock: Callable[[], float] = monotonic) -> None:
        self._store = courses
        self._clock = clock
        self._courses: tuple[_Titled, ...] = ()
        self._lessons: tuple[_Titled, ...] = ()
        self._read_at: float | None = None
        self._reading: asyncio.Task[None] | None = None

    async def courses(self, typed: str) -> list[Offer]:
        """Courses that may be meant by what was typed, the likeliest first; all for nothing typed."""
        await self._ready()
        return _likely(self._courses, typed)

    async def lessons(self, typed: str) -> list[Offer]:
        """Lessons that may be meant by what was typed (a number or words of the title)."""
        await self._ready()
        return _likely(self._lessons, typed)

    async def close(self) -> None:
        """Stop reading."""
        if self._reading:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def _ready(self) -> None:
        """Start reading where that is due, and wait for it only when there is nothing yet."""
        due = self._read_at is None or self._clock() - self._read_at > _FRESH
        if due and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read(), name="discord-choices")
        if self._read_at is None and self._reading:
            await asyncio.wait([self._reading], timeout=_PATIENCE)

    async def _read(self) -> None:
        try:
            summaries = await self._store.summaries()
            held = [(each, await self._store.lessons(each.slug)) for each in summaries]
        except Exception as error:  # noqa: BLE001 - the old titles still serve
            logger.warning("titles were not read: %s", brief(error), extra={"action": "no-titles"})
            return
        self._courses = tuple(
            _Titled(Offer(_short(course.title), _value(course.title, course.slug)), _words(course.title))
            for course, _ in held
        )
        several = len(held) > 1
        self._lessons = tuple(
            _Titled(
                Offer(_lesson_name(lesson, course.title if several else ""), _lesson_value(lesson)),
                _words(lesson.title),
                lesson.number,
            )
            for course, lessons in held
            for lesson in lessons
        )
        self._read_at = self._clock()


def _likely(every: Sequence[_Titled], typed: str) -> list[Offer]:
    """What is likeliest meant: by number, then by what the title begins with or holds, then by likeness."""
    wanted = _words(typed[:_READ])
    if not wanted:
        return [each.offer for each in every[:OFFERED]]
    numbered = [each for each in every if wanted.isdecimal() and each.number == int(wanted)]
    first = [each for each in every if each.words.startswith(wanted)]
    holding = [each for each in every if wanted in each.words]
    found = list(dict.fromkeys([*numbered, *first, *holding]))
    if len(found) < OFFERED:
        names = {index: each.words for index, each in enumerate(every)}
        alike = process.extract(wanted, names, scorer=fuzz.WRatio, score_cutoff=_CLOSE, limit=OFFERED)
        found += [every[index] for _, _, index in alike]
    return list(dict.fromkeys(each.offer for each in found))[:OFFERED]


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _short(text: str) -> str:
    return excerpt(" ".join(text.split()), _LONGEST, utf16_length).text or "…"


def _value(title: str, slug: str) -> str:
    """What names a course in a command: its title where it fits, else its slug."""
    return title if 0 < utf16_length(title) <= _LONGEST else _short(slug)


def _lesson_name(lesson: LessonSummary, course: str) -> str:
    number = "" if lesson.number is None else f"{lesson.number:02d} "
    return _short(f"{number}{lesson.title}{f' · {course}' if course else ''}")


def _lesson_value(lesson: LessonSummary) -> str:
    return _value(lesson.title, lesson.slug)
