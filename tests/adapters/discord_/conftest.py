from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import simcord

from adapters.discord.adapter import Discord
from adapters.discord.client import CourseClient
from bot.ports import Handler
from tests.adapters.discord_.support import Connected, Kept, Place, core, now
from tests.adapters.discord_.wire import Made, Running, echo
from tests.bot.support import COURSE, SECOND_COURSE, Shelf
from tests.discordapi.server import TOKEN, DiscordApi


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def connected(kept: Kept, tmp_path: Path) -> Connected:
    """Makes the client as the adapter does."""

    def make(
        handle: Handler | None = None, *, message_content: bool = False, save_emoji: str = ""
    ) -> CourseClient:
        return CourseClient(
            handle=handle or core().handle,
            courses=Shelf(COURSE, SECOND_COURSE),
            inbox=kept,
            now=now,
            commands=tmp_path / "discord-commands",
            message_content=message_content,
            save_emoji=save_emoji,
        )

    return make


@pytest.fixture
def simcord_bot(connected: Connected) -> CourseClient:
    return connected()


@pytest.fixture
def env(simcord_env: simcord.Env) -> simcord.Env:
    return simcord_env


@pytest.fixture
def place(env: simcord.Env) -> Place:
    return Place(env)


@pytest.fixture
async def api() -> AsyncIterator[DiscordApi]:
    async with DiscordApi() as server:
        yield server


@pytest.fixture
def adapter(api: DiscordApi, tmp_path: Path) -> Made:
    def make(**options: Any) -> Discord:
        return Discord(
            options.pop("token", TOKEN),
            courses=Shelf(COURSE, SECOND_COURSE),
            inbox=options.pop("inbox", None) or Kept(),
            now=options.pop("now", now),
            commands=tmp_path / "discord-commands",
            api=api.api_url,
            gateway=api.gateway_url,
            **options,
        )

    return make


@pytest.fixture
def running(api: DiscordApi, adapter: Made) -> Running:
    """Runs the adapter against the server until the end of the block."""

    @asynccontextmanager
    async def run(handle: Handler = echo, **options: Any) -> AsyncIterator[Discord]:
        made = adapter(**options)
        task = asyncio.create_task(made.run(handle))
        try:
            waiting = asyncio.create_task(api.gateway.wait())
            await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            yield made
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return run
