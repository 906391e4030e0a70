"""Taking in what readers were not answered: `bot.team.cases.CaseIntake` in SQL, and erasing and moving it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.database import Database
from adapters.sql.fingerprints import wording_key
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import vote
from adapters.sql.team.case_rows import final
from adapters.sql.team.case_tables import case_reader, reader_case
from adapters.sql.upserting import insert_missing, insert_new
from bot.messages import Person, Platform
from bot.team.cases import CaseState, Cause, Reported, Wish, Wording

NOWHERE: dict[str, Any] = {"platform": None, "chat": None, "thread": None, "private": None, "user_id": None}
"""The place of a reader who is not told."""


class SqlCaseIntake:
    """Implements `bot.team.cases.CaseIntake`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def wordings(self, course: str, *, limit: int = 2000) -> list[Wording]:
        """The wordings of a course's open cases, those of the newest first."""
        is_open = (
            (reader_case.c.state == CaseState.OPEN.value)
            & (reader_case.c.course == course)
            & reader_case.c.comment_id.is_(None)
        )
        first = select(reader_case.c.id.label("number"), reader_case.c.question.label("text")).where(is_open)
        others = (
            select(case_reader.c.case_id.label("number"), case_reader.c.question.label("text"))
            .join(reader_case, reader_case.c.id == case_reader.c.case_id)
            .where(is_open)
        )
        both = union_all(first, others).subquery()
        query = select(both.c.number, both.c.text).distinct().order_by(both.c.number.desc()).limit(limit)
        async with self._database.read() as connection:
            return [Wording(number, text) for number, text in await connection.execute(query)]

    async def report(self, wish: Wish, *, case: int | None = None) -> Reported:
        """Count a reader in a case, once; see the port."""
        person = await self._pseudonyms.person(wish.person)
        key = wording_key(wish.question)
        async with self._database.write() as connection:
            number = await _locked(connection, await final(connection, case)) if case else None
            number = number or await _same_words(connection, wish.course, key)
            opened = False
            if number is None:
                if wish.cause is Cause.NOT_FOUND and (gone := await _ignored(connection, wish.course, key)):
                    return Reported(gone, opened=False, joined=False, ignored=True)
                number, opened = await _opened(connection, wish, key)
            if wish.ref:
                await _count_doubters(connection, number, wish, key)
            joined = await _join(connection, number, wish, person)
            return Reported(number, opened=opened, joined=joined)

    async def reported_since(self, since: datetime, *, person: Person) -> int:
        """In how many cases a person was counted after that time."""
        who = await self._pseudonyms.person(person)
        query = select(func.count()).where(case_reader.c.person == who, case_reader.c.at > since)
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0


async def erase_wishes(connection: AsyncConnection, who: str) -> None:
    """Take a person (a keyed hash) out of all cases; the questions stay, and are nobody's."""
    await connection.execute(delete(case_reader).where(case_reader.c.person == who))


async def wishes_of(connection: AsyncConnection, who: str) -> int:
    """In how many cases a person waits or is counted."""
    return await connection.scalar(select(func.count()).where(case_reader.c.person == who)) or 0


async def move_wishes(connection: AsyncConnection, platform: Platform, old: str, new: str) -> None:
    """Tell in chat `new` what was to be told in chat `old`."""
    of_old = (case_reader.c.platform == platform.value) & (case_reader.c.chat == old)
    await connection.execute(update(case_reader).where(of_old).values(chat=new))


async def _locked(connection: AsyncConnection, number: int) -> int | None:
    """The case, kept from ending meanwhile; None when it is not open."""
    query = select(reader_case.c.id).where(
        reader_case.c.id == number, reader_case.c.state == CaseState.OPEN.value
    )
    found: int | None = await connection.scalar(query.with_for_update())
    return found


async def _same_words(connection: AsyncConnection, course: str, key: str) -> int | None:
    query = select(reader_case.c.id).where(
        reader_case.c.state == CaseState.OPEN.value,
        reader_case.c.comment_id.is_(None),
        reader_case.c.course == course,
        reader_case.c.question_key == key,
    )
    found: int | None = await connection.scalar(query.with_for_update())
    return found


async def _ignored(connection: AsyncConnection, course: str, key: str) -> int | None:
    """A case of these words that the team chose to ignore."""
    query = select(reader_case.c.id).where(
        reader_case.c.state == CaseState.IGNORED.value,
        reader_case.c.course == course,
        reader_case.c.question_key == key,
    )
    found: int | None = await connection.scalar(query.limit(1))
    return found


async def _opened(connection: AsyncConnection, wish: Wish, key: str) -> tuple[int, bool]:
    """A new case, or the one that somebody opened at the same moment."""
    row = {
        "state": CaseState.OPEN.value,
        "cause": wish.cause.value,
        "course": wish.course,
        "question": wish.question,
        "question_key": key,
        "answer": "",
        "entry": "",
        "closed_by": "",
        "closed_by_name": "",
        "assignee": "",
        "opened_at": wish.at,
    }
    new = await insert_new(connection, reader_case, row)
    number = await _same_words(connection, wish.course, key)
    if number is None:  # it was opened and closed by others between two statements
        raise RuntimeError("a case vanished while it was opened")
    return number, new


async def _join(connection: AsyncConnection, number: int, wish: Wish, person: str) -> bool:
    waits = wish.cause is not Cause.DOUBTED and wish.chat.platform is not Platform.CONSOLE
    place = {
        "platform": wish.chat.platform.value,
        "chat": wish.chat.id,
        "thread": wish.chat.thread,
        "private": wish.chat.private,
        "user_id": wish.person.id,
    }
    row = {
        "case_id": number,
        "person": person,
        "question": wish.question,
        "language": wish.language,
        "waits": waits,
        "at": wish.at,
        **(place if waits else NOWHERE),
    }
    if await insert_new(connection, case_reader, row):
        return True
    mine = (case_reader.c.case_id == number) & (case_reader.c.person == person)
    if not waits:
        return False
    done = await connection.execute(
        update(case_reader)
        .where(mine, ~case_reader.c.waits)
        .values(waits=True, language=wish.language, **place)
    )
    return done.rowcount > 0


async def _count_doubters(connection: AsyncConnection, number: int, wish: Wish, key: str) -> None:
    """Count everybody who found that entry wrong for the question; they asked for nothing and are not told."""
    people = await connection.scalars(
        select(vote.c.person).where(vote.c.ref == wish.ref, vote.c.question_key == key, ~vote.c.up)
    )
    rows = [
        {
            "case_id": number,
            "person": person,
            "question": wish.question,
            "language": wish.language,
            "waits": False,
            "at": wish.at,
            **NOWHERE,
        }
        for person in people
    ]
    await insert_missing(connection, case_reader, rows)
