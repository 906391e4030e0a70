"""The inbox: what platforms delivered, kept until it is answered, and which messages the answers are.

A busy moment brings hundreds of updates at once and a commit waits for the disk, so what is kept or marked while
another transaction runs shares the next one, and there one statement (`_Marks`, `Together`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.database import Database
from adapters.sql.tables import inbox, sent_answer
from adapters.sql.together import Together
from adapters.sql.upserting import insert_missing, upsert
from bot.inbox import KeptUpdate

_AT_ONCE = 500
"""Numbers in one IN (…): far below SQLite's limit of 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Updates of an account to be kept."""

    account: str
    updates: Sequence[tuple[int, str]]
    at: datetime


@dataclass(frozen=True, slots=True)
class _Sent:
    """Which messages make up the answer to a question."""

    account: str
    chat: str
    question: str
    messages: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class _Done:
    """An update that is answered."""

    account: str
    number: int


@dataclass(frozen=True, slots=True)
class _Begun:
    """An update that is begun again."""

    account: str
    number: int


_Mark = _Sent | _Done | _Begun


class SqlInbox:
    """An `Inbox` in the database; errors as in `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = _Marks(self._write)
        self._keeping = Together(self._keep)

    async def keep(
        self, account: str, updates: Sequence[tuple[int, str]], *, at: datetime
    ) -> list[KeptUpdate]:
        """Keep (number, payload) pairs, in one transaction; those of them that are not done, in order."""
        return await self._keeping.do(_Kept(account, updates, at)) if updates else []

    async def _keep(self, items: Sequence[_Kept]) -> list[list[KeptUpdate]]:
        numbers: dict[str, list[int]] = {}
        rows: list[dict[str, Any]] = []
        for item in items:
            numbers.setdefault(item.account, []).extend(number for number, _ in item.updates)
            rows += [
                {
                    "account": item.account,
                    "number": number,
                    "payload": payload,
                    "received_at": item.at,
                    "starts": 0,
                    "done": False,
                }
                for number, payload in item.updates
            ]
        found: dict[str, dict[int, KeptUpdate]] = {account: {} for account in numbers}
        async with self._database.write() as connection:
            await insert_missing(connection, inbox, rows)
            for account, wanted in numbers.items():
                for some in _slices(wanted):
                    result = await connection.execute(_waiting(account).where(inbox.c.number.in_(some)))
                    found[account] |= {row.number: _update(row) for row in result}
        # In the order they were kept in, which after a first time is not that of delivery.
        return [_among(found[item.account], item.updates) for item in items]

    async def waiting(self, account: str) -> list[KeptUpdate]:
        """What is not done, in the order it came."""
        async with self._database.read() as connection:
            return [_update(row) for row in await connection.execute(_waiting(account))]

    async def begun(self, account: str, number: int) -> None:
        """Count that it is begun again."""
        await self._marks.make(_Begun(account, number))

    async def done(self, account: str, number: int) -> None:
        """Mark as answered and forget the payload."""
        await self._marks.make(_Done(account, number))

    async def sent(
        self, account: str, chat: str, question: str, messages: Sequence[str], *, at: datetime
    ) -> None:
        """Remember which messages make up the answer to a question so far."""
        await self._marks.make(_Sent(account, chat, question, json.dumps(list(messages)), at))

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

    async def prune(self, *, before: datetime) -> None:
        """Forget what was done, and the messages sent, before that time."""
        async with self._database.write() as connection:
            await connection.execute(delete(inbox).where(inbox.c.done, inbox.c.received_at < before))
            await connection.execute(delete(sent_answer).where(sent_answer.c.sent_at < before))

    async def _write(self, marks: Sequence[_Mark]) -> None:
        """Make marks in one transaction, as many as can be in one statement."""
        # Of two for the same answer the later one says all.
        sent = {(each.chat, each.question, each.account): each for each in marks if isinstance(each, _Sent)}
        done: dict[str, list[int]] = {}
        for each in marks:
            if isinstance(each, _Done):
                done.setdefault(each.account, []).append(each.number)
        async with self._database.write() as connection:
            rows = [asdict(each) for each in sent.values()]
            await upsert(connection, sent_answer, rows, key=["account", "chat", "question"])
            for each in marks:
                if isinstance(each, _Begun):
                    await _change(connection, each.account, [each.number], starts=inbox.c.starts + 1)
            for account, numbers in done.items():
                for some in _slices(numbers):
                    await _change(connection, account, some, done=True, payload="")


class _Marks:
    """Small writes that share transactions: each waits until its own is committed.

    Args:
        write: makes marks.
    """

    def __init__(self, write: Callable[[Sequence[_Mark]], Awaitable[None]]) -> None:
        self._make = write
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
                await self._make([mark for mark, _ in batch])
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


def _update(row: Any) -> KeptUpdate:
    return KeptUpdate(id=row.number, payload=row.payload, received_at=row.received_at, starts=row.starts)


def _among(found: Mapping[int, KeptUpdate], updates: Sequence[tuple[int, str]]) -> list[KeptUpdate]:
    wanted = {number for number, _ in updates}
    return [each for number, each in found.items() if number in wanted]


async def _change(
    connection: AsyncConnection, account: str, numbers: Sequence[int], **values: object
) -> None:
    """Change columns of updates."""
    which = (inbox.c.account == account) & inbox.c.number.in_(numbers)
    await connection.execute(update(inbox).where(which).values(**values))


def _slices(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[first : first + _AT_ONCE] for first in range(0, len(numbers), _AT_ONCE))
