"""The inbox: what platforms delivered, kept until it is answered, and which messages the answers are.

A busy moment brings hundreds of updates at once and a commit waits for the disk, so marks that are made while
another transaction runs share the next one (`_Marks`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.database import Database
from adapters.sql.tables import inbox, sent_answer
from adapters.sql.upserting import insert_missing, upsert
from bot.ports import KeptUpdate

_AT_ONCE = 500
"""Numbers in one IN (…): far below SQLite's limit of 32,766 parameters."""

_Mark = Callable[[AsyncConnection], Awaitable[None]]


class SqlInbox:
    """An `Inbox` in the database; errors as in `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = _Marks(database)

    async def keep(
        self, account: str, updates: Sequence[tuple[int, str]], *, at: datetime
    ) -> list[KeptUpdate]:
        """Keep (number, payload) pairs, in one transaction; those of them that are not done, in order."""
        if not updates:
            return []
        rows = [
            {
                "account": account,
                "number": number,
                "payload": payload,
                "received_at": at,
                "starts": 0,
                "done": False,
            }
            for number, payload in updates
        ]
        found: list[KeptUpdate] = []
        async with self._database.write() as connection:
            await insert_missing(connection, inbox, rows)
            for first in range(0, len(updates), _AT_ONCE):
                numbers = [number for number, _ in updates[first : first + _AT_ONCE]]
                rows_kept = await connection.execute(_waiting(account).where(inbox.c.number.in_(numbers)))
                found += [_kept(row) for row in rows_kept]
        return found

    async def waiting(self, account: str) -> list[KeptUpdate]:
        """What is not done, in the order it came."""
        async with self._database.read() as connection:
            return [_kept(row) for row in await connection.execute(_waiting(account))]

    async def begun(self, account: str, number: int) -> None:
        """Count that it is begun again."""
        await self._set(account, number, starts=inbox.c.starts + 1)

    async def done(self, account: str, number: int) -> None:
        """Mark as answered and forget the payload."""
        await self._set(account, number, done=True, payload="")

    async def sent(
        self, account: str, chat: str, question: str, messages: Sequence[str], *, at: datetime
    ) -> None:
        """Remember which messages make up the answer to a question so far."""
        row = {
            "account": account,
            "chat": chat,
            "question": question,
            "messages": json.dumps(list(messages)),
            "sent_at": at,
        }

        async def mark(connection: AsyncConnection) -> None:
            await upsert(connection, sent_answer, [row], key=["account", "chat", "question"])

        await self._marks.make(mark)

    async def answer(self, account: str, chat: str, question: str) -> tuple[str, ...]:
        """The messages that make up the answer to a question, in order."""
        of_question = (
            (sent_answer.c.account == account)
            & (sent_answer.c.chat == chat)
            & (sent_answer.c.question == question)
        )
        async with self._database.read() as connection:
            found = await connection.scalar(select(sent_answer.c.messages).where(of_question))
        return tuple(json.loads(found)) if found else ()

    async def _set(self, account: str, number: int, **values: object) -> None:
        """Change columns of one update."""

        async def mark(connection: AsyncConnection) -> None:
            of_update = (inbox.c.account == account) & (inbox.c.number == number)
            await connection.execute(update(inbox).where(of_update).values(**values))

        await self._marks.make(mark)

    async def prune(self, *, before: datetime) -> None:
        """Forget what was done, and the messages sent, before that time."""
        async with self._database.write() as connection:
            await connection.execute(delete(inbox).where(inbox.c.done, inbox.c.received_at < before))
            await connection.execute(delete(sent_answer).where(sent_answer.c.sent_at < before))


class _Marks:
    """Small writes that share transactions: each waits until its own is committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: list[tuple[_Mark, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def make(self, mark: _Mark) -> None:
        """Make the mark; whoever is cancelled while waiting has it made all the same."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((mark, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await future

    async def _write(self) -> None:
        while self._pending:
            batch, self._pending = self._pending, []
            try:
                async with self._database.write() as connection:
                    for mark, _ in batch:
                        await mark(connection)
            except BaseException as error:
                _settle([future for _, future in batch], error)
                if not isinstance(error, Exception):
                    raise
            else:
                _settle([future for _, future in batch])


def _settle(futures: Sequence[asyncio.Future[None]], error: BaseException | None = None) -> None:
    for future in futures:
        if future.done():  # whoever waited was cancelled
            continue
        if error is None:
            future.set_result(None)
        elif isinstance(error, Exception):
            future.set_exception(error)
        else:
            future.cancel()


def _waiting(account: str) -> Select[Any]:
    columns = (inbox.c.number, inbox.c.payload, inbox.c.received_at, inbox.c.starts)
    return select(*columns).where(inbox.c.account == account, ~inbox.c.done).order_by(inbox.c.id)


def _kept(row: Any) -> KeptUpdate:
    return KeptUpdate(id=row.number, payload=row.payload, received_at=row.received_at, starts=row.starts)
