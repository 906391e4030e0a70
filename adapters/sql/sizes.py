"""How many entries every course has, counted without reading them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.reader_tables import SHOWN, wording
from adapters.sql.tables import ACTIVE, comment, course, lesson, passage, seed, seed_alias
from adapters.sql.team.rulings import count_rulings


async def entry_sizes(connection: AsyncConnection) -> dict[str, range]:
    """In which range the number of documents of each course is, by slug.

    Exact but for other wordings of a question: one that is given twice, or belongs to what is no more, is counted
    and not indexed.
    """
    least, more = Counter[int](), Counter[int]()
    for table in (comment, passage):
        live = select(lesson.c.course_id).select_from(table).join(lesson).where(table.c.retired_at.is_(None))
        least.update(await _numbers(connection, live))
    alone = seed.c.comment_id.is_(None) | comment.c.retired_at.is_not(None)
    least.update(await _numbers(connection, _seeds().outerjoin(comment).where(alone)))
    more.update(await _numbers(connection, _seeds().join(seed_alias)))
    more.update(await _numbers(connection, _seeds().join(wording).where(wording.c.state == SHOWN)))
    confirmed = select(lesson.c.course_id).select_from(wording).join(comment).join(lesson)
    more.update(await _numbers(connection, confirmed.where(wording.c.state == SHOWN)))
    out, pins = await count_rulings(connection)
    more.update(pins)
    slugs = await connection.execute(select(course.c.id, course.c.slug))
    # What is ruled out may be no more, and then is not missing.
    return {
        row.slug: range(least[row.id] - out.get(row.id, 0), least[row.id] + more[row.id] + 1) for row in slugs
    }


def _seeds() -> Select[Any]:
    return select(seed.c.course_id).select_from(seed).where(seed.c.state == ACTIVE)


async def _numbers(connection: AsyncConnection, rows: Select[Any]) -> dict[int, int]:
    """Number of rows of each course, given a query of the courses' ids."""
    of = rows.selected_columns[0]
    counted = await connection.execute(rows.add_columns(func.count()).group_by(of))
    return {row[0]: row[1] for row in counted}
