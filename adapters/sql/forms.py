"""Forms that wait in a chat: `bot.forms.FormStore` in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import form
from adapters.sql.together import Together
from adapters.sql.upserting import insert_new
from bot.forms import FormAsked
from bot.messages import Chat, Person
from bot.replies import Field, Form

_Where = tuple[str, str]


class SqlFormStore:
    """Implements `bot.forms.FormStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._reading = Together(self._read)

    async def of(self, person: Person, chat: Chat) -> FormAsked | None:
        """The form of that person there, open or not."""
        return await self._reading.do(await self._where(person, chat))

    async def _read(self, places: Sequence[_Where]) -> list[FormAsked | None]:
        query = select(form).where(form.c.person.in_({person for person, _ in places}))
        async with self._database.read() as connection:
            held = {(row.person, row.place): _asked(row) for row in await connection.execute(query)}
        return [held.get(each) for each in places]

    async def save(self, asked: FormAsked, *, person: Person, chat: Chat) -> FormAsked | None:
        """Keep a form in place of the one of the same version (0: of any); None when that has changed meanwhile."""
        who, place = await self._where(person, chat)
        mine = (form.c.person == who, form.c.place == place)
        values = {"content": _packed(asked), "expires_at": asked.expires_at}
        async with self._database.write() as connection:
            unchanged = (form.c.version == asked.version,) if asked.version else ()
            changed = await connection.execute(
                update(form)
                .where(*mine, *unchanged)
                .values(**values, version=form.c.version + 1)
                .returning(form.c.version)
            )
            version = changed.scalar_one_or_none()
            if version is None:
                row = {"person": who, "place": place, "version": asked.version + 1, **values}
                if asked.version or not await insert_new(connection, form, row):
                    return None
                version = 1
        return replace(asked, version=version)

    async def drop(self, person: Person, chat: Chat) -> None:
        """Forget the form of that person there."""
        who, place = await self._where(person, chat)
        async with self._database.write() as connection:
            await connection.execute(delete(form).where(form.c.person == who, form.c.place == place))

    async def purge(self, *, before: datetime) -> int:
        """Forget the forms that expired before that time; how many they were."""
        async with self._database.write() as connection:
            done = await connection.execute(delete(form).where(form.c.expires_at < before))
            return done.rowcount

    async def _where(self, person: Person, chat: Chat) -> _Where:
        return await self._pseudonyms.person(person), await self._pseudonyms.place(chat)


def _packed(asked: FormAsked) -> str:
    content = {
        "payload": asked.form.payload,
        "title": asked.form.title,
        "fields": [asdict(each) for each in asked.form.fields],
        "answers": dict(asked.answers),
        "messages": dict(asked.messages),
        "open": asked.open,
        "told": asked.told,
        "too_long_at": asked.too_long_at and asked.too_long_at.isoformat(),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _asked(row: Row[Any]) -> FormAsked:
    content = json.loads(row.content)
    refused = content["too_long_at"]
    return FormAsked(
        form=Form(
            payload=content["payload"],
            title=content["title"],
            fields=tuple(Field(**each) for each in content["fields"]),
        ),
        answers=content["answers"],
        messages=content["messages"],
        open=content["open"],
        told=content["told"],
        too_long_at=datetime.fromisoformat(refused) if refused else None,
        expires_at=row.expires_at,
        version=row.version,
    )
