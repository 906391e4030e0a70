"""The words of questions that were asked, without anything of who asked them: what thresholds are tried on."""

from __future__ import annotations

from sqlalchemy import or_, select

from adapters.sql.database import Database
from adapters.sql.reader_tables import question


async def past_questions(database: Database, course: str, *, limit: int) -> list[str]:
    """The last questions that were put to a course, or to all courses; each wording once, newest first."""
    query = (
        select(question.c.text)
        .where(or_(question.c.course == course, question.c.course == ""), question.c.alone)
        .order_by(question.c.at.desc(), question.c.id.desc())
        .limit(limit)
    )
    async with database.read() as connection:
        found = (await connection.execute(query)).scalars().all()
    return list(dict.fromkeys(found))
