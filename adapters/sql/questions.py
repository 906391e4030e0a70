"""Questions that were asked: `bot.readers.QuestionLog` in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select

from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import question
from adapters.sql.together import Together
from adapters.sql.upserting import upsert
from bot.messages import Chat, Person
from bot.readers import AskedQuestion, Ending, Finding


class SqlQuestionLog:
    """Implements `bot.readers.QuestionLog`.

    Questions that come while others are being written are written together in the next transaction.
    """

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._writing = Together(self._write)

    async def add(self, question: AskedQuestion, *, chat: Chat, asker: Person, message: str = "") -> None:
        """Keep a question; it is on disk when this returns."""
        await self._writing.do(await self._row(question, chat, asker, message))

    async def _write(self, rows: Sequence[dict[str, Any]]) -> list[None]:
        # A message's question is replaced; without a message NULLs never meet.
        async with self._database.write() as connection:
            await upsert(connection, question, rows, key=["message"])
        return [None] * len(rows)

    async def _row(self, asked: AskedQuestion, chat: Chat, asker: Person, message: str) -> dict[str, Any]:
        best = asked.findings[0] if asked.findings else None
        return {
            "token": asked.id,
            "text": asked.text,
            "language": asked.language,
            "course": asked.course,
            "ending": asked.ending.value,
            "findings": _packed(asked.findings),
            "best_ref": best.ref if best else "",
            "score": best.score if best else 0.0,
            "alone": asked.alone,
            "unasked": asked.unasked,
            "platform": chat.platform.value,
            "chat_kind": "private" if chat.private else "group",
            "place": await self._pseudonyms.place(chat),
            "asker": await self._pseudonyms.person(asker),
            "message": await self._pseudonyms.message(chat, message) if message else None,
            "at": asked.at,
        }

    async def recall(self, id: str, *, chat: Chat, person: Person) -> AskedQuestion | None:  # noqa: A002
        """The question of that id, if it was asked in that chat; `mine` is for that person."""
        who = await self._pseudonyms.person(person)
        place = await self._pseudonyms.place(chat)
        return await self._one((question.c.token == id) & (question.c.place == place), who)

    async def asked_as(self, message: str, *, chat: Chat) -> AskedQuestion | None:
        """The question that a message of that id in that chat asked."""
        return await self._one(question.c.message == await self._pseudonyms.message(chat, message), None)

    async def _one(self, which: ColumnElement[bool], who: str | None) -> AskedQuestion | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(question).where(which))).one_or_none()
        return None if row is None else _asked(row, mine=row.asker == who)

    async def unasked_since(self, since: datetime, *, chat: Chat) -> int:
        """How many questions in that chat were answered unasked after that time."""
        place = await self._pseudonyms.place(chat)
        columns = question.c
        query = select(func.count()).where(columns.place == place, columns.at > since, columns.unasked)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def last_answer(self, chat: Chat) -> str:
        """Ref of the last answer that was found in that chat, or empty."""
        place = await self._pseudonyms.place(chat)
        query = (
            select(question.c.best_ref)
            .where(question.c.place == place, question.c.ending == Ending.FOUND.value)
            .order_by(question.c.at.desc(), question.c.id.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or ""

    async def purge(self, *, before: datetime) -> int:
        """Forget the questions asked before that time; how many they were."""
        async with self._database.write() as connection:
            done = await connection.execute(delete(question).where(question.c.at < before))
            return done.rowcount


def _packed(findings: tuple[Finding, ...]) -> str:
    """As a JSON list of [ref, score, matched, missing, wording]."""
    rows = [[each.ref, each.score, each.matched, each.missing, each.wording] for each in findings]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _asked(row: Row[Any], *, mine: bool) -> AskedQuestion:
    return AskedQuestion(
        id=row.token,
        text=row.text,
        language=row.language,
        course=row.course,
        ending=Ending(row.ending),
        findings=tuple(
            Finding(ref=ref, score=score, matched=tuple(matched), missing=tuple(missing), wording=wording)
            for ref, score, matched, missing, wording in json.loads(row.findings)
        ),
        at=row.at,
        alone=row.alone,
        unasked=row.unasked,
        mine=mine,
    )
