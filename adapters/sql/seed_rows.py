"""Rows of single answers: what one says as a value that can be logged and put back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import stamping
from adapters.sql.attachments import attach_seeds
from adapters.sql.fingerprints import question_key
from adapters.sql.stamping import LockedCourse, lock_course
from adapters.sql.tables import ACTIVE, comment, course, lesson, seed, seed_alias
from knowledge.errors import CoursebotError
from knowledge.model import Seed

DELETED = "deleted"
"""The state of an answer that was taken out, and can be brought back."""

Snapshot = dict[str, Any]
"""What an answer says and its state, as the audit log has it: JSON values only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A course that is locked for a change, and when that is."""

    connection: AsyncConnection
    course: LockedCourse
    at: datetime

    @property
    def revision(self) -> int:
        """The course's revision once the change is made."""
        return self.course.revision + 1

    async def finish(self) -> None:
        """Let every index follow what was written with the new revision."""
        await attach_seeds(self.connection, self.course.id, self.revision)
        await stamping.stamp_answered(self.connection, self.course.id, self.revision)
        await self.connection.execute(
            update(course).where(course.c.id == self.course.id).values(revision=self.revision)
        )


async def find_seed(connection: AsyncConnection, ref: str) -> Row[Any] | None:
    """The row of the answer that an entry shows, with its course's slug; None where it shows none."""
    kind, number = ref[:1], ref[1:]
    if kind not in {"c", "s"} or not number.isdecimal():
        return None
    column = seed.c.comment_id if kind == "c" else seed.c.id
    query = (
        select(seed, course.c.slug.label("course"), comment.c.retired_at.label("comment_retired_at"))
        .select_from(seed)
        .join(course, course.c.id == seed.c.course_id)
        .outerjoin(comment, comment.c.id == seed.c.comment_id)
        .where(column == int(number), seed.c.state == ACTIVE)
    )
    return (await connection.execute(query)).one_or_none()


async def aliases_where(
    connection: AsyncConnection, which: ColumnElement[bool]
) -> defaultdict[int, list[str]]:
    """The aliases of the answers that a condition on them or on their course names, by their ids."""
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for id_, text in await connection.execute(
        select(seed_alias.c.seed_id, seed_alias.c.text)
        .join(seed, seed.c.id == seed_alias.c.seed_id)
        .join(course, course.c.id == seed.c.course_id)
        .where(which)
        .order_by(seed_alias.c.seed_id, seed_alias.c.position)
    ):
        aliases[id_].append(text)
    return aliases


def seed_with(row: Any, aliases: Sequence[str]) -> Seed:
    """An answer by its row, which has its lesson's slug as `lesson`."""
    return Seed(
        question=row.question, answer=row.answer, aliases=tuple(aliases), lesson=row.lesson, author=row.author
    )


def shown_ref(row: Any) -> str:
    """Ref of the entry that shows an answer, by its row's `id`, `comment_id` and `comment_retired_at`."""
    attached = row.comment_id is not None and row.comment_retired_at is None
    return f"c{row.comment_id}" if attached else f"s{row.id}"


async def locked_seed(connection: AsyncConnection, ref: str, at: datetime) -> tuple[Writing, Row[Any]]:
    """Lock the course of an answer and read the answer.

    Raises:
        CoursebotError: "curate-gone" where there is none.
    """
    found = await find_seed(connection, ref)
    locked = await lock_course(connection, found.course) if found else None
    # Somebody may have taken it out while this waited.
    found = await find_seed(connection, ref) if locked else None
    if found is None or locked is None:
        raise CoursebotError("curate-gone")
    return Writing(connection=connection, course=locked, at=at), found


async def lesson_id(writing: Writing, slug: str | None) -> int | None:
    """The row of a lesson of the course.

    Raises:
        CoursebotError: "curate-no-lesson" for one that it does not have.
    """
    if not slug:
        return None
    query = select(lesson.c.id).where(
        lesson.c.course_id == writing.course.id, lesson.c.slug == slug, lesson.c.retired_at.is_(None)
    )
    found = await writing.connection.scalar(query)
    if found is None:
        raise CoursebotError("curate-no-lesson", lesson=slug)
    return int(found)


async def snapshot(connection: AsyncConnection, seed_id: int) -> Snapshot | None:
    """What an answer says now, in whatever state it is."""
    query = (
        select(seed.c.question, seed.c.answer, seed.c.author, seed.c.state, lesson.c.slug.label("lesson"))
        .select_from(seed)
        .outerjoin(lesson, lesson.c.id == seed.c.lesson_id)
        .where(seed.c.id == seed_id)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    aliases = await connection.scalars(
        select(seed_alias.c.text).where(seed_alias.c.seed_id == seed_id).order_by(seed_alias.c.position)
    )
    return {**snapshot_of(seed_with(row, aliases.all())), "state": row.state}


def snapshot_of(value: Seed) -> Snapshot:
    """The snapshot of an active answer that says this."""
    return {
        "question": value.question,
        "answer": value.answer,
        "author": value.author,
        "state": ACTIVE,
        "lesson": value.lesson,
        "aliases": list(value.aliases),
    }


def seed_of(fields: Mapping[str, Any]) -> Seed:
    """The answer that a snapshot holds."""
    return Seed(
        question=fields["question"],
        answer=fields["answer"],
        aliases=tuple(fields["aliases"]),
        lesson=fields["lesson"],
        author=fields["author"],
    )


async def write(writing: Writing, seed_id: int, value: Seed, *, state: str = ACTIVE) -> None:
    """Let an answer say something else, or be in another state.

    Raises:
        CoursebotError: "curate-taken" when another active answer has that question, "curate-no-lesson".
    """
    place = await lesson_id(writing, value.lesson)
    key = question_key(value.question)
    if state == ACTIVE:
        await _keep_single(writing, seed_id, place, key)
    await writing.connection.execute(
        update(seed)
        .where(seed.c.id == seed_id)
        .values(
            lesson_id=place,
            question=value.question,
            question_key=key,
            answer=value.answer,
            author=value.author,
            state=state,
            revision=writing.revision,
            updated_at=writing.at,
        )
    )
    await writing.connection.execute(delete(seed_alias).where(seed_alias.c.seed_id == seed_id))
    rows = [
        {"seed_id": seed_id, "position": position, "text": alias}
        for position, alias in enumerate(value.aliases, start=1)
    ]
    if rows:
        await writing.connection.execute(insert(seed_alias), rows)


async def _keep_single(writing: Writing, seed_id: int, place: int | None, key: str) -> None:
    """One active answer for a question of a lesson, or of the course; and one for a comment."""
    same_place = seed.c.lesson_id.is_(None) if place is None else seed.c.lesson_id == place
    others = select(seed.c.id).where(
        seed.c.course_id == writing.course.id, seed.c.state == ACTIVE, seed.c.id != seed_id
    )
    if await writing.connection.scalar(others.where(same_place, seed.c.question_key == key)):
        raise CoursebotError("curate-taken")
    attached = select(seed.c.comment_id).where(seed.c.id == seed_id).scalar_subquery()
    if await writing.connection.scalar(others.where(seed.c.comment_id == attached)):
        raise CoursebotError("curate-taken")
