from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.database import Database
from adapters.sql.inbox import SqlInbox
from adapters.telegram.adapter import Telegram
from adapters.telegram.limiter import Limiter
from bot.messages import Incoming, Message
from bot.ports import Handler
from bot.replies import Reply, Text
from knowledge.errors import CoursebotError
from tests.adapters.sql.migrated import place
from tests.botapi.server import TOKEN, BotApi

Running = Callable[..., AbstractAsyncContextManager[Telegram]]


def now() -> datetime:
    return datetime.now(UTC)


async def echo(incoming: Incoming) -> list[Reply]:
    """A core that repeats what it hears."""
    said = incoming.text if isinstance(incoming, Message) else repr(incoming)
    return [Reply(spans=(Text(f"heard: {said}"),))]


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[SqlInbox]:
    await place(tmp_path / "inbox.sqlite")
    database = Database(tmp_path / "inbox.sqlite")
    await database.migrate()
    yield SqlInbox(database)
    await database.dispose()


@pytest.fixture
def running(api: BotApi, inbox: SqlInbox) -> Running:
    """Runs the adapter against the server until the end of the block; faster than Telegram would allow."""

    @asynccontextmanager
    async def run(handle: Handler = echo, **options: Any) -> AsyncIterator[Telegram]:
        ready = asyncio.Event()
        options.setdefault("limiter", Limiter(per_second=1000, chat_spacing=0.0))
        adapter = Telegram(
            options.pop("token", TOKEN),
            inbox=inbox,
            now=now,
            base_url=api.base_url,
            ready=lambda _: ready.set(),
            **options,
        )
        task = asyncio.create_task(adapter.run(handle))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=10)
        waiting.cancel()
        try:
            if task.done():
                task.result()
            yield adapter
        finally:
            task.cancel()
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        assert isinstance(outcome, asyncio.CancelledError | CoursebotError), outcome

    return run
