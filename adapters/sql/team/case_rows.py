"""Reading cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.fingerprints import wording_key
from adapters.sql.tables import comment, lesson
from adapters.sql.team.case_tables import case_reader, reader_case
from bot.team.cases import Case, CaseState, Cause

AT_ONCE = 500
"""Numbers in one IN (…): far below SQLite's limit of 32,766 parameters."""


async def final(connection: AsyncConnection, number: int) -> int:
    """Number of the case that has the readers of a merged one now, or the number itself."""
    seen = {number}
    while True:
        into = await connection.scalar(select(reader_case.c.merged_into).where(reader_case.c.id == number))
        if into is None or into in seen:
            return number
        seen.add(into)
        number = into


async def read_cases(
    connection: AsyncConnection, which: ColumnElement[bool], *, limit: int | None = None, newest: bool = False
) -> list[Case]:
    """Cases with their readers counted, the oldest first."""
    order = reader_case.c.id.desc() if newest else reader_case.c.id
    query = (
        select(reader_case, lesson.c.slug.label("lesson"))
        .outerjoin(comment, comment.c.id == reader_case.c.comment_id)
        .outerjoin(lesson, lesson.c.id == comment.c.lesson_id)
        .where(which)
        .order_by(order)
        .limit(limit)
    )
    rows = (await connection.execute(query)).all()
    ids = [row.id for row in rows]
    readers: dict[int, int] = defaultdict(int)
    waiting: dict[int, int] = defaultdict(int)
    words: dict[int, list[str]] = defaultdict(list)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        merged = select(reader_case.c.merged_into, reader_case.c.question)
        for number, text in await connection.execute(
            merged.where(reader_case.c.merged_into.in_(some)).order_by(reader_case.c.id)
        ):
            words[number].append(text)
        asked = select(case_reader.c.case_id, case_reader.c.question, case_reader.c.user_id)
        for number, text, user in await connection.execute(
            asked.where(case_reader.c.case_id.in_(some)).order_by(case_reader.c.id)
        ):
            readers[number] += 1
            waiting[number] += user is not None
            words[number].append(text)
    return [_case(row, readers[row.id], waiting[row.id], words[row.id]) for row in rows]


def _case(row: Row[Any], readers: int, waiting: int, words: Sequence[str]) -> Case:
    seen = {row.question_key}
    variants = []
    for text in words:
        key = wording_key(text)
        if key not in seen:
            seen.add(key)
            variants.append(text)
    return Case(
        id=row.id,
        state=CaseState(row.state),
        cause=Cause(row.cause),
        course=row.course,
        lesson=row.lesson,
        comment="" if row.comment_id is None else f"c{row.comment_id}",
        question=row.question,
        variants=tuple(variants),
        readers=readers,
        waiting=waiting,
        opened_at=row.opened_at,
        answer=row.answer,
        entry=row.entry,
        by=row.closed_by,
        by_name=row.closed_by_name,
        assignee=row.assignee,
        settled=row.settled_at is not None,
    )
