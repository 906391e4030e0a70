"""What readers and the managers of chats chose: `bot.ports.PreferenceStore` and `bot.readers.ChatStore` in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, select, update

from adapters.sql import moving
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import chat_setting, preference
from adapters.sql.team.case_intake import move_wishes
from adapters.sql.together import Together
from adapters.sql.upserting import upsert
from bot.messages import Chat, Person, Platform
from bot.ports import Preference
from bot.readers import ChatSetting


class SqlPreferenceStore:
    """Implements `bot.ports.PreferenceStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._reading = Together(self._read)

    async def of(self, person: Person) -> Preference:
        """What the reader chose; an empty preference when nothing."""
        return await self._reading.do(await self._pseudonyms.person(person))

    async def _read(self, people: Sequence[str]) -> list[Preference]:
        query = select(preference).where(preference.c.person.in_(people))
        async with self._database.read() as connection:
            chosen = {
                row.person: Preference(language=row.language, course=row.course)
                for row in await connection.execute(query)
            }
        return [chosen.get(who, Preference()) for who in people]

    async def save(self, person: Person, preference: Preference) -> None:
        """Keep the reader's choice."""
        row = {
            "person": await self._pseudonyms.person(person),
            "language": preference.language,
            "course": preference.course,
        }
        async with self._database.write() as connection:
            await upsert(connection, _preference, [row], key=["person"])


_preference = preference


class SqlChatStore:
    """Implements `bot.readers.ChatStore` and `bot.ports.ChatMoves`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = Together(self._read)

    async def of(self, chat: Chat) -> ChatSetting:
        """The setting of the topic, else of the whole chat, else the default."""
        return await self._reading.do(chat)

    async def _read(self, chats: Sequence[Chat]) -> list[ChatSetting]:
        columns = chat_setting.c
        query = select(chat_setting).where(columns.chat.in_({chat.id for chat in chats}))
        async with self._database.read() as connection:
            chosen = {
                (row.platform, row.chat, row.thread): ChatSetting(
                    course=row.course, unasked=row.unasked, hourly=row.hourly
                )
                for row in await connection.execute(query)
            }
        return [
            chosen.get((chat.platform.value, chat.id, chat.thread))
            or chosen.get((chat.platform.value, chat.id, ""), ChatSetting())
            for chat in chats
        ]

    async def save(self, chat: Chat, setting: ChatSetting) -> None:
        """Keep a topic's setting, or with an empty `thread` the chat's."""
        row = {
            "platform": chat.platform.value,
            "chat": chat.id,
            "thread": chat.thread,
            "course": setting.course,
            "unasked": setting.unasked,
            "hourly": setting.hourly,
        }
        async with self._database.write() as connection:
            await upsert(connection, chat_setting, [row], key=["platform", "chat", "thread"])

    async def moved(self, platform: Platform, old: str, new: str) -> None:
        """Carry all that is kept for chat `old` over to `new`; a setting or subscription that `new` has stays."""
        columns = chat_setting.c
        of_old = and_(columns.platform == platform.value, columns.chat == old)
        taken = select(columns.thread).where(columns.platform == platform.value, columns.chat == new)
        async with self._database.write() as connection:
            threads = (await connection.scalars(taken)).all()
            await connection.execute(delete(chat_setting).where(of_old, columns.thread.in_(threads)))
            await connection.execute(update(chat_setting).where(of_old).values(chat=new))
            await move_wishes(connection, platform, old, new)
            await moving.move_subscribers(connection, platform, old, new)
