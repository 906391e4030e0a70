"""Which comment a seeded answer belongs to: one whose whole text is the seed's question, white space aside.

Looked for again whenever the course or its seeds changed, so it does not matter which of the two came first.
Once attached, a seed stays with its comment through later edits of the comment's text.
"""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.fingerprints import text_key
from adapters.sql.tables import ACTIVE, comment, lesson, seed


async def attach_seeds(connection: AsyncConnection, course_id: int, revision: int) -> None:
    """Attach the course's active seeds that have no live comment where there is one, and stamp them.

    A comment takes one seed: one for its own lesson before one for the whole course, then the older.
    """
    loose = (
        await connection.execute(
            select(seed.c.id, seed.c.lesson_id, seed.c.question)
            .outerjoin(comment, comment.c.id == seed.c.comment_id)
            .where(
                seed.c.course_id == course_id,
                seed.c.state == ACTIVE,
                or_(seed.c.comment_id.is_(None), comment.c.retired_at.is_not(None)),
            )
            .order_by(seed.c.lesson_id.is_(None), seed.c.id)
        )
    ).all()
    if not loose:
        return
    free = await _free_comments(connection, course_id)
    attached = []
    for row in loose:
        candidates = free.get(text_key(row.question), {})
        chosen = next(
            (id_ for id_, lesson_id in candidates.items() if row.lesson_id in {None, lesson_id}), None
        )
        if chosen is not None:
            del candidates[chosen]
            attached.append({"row_id": row.id, "comment_id": chosen, "revision": revision})
    if attached:
        await connection.execute(
            update(seed)
            .where(seed.c.id == bindparam("row_id"))
            .values(comment_id=bindparam("comment_id"), revision=bindparam("revision")),
            attached,
        )


async def _free_comments(connection: AsyncConnection, course_id: int) -> dict[str, dict[int, int]]:
    """Live comments without an active seed, in reading order: lesson id by comment id, by text key."""
    free: dict[str, dict[int, int]] = {}
    for id_, lesson_id, key in await connection.execute(
        select(comment.c.id, comment.c.lesson_id, comment.c.text_key)
        .select_from(comment)
        .join(lesson, lesson.c.id == comment.c.lesson_id)
        .outerjoin(seed, (seed.c.comment_id == comment.c.id) & (seed.c.state == ACTIVE))
        .where(lesson.c.course_id == course_id, comment.c.retired_at.is_(None), seed.c.id.is_(None))
        .order_by(lesson.c.position, comment.c.position)
    ):
        free.setdefault(key, {})[id_] = lesson_id
    return free
