"""Courses with their lessons, passages and comments: `bot.stores.CourseStore` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, select

from adapters.sql.database import Database
from adapters.sql.saving import CourseWriter
from adapters.sql.tables import ACTIVE, comment, course, lesson, passage, seed
from adapters.sql.team.auditing import Note, record
from bot.stores import CourseSummary, LessonSummary, SavedCourse
from bot.team.audit import Action
from bot.team.roles import OPERATOR
from knowledge.model import Course


class SqlCourseStore:
    """Implements `bot.stores.CourseStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, course: Course, *, at: datetime, by: str = OPERATOR) -> SavedCourse:
        """Bring the stored course in step with `course`; see the port."""
        async with self._database.write() as connection:
            saved = await CourseWriter(connection, course, at).save()
            if saved.changed:
                note, counts = Note(by=by, at=at), asdict(saved)
                await record(connection, note, Action.IMPORT, course.slug, course=course.slug, after=counts)
            return saved

    async def summaries(self) -> list[CourseSummary]:
        """Count what every course has, by slug."""
        answered = func.coalesce(comment.c.reply, seed.c.answer).is_not(None)
        comments = _live_in_course(
            comment,
            func.count(),
            func.count().filter(answered),
            func.count().filter(~answered, comment.c.reply_count > 0),
        ).outerjoin(seed, (seed.c.comment_id == comment.c.id) & (seed.c.state == ACTIVE))
        lessons = select(lesson.c.course_id, func.count()).where(lesson.c.retired_at.is_(None))
        seeds = select(seed.c.course_id, func.count()).where(seed.c.state == ACTIVE)
        passages = _live_in_course(passage, func.count())
        async with self._database.read() as connection:
            rows = (await connection.execute(select(course).order_by(course.c.slug))).all()
            counts = [
                {row[0]: row for row in await connection.execute(query.group_by(key))}
                for query, key in (
                    (lessons, lesson.c.course_id),
                    (passages, lesson.c.course_id),
                    (comments, lesson.c.course_id),
                    (seeds, seed.c.course_id),
                )
            ]
        return [_course_summary(row, [numbers.get(row.id) for numbers in counts]) for row in rows]

    async def lessons(self, course: str) -> list[LessonSummary]:
        """List the lessons of a course that are not retired, in reading order; none for an unknown course."""
        passages, comments = _number_of(passage), _number_of(comment)
        query = _lessons_of(course).add_columns(passages.label("passages"), comments.label("comments"))
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            LessonSummary(
                course=course,
                slug=row.slug,
                title=row.title,
                position=row.position,
                number=row.number,
                url=row.url,
                passages=row.passages,
                comments=row.comments,
            )
            for row in rows
        ]


def _live_in_course(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Live rows of passage or comment, with the course's id before the columns."""
    return (
        select(lesson.c.course_id, *columns)
        .select_from(table)
        .join(lesson)
        .where(table.c.retired_at.is_(None))
    )


def _number_of(table: Table) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(table.c.lesson_id == lesson.c.id, table.c.retired_at.is_(None))
        .correlate(lesson)
        .scalar_subquery()
    )


def _lessons_of(slug: str) -> Select[Any]:
    columns = lesson.c
    return (
        select(columns.slug, columns.title, columns.position, columns.number, columns.url)
        .join(course)
        .where(course.c.slug == slug, columns.retired_at.is_(None))
        .order_by(columns.position, columns.id)
    )


def _course_summary(row: Row[Any], counts: Sequence[Sequence[int] | None]) -> CourseSummary:
    lessons, passages, comments, seeds = counts
    return CourseSummary(
        slug=row.slug,
        title=row.title,
        author=row.author,
        language=row.language,
        introduction=row.introduction,
        lessons=lessons[1] if lessons else 0,
        passages=passages[1] if passages else 0,
        comments=comments[1] if comments else 0,
        answered=comments[2] if comments else 0,
        answered_elsewhere=comments[3] if comments else 0,
        seeds=seeds[1] if seeds else 0,
    )
