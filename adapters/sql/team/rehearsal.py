"""Trying a change on the real database and taking it back: `bot.team.impact.Rehearsal` in SQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from sqlalchemy import select

from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.tables import course as courses
from bot.stores import EntryChanges
from bot.team.impact import Rehearsed

T = TypeVar("T")


class SqlRehearsal:
    """Implements `bot.team.impact.Rehearsal`. While it lasts, others that write to SQLite wait."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rehearse(
        self, course: str, work: Callable[[], Awaitable[T]], *, most: int
    ) -> tuple[T, Rehearsed | None]:
        """Do `work` in a transaction that is rolled back; see the port."""
        async with self._database.rehearse() as connection:
            stored = select(courses.c.revision).where(courses.c.slug == course)
            before = await connection.scalar(stored) or 0
            result = await work()
            after = await connection.scalar(stored) or 0
            batches: list[EntryChanges] = []
            count = 0
            if after != before:
                changes = SqlEntryFeed(self._database).changes(course, since=before)
                async with aclosing(changes) as feed:
                    async for batch in feed:
                        batches.append(batch)
                        count += len(batch.upserts) + len(batch.removed)
                        if count > most:
                            return result, None
        return result, Rehearsed(
            course=course,
            since=before,
            revision=after,
            upserts=tuple(entry for batch in batches for entry in batch.upserts),
            removed=tuple(ref for batch in batches for ref in batch.removed),
        )
