"""What was said about lessons, comments and the team's answers, as entries for digests.

Whatever the team took out is left out here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, func, select

from adapters.sql.tables import ACTIVE, comment, course, lesson, seed
from adapters.sql.team.rulings import Rulings
from knowledge.entry import Entry, Source

LESSON = (
    lesson.c.slug.label("lesson"),
    lesson.c.title.label("lesson_title"),
    lesson.c.position.label("lesson_position"),
    lesson.c.number.label("lesson_number"),
    lesson.c.url.label("url"),
    course.c.slug.label("course"),
    course.c.title.label("course_title"),
    course.c.author.label("teacher"),
)
"""The columns of where an entry stands."""


def comments() -> Select[Any]:
    """Live comments with their lesson and the team's answer."""
    return (
        select(
            comment,
            seed.c.id.label("seed_id"),
            seed.c.answer,
            seed.c.author.label("admin"),
            func.coalesce(seed.c.created_at, comment.c.answered_at).label("since"),
            *LESSON,
        )
        .select_from(comment)
        .join(lesson, lesson.c.id == comment.c.lesson_id)
        .join(course, course.c.id == lesson.c.course_id)
        .outerjoin(seed, (seed.c.comment_id == comment.c.id) & (seed.c.state == ACTIVE))
        .where(comment.c.retired_at.is_(None), lesson.c.retired_at.is_(None))
    )


def seeds() -> Select[Any]:
    """Answers of the team that stand by themselves, with their lesson where they have one that is left."""
    return (
        select(seed, *LESSON)
        .select_from(seed)
        .join(course, course.c.id == seed.c.course_id)
        .outerjoin(lesson, (lesson.c.id == seed.c.lesson_id) & lesson.c.retired_at.is_(None))
        .outerjoin(comment, comment.c.id == seed.c.comment_id)
        .where(seed.c.state == ACTIVE, comment.c.id.is_(None) | comment.c.retired_at.is_not(None))
    )


def comment_entries(rows: Iterable[Row[Any]], rulings: Rulings) -> list[tuple[Row[Any], Entry]]:
    """Rows of `comments()` with their entries."""
    return [(row, _comment(row)) for row in rows if not rulings.taken_out((f"c{row.id}", f"s{row.seed_id}"))]


def seed_entries(rows: Iterable[Row[Any]], rulings: Rulings) -> list[tuple[Row[Any], Entry]]:
    """Rows of `seeds()` with their entries."""
    return [(row, _seed(row)) for row in rows if not rulings.taken_out((f"s{row.id}",))]


def comment_values(row: Row[Any], *, teacher: str) -> dict[str, Any]:
    """The values of a comment's entry but for its place: the team's answer goes before the author's reply."""
    if row.seed_id is not None:
        source, answer, answered_by = Source.ADMIN, row.answer, row.admin
    elif row.reply is not None:
        source, answer, answered_by = Source.AUTHOR, row.reply, teacher
    else:
        source, answer, answered_by = Source.READER, None, ""
    return {
        "ref": f"c{row.id}",
        "source": source,
        "text": row.text,
        "answer": answer,
        "author": row.author,
        "answered_by": answered_by,
        "likes": row.likes,
        "reply_count": row.reply_count,
        "posted_on": row.posted_on,
    }


def _comment(row: Row[Any]) -> Entry:
    return Entry(**comment_values(row, teacher=row.teacher), **_place(row))


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
