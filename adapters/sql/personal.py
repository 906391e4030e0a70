"""Telling a person what is kept of them, and erasing it: `bot.readers.PersonalData` in SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import erasing
from adapters.sql.daily.delivery_tables import subscriber
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import exercise_seen, form, preference, question, vote
from adapters.sql.team.case_intake import erase_wishes, wishes_of
from adapters.sql.team.upload_tables import upload
from bot.messages import Person
from bot.readers import Holdings


class SqlPersonalData:
    """Implements `bot.readers.PersonalData`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def of(self, person: Person) -> Holdings:
        """How much is kept of that person."""
        who = await self._pseudonyms.person(person)
        async with self._database.read() as connection:
            return await _holdings(connection, who)

    async def erase(self, person: Person) -> Holdings:
        """Erase preferences, votes, subscriptions and waiting questions, make the questions anonymous; what there was.

        An alias that two readers confirmed stays: it is the course's by then and says nothing of them.
        """
        who = await self._pseudonyms.person(person)
        async with self._database.write() as connection:
            held = await _holdings(connection, who)
            for table in (preference, vote, form, exercise_seen, upload):
                await connection.execute(delete(table).where(table.c.person == who))
            await erase_wishes(connection, who)
            await erasing.erase_subscriptions(connection, who)
            # The place goes too: in a private chat it is the person.
            await connection.execute(
                update(question).where(question.c.asker == who).values(asker=None, place=None, message=None)
            )
            return held


async def _holdings(connection: AsyncConnection, who: str) -> Holdings:
    async def number(table: Table, *which: ColumnElement[bool]) -> int:
        return await connection.scalar(select(func.count()).select_from(table).where(*which)) or 0

    chosen = or_(preference.c.language != "", preference.c.course != "")
    return Holdings(
        preferences=await number(preference, preference.c.person == who, chosen),
        questions=await number(question, question.c.asker == who),
        votes=await number(vote, vote.c.person == who),
        requests=await wishes_of(connection, who),
        exercises=await number(exercise_seen, exercise_seen.c.person == who),
        subscriptions=await number(subscriber, subscriber.c.person == who, subscriber.c.private),
    )
