from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.adapters.sql.conftest import _run as run_statement
from tests.adapters.sql.conftest import postgres  # noqa: F401
from tests.adapters.sql.delivering import START, Post, course
from tests.botapi.server import BotApi
from tests.delivery.rig import Clock, Rig, database, rig, telegram


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


@pytest.fixture
async def url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A PostgreSQL database that nobody has used yet, for what takes several processes."""
    template: str = request.getfixturevalue("postgres")
    schema = f"test_{uuid4().hex}"
    server = template.format(database="postgres")
    await run_statement(server, f"CREATE SCHEMA {schema}")
    yield f"{server}&options=-csearch_path%3D{schema}"
    await run_statement(server, f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with database(tmp_path / "coursebot.sqlite") as made:
        await made.courses.save(course(), at=START)
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def running(post: Post, api: BotApi, clock: Clock) -> AsyncIterator[Rig]:
    """The engine, leading on Telegram."""
    made = rig(post, telegram(post, api, clock), clock=clock)
    await made.engine.begin()
    await made.lead()
    yield made
    await made.retire()
