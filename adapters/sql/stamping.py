"""The revision of a course, and marking with it the rows whose entries changed.

A transaction takes the course's row first (`lock_course`), writes rows with the next revision, and only if
there was something to write sets the course to it. So a course's revision goes up by one for each change, and
two writers cannot give the same one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.tables import ACTIVE, comment, course, lesson, passage, seed


@dataclass(frozen=True, slots=True)
class LockedCourse:
    """A row of the course table that no other transaction can change meanwhile."""

    id: int
    slug: str
    title: str
    author: str
    language: str
    introduction: str
    revision: int


async def lock_course(connection: AsyncConnection, slug: str) -> LockedCourse | None:
    """Take a course for this transaction, waiting for others to finish with it; None: it is not stored."""
    row = (
        await connection.execute(select(course).where(course.c.slug == slug).with_for_update())
    ).one_or_none()
    return None if row is None else LockedCourse(*row)


async def stamp_lessons(connection: AsyncConnection, lesson_ids: Collection[int], revision: int) -> None:
    """Mark all live entries of the lessons as changed."""
    for table in (passage, comment):
        await connection.execute(
            update(table)
            .where(table.c.lesson_id.in_(lesson_ids), table.c.retired_at.is_(None))
            .values(revision=revision)
        )
    await connection.execute(
        update(seed).where(seed.c.lesson_id.in_(lesson_ids), seed.c.state == ACTIVE).values(revision=revision)
    )


async def stamp_course(connection: AsyncConnection, course_id: int, revision: int) -> None:
    """Mark all live entries of a course as changed."""
    lessons = select(lesson.c.id).where(lesson.c.course_id == course_id)
    for table in (passage, comment):
        await connection.execute(
            update(table)
            .where(table.c.lesson_id.in_(lessons), table.c.retired_at.is_(None))
            .values(revision=revision)
        )
    await connection.execute(
        update(seed).where(seed.c.course_id == course_id, seed.c.state == ACTIVE).values(revision=revision)
    )


async def stamp_answers(connection: AsyncConnection, course_id: int, revision: int) -> None:
    """Mark the seeds of comments that this revision changed.

    A seed is an entry by itself while its comment is retired.
    """
    changed = (
        select(comment.c.id)
        .join(lesson)
        .where(lesson.c.course_id == course_id, comment.c.revision == revision)
    )
    await connection.execute(
        update(seed)
        .where(seed.c.course_id == course_id, seed.c.state == ACTIVE, seed.c.comment_id.in_(changed))
        .values(revision=revision)
    )


async def stamp_answered(connection: AsyncConnection, course_id: int, revision: int) -> None:
    """Mark the comments whose seeds this revision changed: the comment's entry shows the seed's answer."""
    changed = select(seed.c.comment_id).where(
        seed.c.course_id == course_id, seed.c.revision == revision, seed.c.comment_id.is_not(None)
    )
    await connection.execute(update(comment).where(comment.c.id.in_(changed)).values(revision=revision))
