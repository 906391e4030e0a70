"""Files that wait to be imported, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.readers import reader_stores
from adapters.sql.team.pending import SqlPendingStore
from adapters.sql.team.upload_tables import upload
from bot.messages import Person, Platform
from bot.team.pending import KEPT, Pending, What
from tests.adapters.sql.samples import AT

ADA, BO = (Person(platform=Platform.TELEGRAM, id=name) for name in ("ada", "bo"))
FILE = Pending(
    id="tok-1",
    what=What.ANSWERS,
    name="答案\n'.csv",
    content=bytes(range(256)) * 40,
    course="k8s",
    default="go",
    expires_at=AT + KEPT,
)


@pytest.fixture
def store(database: Database) -> SqlPendingStore:
    return SqlPendingStore(database, Pseudonyms(database))


async def test_a_file_is_kept_to_the_byte_and_knows_its_sender(store: SqlPendingStore) -> None:
    await store.keep(FILE, person=ADA, at=AT)
    assert await store.of("tok-1", person=ADA, at=AT) == FILE
    assert await store.of("tok-1", person=BO, at=AT) == replace(FILE, mine=False)
    assert await store.of("tok-2", person=ADA, at=AT) is None


async def test_it_waits_for_a_day_and_no_longer(store: SqlPendingStore, database: Database) -> None:
    await store.keep(FILE, person=ADA, at=AT)
    end = AT + KEPT
    assert await store.of("tok-1", person=ADA, at=end) == FILE
    assert await store.of("tok-1", person=ADA, at=end + timedelta(seconds=1)) is None
    await store.keep(
        replace(FILE, id="tok-2", expires_at=end + KEPT), person=BO, at=end + timedelta(seconds=1)
    )
    async with database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(upload)) == 1


async def test_dropped_or_erased_it_is_gone(store: SqlPendingStore, database: Database) -> None:
    await store.keep(FILE, person=ADA, at=AT)
    await store.keep(replace(FILE, id="tok-2"), person=BO, at=AT)
    await store.drop("tok-1")
    await store.drop("tok-1")
    assert await store.of("tok-1", person=ADA, at=AT) is None
    await reader_stores(database).personal.erase(BO)
    assert await store.of("tok-2", person=BO, at=AT) is None


async def test_no_name_of_a_person_is_kept(store: SqlPendingStore, database: Database) -> None:
    await store.keep(FILE, person=ADA, at=AT)
    async with database.read() as connection:
        row = (await connection.execute(select(upload))).one()
    assert "ada" not in repr([value for value in row if not isinstance(value, bytes)])
