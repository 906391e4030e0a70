from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.adapter import Discord
from bot.errors import Failure, SendError
from bot.messages import Chat, Incoming, Message, Platform
from bot.ports import Handler
from bot.replies import Button, Reply, Text
from knowledge.errors import CoursebotError
from tests.adapters.discord_.support import Kept, now
from tests.bot.support import COURSE, SECOND_COURSE, Shelf
from tests.discordapi import payloads
from tests.discordapi.server import TOKEN, DiscordApi, Trouble

Running = Callable[..., AbstractAsyncContextManager[Discord]]

CHAT = Chat(platform=Platform.DISCORD, id=payloads.DM)


async def echo(incoming: Incoming) -> list[Reply]:
    """A core that repeats what it hears."""
    said = incoming.text if isinstance(incoming, Message) else type(incoming).__name__
    return [Reply(spans=(Text(f"heard: {said}"),), buttons=((Button("again", "o:abc"),),))]


@pytest.fixture
async def api() -> AsyncIterator[DiscordApi]:
    async with DiscordApi() as server:
        yield server


@pytest.fixture
def adapter(api: DiscordApi, tmp_path: Path) -> Callable[..., Discord]:
    def make(**options: Any) -> Discord:
        return Discord(
            options.pop("token", TOKEN),
            courses=Shelf(COURSE, SECOND_COURSE),
            answers=Kept(),
            now=now,
            commands=tmp_path / "discord-commands",
            api=api.api_url,
            gateway=api.gateway_url,
            **options,
        )

    return make


@pytest.fixture
def running(api: DiscordApi, adapter: Callable[..., Discord]) -> Running:
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


async def sendable(made: Discord) -> None:
    """Wait until the adapter is connected to the last server."""
    async with asyncio.timeout(5):
        while True:
            try:
                await made.send(Chat(platform=Platform.DISCORD, id="nowhere"), Reply(spans=(Text("x"),)))
            except SendError as error:
                if error.failure is Failure.REFUSED:
                    return
            await asyncio.sleep(0.05)


async def test_a_message_is_answered(api: DiscordApi, running: Running) -> None:
    names: list[str] = []
    async with running(ready=names.append) as made:
        await api.say(payloads.message("你好"))
        [sent] = await api.call("POST", "/messages")
        await sendable(made)
    assert sent.data["content"] == "heard: 你好"
    assert sent.data["allowed_mentions"]["parse"] == []
    assert names == ["coursebot"]
    [told] = api.gateway.identified
    assert told["intents"] == 1 << 0 | 1 << 9 | 1 << 12


async def test_it_keeps_the_connection_alive() -> None:
    async with DiscordApi(heartbeat=0.1) as quick:
        made = Discord(
            TOKEN,
            courses=Shelf(COURSE),
            answers=Kept(),
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


async def test_too_many_requests_are_waited_for(api: DiscordApi, running: Running) -> None:
    api.fail(Trouble(status=429, retry_after=0.3))
    async with running():
        begun = time.monotonic()
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
        assert time.monotonic() - begun >= 0.3
    assert len(api.messages) == 1


async def test_a_closed_conversation_is_never_tried_again(api: DiscordApi, running: Running) -> None:
    api.fail(Trouble(status=403, code=50007, times=5))
    async with running() as made:
        await sendable(made)
        with pytest.raises(SendError) as caught:
            await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
    assert caught.value.failure is Failure.BLOCKED
    assert len([each for each in api.calls if each.path.endswith("/messages")]) == 1


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [
        (Trouble(status=503), Failure.UNKNOWN),
        (Trouble(drop=True), Failure.UNKNOWN),
        (Trouble(status=404, code=10003), Failure.BLOCKED),
        (Trouble(status=403, code=50013), Failure.BLOCKED),
        (Trouble(status=400, code=50035), Failure.REFUSED),
        (Trouble(status=401), Failure.DOWN),
    ],
)
async def test_what_is_known_about_something_that_was_not_sent(
    api: DiscordApi, running: Running, trouble: Trouble, failure: Failure
) -> None:
    async with running() as made:
        await sendable(made)
        api.fail(trouble)
        with pytest.raises(SendError) as caught:
            await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
    assert caught.value.failure is failure
    assert "今日" not in str(caught.value)


async def test_the_same_words_are_not_sent_twice_by_a_second_try(api: DiscordApi, running: Running) -> None:
    async with running() as made:
        await sendable(made)
        first = await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
        again = await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
        other = await made.send(CHAT, Reply(spans=(Text("明日一讲"),)))
    assert first == again
    assert other != first
    assert len(api.messages) == 2


