from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from adapters.discord.adapter import Discord
from bot.errors import SendError
from bot.messages import Incoming, Message
from bot.replies import Reply, Text
from knowledge.errors import CoursebotError
from tests.adapters.discord_.support import Kept, now
from tests.adapters.discord_.wire import CHAT, Running, echo, sendable
from tests.bot.support import COURSE, Shelf
from tests.discordapi import payloads
from tests.discordapi.server import TOKEN, DiscordApi
from tests.discordapi.troubles import Trouble


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
    assert told["intents"] == 1 << 0 | 1 << 9 | 1 << 10 | 1 << 12


async def test_too_many_requests_are_waited_for(api: DiscordApi, running: Running) -> None:
    api.fail(Trouble(status=429, retry_after=0.3))
    async with running():
        begun = time.monotonic()
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
        assert time.monotonic() - begun >= 0.3
    assert len(api.messages) == 1


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
                inbox=Kept(),
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


async def test_what_one_person_says_is_answered_in_order_and_holds_nobody_else_up(
    api: DiscordApi, running: Running
) -> None:
    async def slow(heard: Incoming) -> list[Reply]:
        assert isinstance(heard, Message)
        await asyncio.sleep(0.5 if heard.text == "一" else 0)
        return [Reply(spans=(Text(heard.text),))]

    bob = {**payloads.ANN, "id": "1100000000000000099"}
    async with running(slow):
        for text in ("一", "二"):
            await api.say(payloads.message(text))
        await api.say(payloads.message("三", author=bob))
        await api.call("POST", "/messages", count=3)
    assert [each["content"] for each in api.messages.values()] == ["三", "一", "二"]


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
