"""What the teacher was asked to answer: `bot.readers.RequestStore` in SQL."""

from __future__ import annotations

from sqlalchemy import select

from adapters.sql.database import Database
from adapters.sql.fingerprints import wording_key
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import WAITING, request
from adapters.sql.upserting import insert_new
from bot.messages import Chat, Person, Platform
from bot.opinions import Request


class SqlRequestStore:
    """Implements `bot.readers.RequestStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def add(self, request: Request) -> bool:
        """Keep a request; False when that person's request for that question is there already."""
        row = {
            "person": await self._pseudonyms.person(request.person),
            "question_key": wording_key(request.question),
            "question": request.question,
            "course": request.course,
            "language": request.language,
            "platform": request.chat.platform.value,
            "chat": request.chat.id,
            "thread": request.chat.thread,
            "private": request.chat.private,
            "user_id": request.person.id,
            "state": WAITING,
            "at": request.at,
        }
        async with self._database.write() as connection:
            return await insert_new(connection, _request, row)

    async def waiting(self, *, limit: int = 50) -> list[Request]:
        """What waits for an answer, the oldest first."""
        query = select(request).where(request.c.state == WAITING).order_by(request.c.id).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Request(
                question=row.question,
                course=row.course,
                language=row.language,
                chat=Chat(
                    platform=Platform(row.platform), id=row.chat, thread=row.thread, private=row.private
                ),
                person=Person(platform=Platform(row.platform), id=row.user_id),
                at=row.at,
            )
            for row in rows
        ]


_request = request
