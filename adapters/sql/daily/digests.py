"""What digests are made from: `bot.daily.digests.DigestSource` and `ExerciseStore` in SQL."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily.digest_news import read_news
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import exercise_seen
from adapters.sql.said import LESSON, comment_entries, comments, seed_entries, seeds
from adapters.sql.tables import comment, course, lesson, passage, seed
from adapters.sql.team.rulings import read_rulings
from adapters.sql.upserting import insert_new
from bot.daily.digests import LessonContent, News
from bot.messages import Person
from knowledge.model import Passage

_KEPT = 64
"""Lessons that are kept, some 50 kB each."""


class SqlDigestSource:
    """Implements `bot.daily.digests.DigestSource`.

    The lessons that were read last are kept as long as their course stays as it is: on one morning, many readers are
    at the same lesson.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: OrderedDict[int, tuple[int, LessonContent]] = OrderedDict()

    async def lesson(self, course: str, lesson: str) -> LessonContent | None:
        """The lesson of these slugs, or None when it is no more."""
        async with self._database.read() as connection:
            row = (await connection.execute(_one_lesson(course, lesson))).one_or_none()
            if row is None:
                return None
            revision, content = self._read.get(row.id, (0, None))
            if content is None or revision != row.revision:
                content = await _content(connection, row)
            self._keep(row, content)
            return content

    def _keep(self, row: Row[Any], content: LessonContent) -> None:
        self._read[row.id] = (row.revision, content)
        self._read.move_to_end(row.id)
        while len(self._read) > _KEPT:
            self._read.popitem(last=False)

    async def news(self, delivery: int, *, limit: int = 20) -> list[News]:
        """What was answered since the digest before that delivery; see the port."""
        async with self._database.read() as connection:
            return (await read_news(connection, delivery))[:limit]


class SqlExerciseStore:
    """Implements `bot.daily.digests.ExerciseStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def seen(self, person: Person, course: str, lesson: str) -> bool:
        """Whether that person answered, or gave up, before."""
        who = await self._pseudonyms.person(person)
        seen = exercise_seen.c
        query = select(exists().where(seen.person == who, seen.course == course, seen.lesson == lesson))
        async with self._database.read() as connection:
            return bool(await connection.scalar(query))

    async def see(self, person: Person, course: str, lesson: str, *, at: datetime) -> None:
        """Remember that they did."""
        row = {"person": await self._pseudonyms.person(person), "course": course, "lesson": lesson, "at": at}
        async with self._database.write() as connection:
            await insert_new(connection, exercise_seen, row)


def _one_lesson(course_slug: str, lesson_slug: str) -> Select[Any]:
    """The lesson with its place among those that are not retired."""
    others = lesson.alias()
    live = (others.c.course_id == lesson.c.course_id) & others.c.retired_at.is_(None)
    before = or_(
        others.c.position < lesson.c.position,
        and_(others.c.position == lesson.c.position, others.c.id <= lesson.c.id),
    )
    return (
        select(
            lesson.c.id,
            lesson.c.course_id,
            lesson.c.exercises,
            course.c.language,
            course.c.revision,
            *LESSON,
            select(func.count()).select_from(others).where(live).scalar_subquery().label("lessons"),
            select(func.count()).select_from(others).where(live, before).scalar_subquery().label("place"),
        )
        .join(course)
        .where(course.c.slug == course_slug, lesson.c.slug == lesson_slug, lesson.c.retired_at.is_(None))
    )


async def _content(connection: AsyncConnection, row: Row[Any]) -> LessonContent:
    rulings = await read_rulings(connection, row.course_id)
    passages = await connection.execute(
        select(passage.c.id, passage.c.heading, passage.c.text)
        .where(passage.c.lesson_id == row.id, passage.c.retired_at.is_(None))
        .order_by(passage.c.position, passage.c.id)
    )
    said = comment_entries(await connection.execute(comments().where(comment.c.lesson_id == row.id)), rulings)
    said += seed_entries(await connection.execute(seeds().where(seed.c.lesson_id == row.id)), rulings)
    return LessonContent(
        course=row.course,
        course_title=row.course_title,
        language=row.language,
        slug=row.lesson,
        title=row.lesson_title,
        number=row.lesson_number,
        place=row.place,
        count=row.lessons,
        url=row.url,
        passages=tuple(
            Passage(heading=each.heading, text=each.text)
            for each in passages
            if not rulings.taken_out((f"p{each.id}",))
        ),
        exercises=row.exercises,
        entries=tuple(sorted((entry for _, entry in said), key=lambda each: -each.likes)),
    )
