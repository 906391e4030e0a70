"""How often entries were the answer: `bot.team.curation.Usage` in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from adapters.sql.database import Database
from adapters.sql.reader_tables import question
from bot.readers import Ending


class SqlUsage:
    """Implements `bot.team.curation.Usage`, from the question log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, refs: Sequence[str]) -> dict[str, int]:
        """How often each of these entries was found; those never found are left out."""
        query = (
            select(question.c.best_ref, func.count())
            .where(question.c.best_ref.in_(refs), question.c.ending == Ending.FOUND.value)
            .group_by(question.c.best_ref)
        )
        async with self._database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}
