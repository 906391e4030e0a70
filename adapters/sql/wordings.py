"""Wordings that readers confirmed: aliases of a comment's or an answer's question, beside those that admins gave.

The rule (docs/matching.md): two readers' 👍 on the same question and entry make the question's wording an alias
at once; two readers' 👎 suspend it. A passage has no question, so it has no wordings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import stamping
from adapters.sql.fingerprints import wording_key
from adapters.sql.reader_tables import SHOWN, SUSPENDED, wording
from adapters.sql.stamping import LockedCourse, lock_course
from adapters.sql.tables import ACTIVE, comment, course, lesson, seed, seed_alias

CONFIRMATIONS = 2
"""How many different readers confirm, or reject, a wording."""

LONGEST = 200
"""Characters of a wording: longer questions tell a story that nobody asks twice in the same words."""


@dataclass(frozen=True, slots=True)
class Target:
    """The live entry that a wording belongs to, in a course that is locked.

    Attributes:
        course: the locked course.
        comment_id: the comment, or None.
        seed_id: the answer that stands by itself, or None.
        keys: of the wordings that it has without readers' help.
    """

    course: LockedCourse
    comment_id: int | None
    seed_id: int | None
    keys: frozenset[str]

    @property
    def mine(self) -> ColumnElement[bool]:
        """The wordings of this entry."""
        if self.comment_id is not None:
            return wording.c.comment_id == self.comment_id
        return wording.c.seed_id == self.seed_id


async def locked_target(connection: AsyncConnection, ref: str) -> Target | None:
    """Lock the course of an entry; None for a passage and for what is not shown any more."""
    number = int(ref[1:])
    if ref.startswith("c"):
        query = (
            select(course.c.slug, comment.c.text.label("text"), seed.c.id.label("seed_id"), seed.c.question)
            .select_from(comment)
            .join(lesson, lesson.c.id == comment.c.lesson_id)
            .join(course, course.c.id == lesson.c.course_id)
            .outerjoin(seed, (seed.c.comment_id == comment.c.id) & (seed.c.state == ACTIVE))
            .where(comment.c.id == number, comment.c.retired_at.is_(None))
        )
    elif ref.startswith("s"):
        query = (
            select(course.c.slug, seed.c.question.label("text"), seed.c.id.label("seed_id"), seed.c.question)
            .select_from(seed)
            .join(course, course.c.id == seed.c.course_id)
            .where(seed.c.id == number, seed.c.state == ACTIVE)
        )
    else:
        return None
    row = (await connection.execute(query)).one_or_none()
    locked = await lock_course(connection, row.slug) if row else None
    if row is None or locked is None:
        return None
    texts = [row.text, row.question or ""]
    if row.seed_id is not None:
        texts += await connection.scalars(
            select(seed_alias.c.text).where(seed_alias.c.seed_id == row.seed_id)
        )
    is_comment = ref.startswith("c")
    return Target(
        course=locked,
        comment_id=number if is_comment else None,
        seed_id=None if is_comment else number,
        keys=frozenset(map(wording_key, texts)),
    )


async def confirm(connection: AsyncConnection, target: Target, text: str, *, at: datetime) -> bool:
    """Make a wording an alias of the entry; False when it is one already, or cannot be."""
    key = wording_key(text)
    if not key or key in target.keys or len(text) > LONGEST:
        return False
    held = await _held(connection, target, key)
    if held is None:
        await connection.execute(
            insert(wording).values(
                comment_id=target.comment_id,
                seed_id=target.seed_id,
                key=key,
                text=text,
                state=SHOWN,
                created_at=at,
                changed_at=at,
            )
        )
    elif held.state == SUSPENDED:
        await _set(connection, held.id, SHOWN, at)
    else:
        return False
    await _stamp(connection, target)
    return True


async def suspend(connection: AsyncConnection, target: Target, text: str, *, at: datetime) -> bool:
    """Take an alias back; False when it is none, or not readers' to take."""
    held = await _held(connection, target, wording_key(text))
    if held is None or held.state != SHOWN:
        return False
    await _set(connection, held.id, SUSPENDED, at)
    await _stamp(connection, target)
    return True


async def aliases_of(
    connection: AsyncConnection, *, comments: Collection[int] = (), seeds: Collection[int] = ()
) -> dict[str, tuple[str, ...]]:
    """The wordings in force of these comments and answers, by ref, the oldest first."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    if not comments and not seeds:
        return found
    rows = await connection.execute(
        select(wording.c.comment_id, wording.c.seed_id, wording.c.text)
        .where(
            wording.c.state == SHOWN,
            or_(wording.c.comment_id.in_(comments), wording.c.seed_id.in_(seeds)),
        )
        .order_by(wording.c.id)
    )
    for comment_id, seed_id, text in rows:
        found[f"s{seed_id}" if comment_id is None else f"c{comment_id}"] += (text,)
    return found


async def _held(connection: AsyncConnection, target: Target, key: str) -> Row[Any, Any] | None:
    query = select(wording.c.id, wording.c.state).where(target.mine, wording.c.key == key)
    return (await connection.execute(query)).one_or_none()


async def _set(connection: AsyncConnection, wording_id: int, state: str, at: datetime) -> None:
    await connection.execute(
        update(wording).where(wording.c.id == wording_id).values(state=state, changed_at=at)
    )


async def _stamp(connection: AsyncConnection, target: Target) -> None:
    """Raise the course's revision and mark the entry with it, so that every index follows."""
    revision = target.course.revision + 1
    table, row_id = (comment, target.comment_id) if target.comment_id is not None else (seed, target.seed_id)
    await connection.execute(update(table).where(table.c.id == row_id).values(revision=revision))
    await stamping.stamp_answers(connection, target.course.id, revision)
    await stamping.stamp_answered(connection, target.course.id, revision)
    await connection.execute(update(course).where(course.c.id == target.course.id).values(revision=revision))
