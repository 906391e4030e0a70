"""Keyed hashes in place of people and chats: the same one gives the same hash, and no hash gives a name.

The key is random, made with the database and kept in it, so rows cannot be matched with those of another
database, nor with a list of the platform's ids by anybody who has only an export of the rows.
"""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import select

from adapters.sql.database import Database
from adapters.sql.reader_tables import secret
from bot.messages import Chat, Person


class Pseudonyms:
    """Hashes with the database's own key, which is read once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key = b""

    async def person(self, person: Person) -> str:
        """A person on a platform; names and languages make no difference."""
        return await self._hash("person", person.platform.value, person.id)

    async def place(self, chat: Chat) -> str:
        """A topic of a chat on a platform."""
        return await self._hash("place", chat.platform.value, chat.id, chat.thread)

    async def message(self, chat: Chat, message: str) -> str:
        """A message in a chat, whatever its topic."""
        return await self._hash("message", chat.platform.value, chat.id, message)

    async def _hash(self, *parts: str) -> str:
        """128 bits in hexadecimal; lengths keep the parts apart."""
        if not self._key:
            async with self._database.read() as connection:
                value = await connection.scalar(select(secret.c.value).where(secret.c.name == "pseudonyms"))
            self._key = bytes.fromhex(value or "")
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).hexdigest()
