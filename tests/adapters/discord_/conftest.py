from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import simcord

from adapters.discord.client import CourseClient
from bot.core import Core
from bot.ports import Handler
from tests.bot.support import COURSE, SECOND_COURSE, Lookup, Shelf

Connected = Callable[..., CourseClient]


def now() -> datetime:
    return datetime.now(UTC)


def core(**options: object) -> Core:
    return Core(answering=Lookup(), courses=Shelf(COURSE, SECOND_COURSE), **options)  # type: ignore[arg-type]


class Kept:
    """Remembers which messages answer a question, as the database does."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], tuple[str, ...]] = {}

    async def sent(
        self, account: str, chat: str, question: str, messages: Sequence[str], *, at: datetime
    ) -> None:
        assert at.tzinfo
        self.kept[account, chat, question] = tuple(messages)

    async def answer(self, account: str, chat: str, question: str) -> tuple[str, ...]:
        return self.kept.get((account, chat, question), ())

    async def prune(self, *, before: datetime) -> None:
        assert before.tzinfo


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
async def env(connected: Connected) -> AsyncIterator[simcord.Env]:
    async with simcord.run(connected()) as running:
        yield running


class Place:
    """A server with a channel and two readers."""

    def __init__(self, env: simcord.Env) -> None:
        self.env = env
        self.server = env.create_guild()
        self.channel = self.server.create_text_channel("course")
        self.ann = self.server.add_member(env.create_user("ann"))
        self.bob = self.server.add_member(env.create_user("bob"))

    @property
    def me(self) -> str:
        assert self.env.bot.user
        return self.env.bot.user.mention


@pytest.fixture
def place(env: simcord.Env) -> Place:
    return Place(env)
