"""The words of questions that were asked, without anything of who asked them: what changes are tried on."""

from __future__ import annotations

from sqlalchemy import or_, select

from adapters.sql.database import Database
from adapters.sql.reader_tables import question
from bot.team.impact import PastQuestion


class SqlPastQuestions:
    """Implements `bot.team.impact.PastQuestions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last(self, course: str, *, limit: int) -> list[PastQuestion]:
        """Read the last questions that were put to a course, or to all courses; see the port."""
        query = (
            select(question.c.text, question.c.course)
            .where(or_(question.c.course == course, question.c.course == ""), question.c.alone)
            .order_by(question.c.at.desc(), question.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()
        return list(dict.fromkeys(PastQuestion(row.text, row.course) for row in found))
