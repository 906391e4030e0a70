"""What digests are made from: `bot.digests.DigestSource` and `ExerciseStore` in SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.case_tables import case_reader, reader_case
from adapters.sql.database import Database
from adapters.sql.delivery_tables import delivery, enrolment, subscriber
from adapters.sql.fingerprints import wording_key
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import exercise_seen, question
from adapters.sql.tables import ACTIVE, comment, course, lesson, passage, seed
from adapters.sql.upserting import insert_new
from bot.deliveries import DIGEST, State
from bot.digests import LessonContent, News
from bot.messages import Person
from knowledge.entry import Entry, Source
from knowledge.model import Passage

_ANSWERED_AT_MOST = 500
"""Answers of a course since a digest that are looked through, the newest first."""
_ASKED_WITHIN = timedelta(days=180)
"""How old a reader's question may be that is told to be answered; the log keeps them no longer."""

_SHOWN = (
    lesson.c.slug.label("lesson"),
    lesson.c.title.label("lesson_title"),
    lesson.c.position.label("lesson_position"),
    lesson.c.number.label("lesson_number"),
    lesson.c.url.label("url"),
    course.c.slug.label("course"),
    course.c.title.label("course_title"),
    course.c.author.label("teacher"),
)


class SqlDigestSource:
    """Implements `bot.digests.DigestSource`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lesson(self, course: str, lesson: str) -> LessonContent | None:
        """The lesson of these slugs, or None when it is no more."""
        async with self._database.read() as connection:
            row = (await connection.execute(_one_lesson(course, lesson))).one_or_none()
            return None if row is None else await _content(connection, row)

    async def news(self, delivery: int, *, limit: int = 20) -> list[News]:
        """What was answered since the digest before that delivery; see the port."""
        async with self._database.read() as connection:
            reading = (await connection.execute(_reading(delivery))).one_or_none()
            if reading is None:
                return []
            first = reading.previous is None
            since = reading.started_at if first else reading.previous
            answered = await _answered(connection, reading.course_id, since)
            mine = reading.private and bool(answered)
            asked = await _asked(connection, reading.person, since) if mine else _Asked()
            sent = await _sent(connection, reading.enrolment_id, delivery) if answered else frozenset[int]()
        own = [entry for entry, _ in answered if asked.has(entry)]
        others = [entry for entry, lesson_id in answered if lesson_id in sent and entry not in own]
        news = [News(entry=each, own=True) for each in own]
        news += [] if first else [News(entry=each) for each in others]
        return news[:limit]


class SqlExerciseStore:
    """Implements `bot.digests.ExerciseStore`."""

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
            lesson.c.exercises,
            course.c.language,
            *_SHOWN,
            select(func.count()).select_from(others).where(live).scalar_subquery().label("lessons"),
            select(func.count()).select_from(others).where(live, before).scalar_subquery().label("place"),
        )
        .join(course)
        .where(course.c.slug == course_slug, lesson.c.slug == lesson_slug, lesson.c.retired_at.is_(None))
    )


async def _content(connection: AsyncConnection, row: Row[Any]) -> LessonContent:
    passages = await connection.execute(
        select(passage.c.heading, passage.c.text)
        .where(passage.c.lesson_id == row.id, passage.c.retired_at.is_(None))
        .order_by(passage.c.position, passage.c.id)
    )
    comments = await connection.execute(_comments().where(comment.c.lesson_id == row.id))
    seeds = await connection.execute(_seeds().where(seed.c.lesson_id == row.id))
    entries = [*map(_comment, comments), *map(_seed, seeds)]
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
        passages=tuple(Passage(heading=each.heading, text=each.text) for each in passages),
        exercises=row.exercises,
        entries=tuple(sorted(entries, key=lambda each: -each.likes)),
    )


def _comments() -> Select[Any]:
    """Live comments with their lesson and the team's answer."""
    return (
        select(
            comment,
            seed.c.id.label("seed_id"),
            seed.c.answer,
            seed.c.author.label("admin"),
            func.coalesce(seed.c.created_at, comment.c.answered_at).label("since"),
            *_SHOWN,
        )
        .select_from(comment)
        .join(lesson, lesson.c.id == comment.c.lesson_id)
        .join(course, course.c.id == lesson.c.course_id)
        .outerjoin(seed, (seed.c.comment_id == comment.c.id) & (seed.c.state == ACTIVE))
        .where(comment.c.retired_at.is_(None), lesson.c.retired_at.is_(None))
    )


def _seeds() -> Select[Any]:
    """Answers of the team that stand by themselves, with their lesson where they have one that is left."""
    return (
        select(seed, *_SHOWN)
        .select_from(seed)
        .join(course, course.c.id == seed.c.course_id)
        .outerjoin(lesson, (lesson.c.id == seed.c.lesson_id) & lesson.c.retired_at.is_(None))
        .outerjoin(comment, comment.c.id == seed.c.comment_id)
        .where(seed.c.state == ACTIVE, comment.c.id.is_(None) | comment.c.retired_at.is_not(None))
    )


