"""Discord as it takes what is sent unasked: names that are known for some minutes, then buttons in the history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.discord.adapter import Discord
from adapters.sql.inbox import SqlInbox
from bot.daily.deliveries import State
from bot.messages import Platform
from tests.adapters.sql.delivering import DUE, START, Post, chat, course
from tests.delivery.rig import Clock, Rig, database, rig
from tests.discordapi.server import TOKEN, DiscordApi
from tests.discordapi.troubles import Trouble


@pytest.fixture
async def discord() -> AsyncIterator[DiscordApi]:
    async with DiscordApi() as server:
        yield server


@pytest.fixture
async def running(discord: DiscordApi, tmp_path: Path) -> AsyncIterator[Rig]:
    clock = Clock()
    async with database(tmp_path / "coursebot.sqlite") as post:
        await post.courses.save(course(), at=START)
        adapter = Discord(
            TOKEN,
            courses=post.courses,
            inbox=SqlInbox(post.database),
            now=clock.now,
            api=discord.api_url,
            gateway=discord.gateway_url,
        )
        made = rig(post, adapter, clock=clock, platform=Platform.DISCORD, renew=3600)
        await made.lead()
        yield made
        await made.retire()


def arrived(discord: DiscordApi) -> list[str]:
    return [each["channel_id"] for each in discord.messages.values()]


@pytest.mark.parametrize("forgotten", [False, True], ids=["within minutes", "later"])
@pytest.mark.parametrize("readable", [True, False], ids=["history", "no history"])
async def test_row_13_what_nobody_is_sure_of_is_there_once(
    forgotten: bool, readable: bool, running: Rig, discord: DiscordApi
) -> None:
    post: Post = running.post
    await post.subscribed(1, platform=Platform.DISCORD)
    running.clock.to(DUE)
    await post.deliveries.plan(at=DUE)
    holder = running.pump._holder
    assert holder is not None
    (claimed,) = await post.claim(holder, DUE)
    assert await post.deliveries.arm(holder, claimed, at=DUE)
    # The message is accepted, and what Discord says to it is lost.
    reply = await running.pump._compose(claimed)
    assert reply is not None
    await running.messenger.send(chat(1, Platform.DISCORD), reply, key=f"delivery:{claimed.id}")
    await post.deliveries.unknown(holder, claimed, "lost", resend=True, retry_at=DUE, at=DUE)
    if forgotten:
        discord.rooms.forget()
    if not readable:
        discord.fail(Trouble(path="/messages", status=403, code=50001))
    await running.tick()
    assert await running.states() == [State.SENT]
    assert len(arrived(discord)) == (2 if forgotten and not readable else 1)


async def test_row_09_a_closed_direct_conversation_is_left_alone(running: Rig, discord: DiscordApi) -> None:
    await running.post.subscribed(1, platform=Platform.DISCORD)
    discord.fail(Trouble(path="/messages", status=403, code=50007))
    await running.at(DUE)
    assert await running.states() == [State.BLOCKED]
    await running.tick(3)
    assert arrived(discord) == []
