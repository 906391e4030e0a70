"""Files that wait to be imported: `bot.team.pending.PendingStore` in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.team.upload_tables import upload
from bot.messages import Person
from bot.team.pending import Pending, What


class SqlPendingStore:
    """Implements `bot.team.pending.PendingStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def keep(self, pending: Pending, *, person: Person, at: datetime) -> None:
        """Keep a file; see the port."""
        row = {
            "token": pending.id,
            "person": await self._pseudonyms.person(person),
            "what": pending.what.value,
            "name": pending.name,
            "content": pending.content,
            "course": pending.course,
            "default_course": pending.default,
            "expires_at": pending.expires_at,
        }
        async with self._database.write() as connection:
            await connection.execute(delete(upload).where(upload.c.expires_at < at))
            await connection.execute(insert(upload).values(row))

    async def of(self, id: str, *, person: Person, at: datetime) -> Pending | None:  # noqa: A002
        """Give the file of that id; see the port."""
        who = await self._pseudonyms.person(person)
        query = select(upload).where(upload.c.token == id, upload.c.expires_at >= at)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Pending(
            id=row.token,
            what=What(row.what),
            name=row.name,
            content=row.content,
            course=row.course,
            default=row.default_course,
            expires_at=row.expires_at,
            mine=row.person == who,
        )

    async def drop(self, id: str) -> None:  # noqa: A002
        """Forget a file."""
        async with self._database.write() as connection:
            await connection.execute(delete(upload).where(upload.c.token == id))