def _comment(row: Row[Any]) -> Entry:
    if row.seed_id is not None:
        source, answer, answered_by = Source.ADMIN, row.answer, row.admin
    elif row.reply is not None:
        source, answer, answered_by = Source.AUTHOR, row.reply, row.teacher
    else:
        source, answer, answered_by = Source.READER, None, ""
    return Entry(
        ref=f"c{row.id}",
        source=source,
        text=row.text,
        answer=answer,
        author=row.author,
        answered_by=answered_by,
        likes=row.likes,
        reply_count=row.reply_count,
        posted_on=row.posted_on,
        **_place(row),
    )


def _seed(row: Row[Any]) -> Entry:
    return Entry(
        ref=f"s{row.id}",
        source=Source.ADMIN,
        text=row.question,
        answer=row.answer,
        answered_by=row.author,
        **_place(row),
    )


def _place(row: Row[Any]) -> dict[str, Any]:
    place = {"course": row.course, "course_title": row.course_title}
    if row.lesson is None:
        return place
    return place | {
        "lesson": row.lesson,
        "lesson_title": row.lesson_title,
        "lesson_position": row.lesson_position,
        "lesson_number": row.lesson_number,
        "url": row.url,
    }


def _reading(number: int) -> Select[Any]:
    """Whose digest that is, in which course, and when the one before it was due."""
    earlier = delivery.alias()
    previous = (
        select(func.max(earlier.c.due_at))
        .where(
            earlier.c.enrolment_id == delivery.c.enrolment_id,
            earlier.c.kind == DIGEST,
            earlier.c.state == State.SENT.value,
            earlier.c.due_at < delivery.c.due_at,
        )
        .scalar_subquery()
    )
    return (
        select(
            enrolment.c.id.label("enrolment_id"),
            enrolment.c.course_id,
            enrolment.c.started_at,
            subscriber.c.person,
            subscriber.c.private,
            previous.label("previous"),
        )
        .select_from(delivery)
        .join(enrolment, enrolment.c.id == delivery.c.enrolment_id)
        .join(subscriber, subscriber.c.id == enrolment.c.subscriber_id)
        .where(delivery.c.id == number)
    )


async def _answered(
    connection: AsyncConnection, course_id: int, since: datetime
) -> list[tuple[Entry, int | None]]:
    """What was answered in a course after that time, with the id of its lesson, the newest first."""
    comments = await connection.execute(
        _comments()
        .where(lesson.c.course_id == course_id, or_(seed.c.created_at > since, comment.c.answered_at > since))
        .limit(_ANSWERED_AT_MOST)
    )
    seeds = await connection.execute(
        _seeds()
        .where(seed.c.course_id == course_id, seed.c.created_at > since)
        .order_by(seed.c.id.desc())
        .limit(_ANSWERED_AT_MOST)
    )
    found = [(row.since, _comment(row), row.lesson_id) for row in comments]
    found += [(row.created_at, _seed(row), row.lesson_id) for row in seeds]
    found.sort(key=lambda each: each[0], reverse=True)
    return [(entry, lesson_id) for _, entry, lesson_id in found]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a person asked: by the keys of the wordings, and by the entries that answered it in a case."""

    wordings: frozenset[str] = frozenset()
    refs: frozenset[str] = frozenset()

    def has(self, entry: Entry) -> bool:
        return entry.ref in self.refs or wording_key(entry.text) in self.wordings


async def _asked(connection: AsyncConnection, person: str, since: datetime) -> _Asked:
    """What a person (a keyed hash) asked the bot, or waits to be answered by the team."""
    logged = await connection.scalars(
        select(question.c.text).where(question.c.asker == person, question.c.at > since - _ASKED_WITHIN)
    )
    cases = await connection.execute(
        select(case_reader.c.question, reader_case.c.entry)
        .join(reader_case, reader_case.c.id == case_reader.c.case_id)
        .where(case_reader.c.person == person)
    )
    texts, refs = set(logged), set[str]()
    for text, entry in cases:
        texts.add(text)
        refs.add(entry)
    return _Asked(frozenset(map(wording_key, texts)), frozenset(refs - {""}))


async def _sent(connection: AsyncConnection, enrolment_id: int, before: int) -> Collection[int]:
    """Ids of the lessons that were sent for an enrolment, but for that of one delivery."""
    return frozenset(
        await connection.scalars(
            select(delivery.c.lesson_id).where(
                delivery.c.enrolment_id == enrolment_id,
                delivery.c.state == State.SENT.value,
                delivery.c.id != before,
            )
        )
    )
