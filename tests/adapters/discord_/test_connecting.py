from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.adapter import Discord
from knowledge.errors import CoursebotError
from tests.adapters.discord_.support import Kept, now
from tests.adapters.discord_.wire import Running, echo
from tests.bot.support import COURSE, Shelf
from tests.discordapi import payloads
from tests.discordapi.server import TOKEN, DiscordApi
from tests.discordapi.troubles import Trouble


async def test_it_keeps_the_connection_alive() -> None:
    async with DiscordApi(heartbeat=0.1) as quick:
        made = Discord(
            TOKEN,
            courses=Shelf(COURSE),
            inbox=Kept(),
            now=now,
            api=quick.api_url,
            gateway=quick.gateway_url,
        )
        task = asyncio.create_task(made.run(echo))
        await quick.gateway.wait()
        await asyncio.sleep(0.5)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert quick.gateway.heartbeats >= 3


@pytest.mark.parametrize("code", [None, 4000, 1001])
async def test_after_a_dropped_connection_it_resumes_and_misses_nothing(
    api: DiscordApi, running: Running, code: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    async with running():
        await api.say(payloads.message("一"))
        await api.call("POST", "/messages")
        await api.gateway.drop(code)
        await api.say(payloads.message("二"))
        calls = await api.call("POST", "/messages", count=2, within=10)
    assert [each.data["content"] for each in calls] == ["heard: 一", "heard: 二"]
    assert len(api.gateway.identified) == 1
    assert api.gateway.resumed[0]["session_id"] == "session-1"
    assert "Traceback" not in caplog.text


async def test_it_reconnects_when_asked(api: DiscordApi, running: Running) -> None:
    async with running():
        await api.gateway.reconnect()
        await api.say(payloads.message("一"))
        await api.call("POST", "/messages", within=10)
    assert len(api.gateway.resumed) == 1


@pytest.mark.parametrize("token", ["wrong", "", "with space", "MTEw.wrong\n.token", "令牌"])
async def test_a_refused_token_is_one_clear_error(adapter: Callable[..., Discord], token: str) -> None:
    with pytest.raises(CoursebotError) as caught:
        await asyncio.wait_for(adapter(token=token).run(echo), 5)
    assert caught.value.key == "discord-token"
    assert caught.value.__cause__ is None


async def test_a_token_refused_by_the_gateway_is_the_same_error(
    adapter: Callable[..., Discord], api: DiscordApi
) -> None:
    api.gateway.token = "another"
    with pytest.raises(CoursebotError) as caught:
        await asyncio.wait_for(adapter().run(echo), 5)
    assert caught.value.key == "discord-token"


async def test_without_the_intent_it_says_so_once_and_goes_on(
    api: DiscordApi, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(message_content=True):
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
    assert [bool(each["intents"] & 1 << 15) for each in api.gateway.identified] == [True, False]
    said = [each for each in caplog.records if getattr(each, "action", "") == "no-content"]
    assert len(said) == 1
    assert "Message Content Intent" in said[0].getMessage()


async def test_with_the_intent_it_is_used() -> None:
    async with DiscordApi(message_content=True) as granting:
        made = Discord(
            TOKEN,
            courses=Shelf(COURSE),
            inbox=Kept(),
            now=now,
            message_content=True,
            api=granting.api_url,
            gateway=granting.gateway_url,
        )
        task = asyncio.create_task(made.run(echo))
        await granting.gateway.wait()
        await granting.say(payloads.in_server("路过"))
        await granting.call("POST", "/messages")
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert granting.gateway.identified[0]["intents"] & 1 << 15


async def test_it_waits_for_a_discord_that_is_down(
    api: DiscordApi, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail(Trouble(status=503, path="/users/@me"))
    async with running():
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
    assert [getattr(each, "action", "") for each in caplog.records].count("no-answer") == 1


async def test_commands_are_told_only_when_they_changed(
    api: DiscordApi, running: Running, tmp_path: Path
) -> None:
    for _ in range(2):
        async with running():
            pass
    assert len(api.commands) == 1
    (tmp_path / "discord-commands").write_text("of an older version", "ascii")
    async with running():
        pass
    assert len(api.commands) == 2


async def test_commands_that_are_not_taken_cost_only_the_menu(
    api: DiscordApi, running: Running, tmp_path: Path
) -> None:
    api.fail(Trouble(status=403, code=50001, path="/commands"))
    async with running():
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
    assert not (tmp_path / "discord-commands").exists()
    async with running():
        pass
    assert len(api.commands) == 1


async def test_the_librarys_addresses_are_its_own_again_afterwards(running: Running) -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with running():
        assert before != (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
