from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import simcord

from adapters.discord.client import CourseClient
from bot.core import Core
from bot.inbox import KeptUpdate
from tests.bot.support import COURSE, SECOND_COURSE, Lookup, Shelf

QUESTION = "unshare 和 nsenter 有什么区别？"
Connected = Callable[..., CourseClient]


def now() -> datetime:
    return datetime.now(UTC)


def core(**options: object) -> Core:
    return Core(answering=Lookup(), courses=Shelf(COURSE, SECOND_COURSE), **options)  # type: ignore[arg-type]


class Kept:
    """An inbox that lasts as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self.updates: dict[tuple[str, int], KeptUpdate] = {}
        self.answered: set[tuple[str, int]] = set()

    async def keep(
        self, account: str, updates: Sequence[tuple[int, str]], *, at: datetime
    ) -> list[KeptUpdate]:
        for number, payload in updates:
            self.updates.setdefault((account, number), KeptUpdate(id=number, payload=payload, received_at=at))
        numbers = {number for number, _ in updates}
        return [each for each in await self.waiting(account) if each.id in numbers]

    async def waiting(self, account: str) -> list[KeptUpdate]:
        return [each for key, each in self.updates.items() if key[0] == account and key not in self.answered]

    async def begun(self, account: str, number: int) -> None:
        kept = self.updates[account, number]
        self.updates[account, number] = replace(kept, starts=kept.starts + 1)

    async def done(self, account: str, number: int) -> None:
        self.answered.add((account, number))

    async def sent(
        self, account: str, chat: str, question: str, messages: Sequence[str], *, at: datetime
    ) -> None:
        assert at.tzinfo
        self.kept[account, chat, question] = tuple(messages)

    async def answer(self, account: str, chat: str, question: str) -> tuple[str, ...]:
        return self.kept.get((account, chat, question), ())

    async def prune(self, *, before: datetime) -> None:
        assert before.tzinfo


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

    async def thread(self) -> simcord.ChannelHandle:
        """A new thread in the channel."""
        opener = await self.ann.send(self.channel, "话题")
        channel = self.env.bot.get_channel(self.channel.id)
        assert isinstance(channel, discord.TextChannel)
        made = await channel.create_thread(name="话题", message=opener)
        return next(each for each in self.channel.threads if each.id == made.id)

    async def forum_post(self) -> simcord.ChannelHandle:
        """A new post in a forum."""
        held = self.server.create_forum_channel("forum")
        forum = self.env.bot.get_channel(held.id)
        assert isinstance(forum, discord.ForumChannel)
        made = await forum.create_thread(name="话题", content="大家来问")
        return next(each for each in held.threads if each.id == made.thread.id)


def labels(message: Any) -> list[str]:
    rows = message.components
    if rows and not isinstance(rows[0], dict):
        rows = [row.to_dict() for row in rows]
    return [button["label"] for row in rows for button in row["components"]]


def bodies(env: simcord.Env) -> list[dict[str, Any]]:
    """What the bot sent to be read, as it went over the wire."""
    found = [
        each.json.get("data", each.json)
        for each in env.http_requests
        if each.method in {"POST", "PATCH"} and isinstance(each.json, dict) and "commands" not in each.path
    ]
    return [each for each in found if each.get("content") or each.get("embeds")]