async def test_nothing_can_be_sent_while_it_does_not_run(adapter: Callable[..., Discord]) -> None:
    with pytest.raises(SendError) as caught:
        await adapter().send(CHAT, Reply(spans=(Text("今日一讲"),)))
    assert caught.value.failure is Failure.UNSENT


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
            answers=Kept(),
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


async def test_it_waits_for_a_discord_that_is_down(
    api: DiscordApi, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail(Trouble(status=503, path="/users/@me"))
    async with running():
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
    assert [getattr(each, "action", "") for each in caplog.records].count("no-answer") == 1


async def test_an_answer_under_way_is_still_said(api: DiscordApi, running: Running) -> None:
    async def slow(_: Incoming) -> list[Reply]:
        await asyncio.sleep(0.5)
        return [Reply(spans=(Text("最后一句"),))]

    async with running(slow):
        await api.say(payloads.message("你好"))
        await asyncio.sleep(0.1)
    assert [each.data["content"] for each in await api.call("POST", "/messages")] == ["最后一句"]
    assert api.gateway.closed_with == 1000


async def test_it_ends_in_time_whatever_is_under_way(
    api: DiscordApi, adapter: Callable[..., Discord]
) -> None:
    async def endless(_: Incoming) -> list[Reply]:
        await asyncio.Event().wait()
        return []

    task = asyncio.create_task(adapter().run(endless))
    await api.gateway.wait()
    await api.say(payloads.message("你好"))
    await asyncio.sleep(0.1)
    begun = time.monotonic()
    task.cancel()
    await asyncio.sleep(0.1)
    task.cancel()  # an impatient second one changes nothing
    with suppress(asyncio.CancelledError):
        await task
    assert time.monotonic() - begun < 5
    assert not api.messages


async def test_the_librarys_addresses_are_its_own_again_afterwards(running: Running) -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with running():
        assert before != (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_the_token_is_in_no_log_and_no_error(
    api: DiscordApi, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(message_content=True) as made:
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
        await api.gateway.drop()
        await api.gateway.wait()
        api.fail(Trouble(status=403, code=50007))
        await sendable(made)
        with pytest.raises(SendError) as caught:
            await made.send(CHAT, Reply(spans=(Text("x"),)))
    assert TOKEN not in caplog.text
    assert TOKEN not in repr((caught.value, caught.value.__cause__))
    api.gateway.token = "another"
    with pytest.raises(CoursebotError):
        async with asyncio.timeout(5):
            await Discord(
                TOKEN,
                courses=Shelf(COURSE),
                answers=Kept(),
                now=now,
                api=api.api_url,
                gateway=api.gateway_url,
            ).run(echo)
    assert TOKEN not in caplog.text


async def test_two_wordings_in_a_row_make_one_answer(api: DiscordApi, running: Running) -> None:
    async def slow(heard: Incoming) -> list[Reply]:
        assert isinstance(heard, Message)
        await asyncio.sleep(0 if heard.edited else 0.5)
        return [Reply(spans=(Text(heard.text),))]

    async with running(slow):
        first = await api.say(payloads.message("一"))
        await api.gateway.dispatch(
            "MESSAGE_UPDATE",
            {**first, "content": "二", "edited_timestamp": "2026-01-01T00:00:05.000000+00:00"},
        )
        await api.call("PATCH", "/messages/")
    assert [each["content"] for each in api.messages.values()] == ["二"]


async def test_an_interaction_that_is_too_late_is_only_noted(
    api: DiscordApi, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "coursebot.discord")
    api.fail(Trouble(status=404, code=10062, path="/callback"))
    async with running():
        await api.gateway.dispatch("INTERACTION_CREATE", payloads.command("help"))
        await api.call("POST", "/callback", ok=False)
        await asyncio.sleep(0.1)
        await api.gateway.dispatch("INTERACTION_CREATE", payloads.command("help"))
        await api.call("PATCH", "/messages/@original")
    assert [each.levelname for each in caplog.records if "10062" in each.getMessage()] == ["INFO"]


async def test_many_ask_at_once(api: DiscordApi, running: Running) -> None:
    async with running():
        begun = time.monotonic()
        asked: list[Awaitable[Any]] = []
        for number in range(300):
            channel = str(int(payloads.DM) + 1000 + number)
            asked.append(api.say(payloads.message(f"{number}", channel_id=channel)))
        for each in asked:
            await each
        await api.call("POST", "/messages", count=300, within=20)
        assert time.monotonic() - begun < 10
    assert len({json.dumps(each["content"]) for each in api.messages.values()}) == 300
