from __future__ import annotations

from pathlib import Path

import pytest
import simcord

from adapters.discord.client import CourseClient
from bot.ports import Handler
from tests.adapters.discord_.support import Connected, Kept, Place, core, now
from tests.bot.support import COURSE, SECOND_COURSE, Shelf


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def connected(kept: Kept, tmp_path: Path) -> Connected:
    """Makes the client as the adapter does."""

    def make(handle: Handler | None = None, *, message_content: bool = False) -> CourseClient:
        return CourseClient(
            handle=handle or core().handle,
            courses=Shelf(COURSE, SECOND_COURSE),
            answers=kept,
            now=now,
            commands=tmp_path / "discord-commands",
            message_content=message_content,
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
