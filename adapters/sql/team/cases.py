"""Cases from their first reader to the last one told: `bot.team.cases.CaseStore` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, or_, select, update

from adapters.sql.team.case_desk import OPEN, SqlCaseDesk, forget_readers
from adapters.sql.team.case_rows import read_cases
from adapters.sql.team.case_tables import case_draft, case_reader, reader_case
from bot.messages import Chat, Person, Platform
from bot.team.cases import Case, CaseState, Waiter


class SqlCaseStore(SqlCaseDesk):
    """Implements `bot.team.cases.CaseStore`."""

    async def unsettled(self, *, limit: int = 100) -> list[int]:
        """Numbers of the cases that were closed and not settled."""
        query = (
            select(reader_case.c.id)
            .where(~OPEN, reader_case.c.settled_at.is_(None))
            .order_by(reader_case.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return list(await connection.scalars(query))

    async def waiters(self, number: int) -> list[Waiter]:
        """Who is to be told, in the order they asked."""
        query = (
            select(case_reader)
            .where(case_reader.c.case_id == number, case_reader.c.user_id.is_not(None))
            .order_by(case_reader.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Waiter(
                id=row.id,
                chat=Chat(
                    platform=Platform(row.platform), id=row.chat, thread=row.thread, private=row.private
                ),
                person=Person(platform=Platform(row.platform), id=row.user_id),
                language=row.language,
            )
            for row in rows
        ]

    async def settle(self, number: int, *, at: datetime) -> None:
        """All is done: forget who and where the readers are."""
        async with self._database.write() as connection:
            await forget_readers(connection, number)
            await connection.execute(
                update(reader_case).where(reader_case.c.id == number, ~OPEN).values(settled_at=at)
            )

    async def worded(self, readers: Sequence[int]) -> list[str]:
        """The words of these readers, each once."""
        query = select(case_reader.c.question).where(case_reader.c.id.in_(readers)).order_by(case_reader.c.id)
        async with self._database.read() as connection:
            return list(dict.fromkeys(await connection.scalars(query)))

    async def batch(self, *, before: datetime, at: datetime) -> None:
        """Put the new cases into a batch, when the first of them was opened before that time."""
        new = OPEN & reader_case.c.batch.is_(None) & reader_case.c.told_at.is_(None)
        async with self._database.write() as connection:
            first = await connection.scalar(select(func.min(reader_case.c.opened_at)).where(new))
            if first is None or first > before:
                return
            last = await connection.scalar(select(func.max(reader_case.c.batch))) or 0
            await connection.execute(update(reader_case).where(new).values(batch=last + 1))

    async def untold(self) -> list[int]:
        """Numbers of the batches that were not handed over yet."""
        query = (
            select(reader_case.c.batch)
            .where(reader_case.c.batch.is_not(None), reader_case.c.told_at.is_(None))
            .distinct()
            .order_by(reader_case.c.batch)
        )
        async with self._database.read() as connection:
            return [number for number in await connection.scalars(query) if number is not None]

    async def told(self, batch: int, *, at: datetime) -> None:
        """A batch was handed over."""
        async with self._database.write() as connection:
            await connection.execute(
                update(reader_case).where(reader_case.c.batch == batch).values(told_at=at)
            )

    async def batched(self, batch: int) -> list[Case]:
        """The cases of a batch that are still open, the most wanted first."""
        async with self._database.read() as connection:
            found = await read_cases(connection, OPEN & (reader_case.c.batch == batch))
        return sorted(found, key=lambda case: (-case.readers, case.id))

    async def purge(self, *, before: datetime) -> int:
        """Forget cases that were closed, or opened and never answered, before that time; how many.

        What the team ignored is kept as words alone, so that it does not come back.
        """
        ignored = reader_case.c.state == CaseState.IGNORED.value
        asked_since = exists().where(case_reader.c.case_id == reader_case.c.id, case_reader.c.at >= before)
        forgotten = (reader_case.c.opened_at < before) & ~asked_since & reader_case.c.comment_id.is_(None)
        old = select(reader_case.c.id).where(
            or_(
                OPEN & forgotten,
                ~OPEN & (reader_case.c.closed_at < before) & reader_case.c.settled_at.is_not(None) & ~ignored,
            )
        )
        async with self._database.write() as connection:
            numbers = list(await connection.scalars(old))
            done = select(reader_case.c.id).where(OPEN | reader_case.c.settled_at.is_not(None))
            await connection.execute(
                delete(case_reader).where(case_reader.c.at < before, case_reader.c.case_id.in_(done))
            )
            # A case that others were merged into goes last, when they have gone.
            held = set(
                await connection.scalars(
                    select(reader_case.c.merged_into).where(
                        reader_case.c.merged_into.in_(numbers), reader_case.c.id.not_in(numbers)
                    )
                )
            )
            numbers = [number for number in numbers if number not in held]
            for table in (case_reader, case_draft):
                await connection.execute(delete(table).where(table.c.case_id.in_(numbers)))
            await connection.execute(
                update(reader_case).where(reader_case.c.id.in_(numbers)).values(merged_into=None)
            )
            await connection.execute(delete(reader_case).where(reader_case.c.id.in_(numbers)))
            return len(numbers)
