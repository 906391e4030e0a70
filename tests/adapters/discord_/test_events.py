"""What Discord sends, one file per kind in `events/`, modelled on its documentation, through the real library."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.adapter import Discord
from bot.messages import Incoming
from bot.replies import Reply
from tests.adapters.discord_.support import Kept, now
from tests.bot.support import COURSE, Shelf
from tests.discordapi import payloads
from tests.discordapi.server import TOKEN, DiscordApi

EVENTS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "events").glob("*.json"))
}
END = "that was all"


def as_table(heard: Incoming) -> dict[str, Any]:
    """What was heard, in the words of the files."""
    table = {name: getattr(heard, name) for name in heard.__slots__}
    chat = {"id": heard.chat.id, "thread": heard.chat.thread, "private": heard.chat.private}
    return {**table, "kind": type(heard).__name__, "chat": chat, "language": heard.sender.language}


async def listen(events: list[dict[str, Any]], *, message_content: bool = True) -> list[Incoming]:
    """What the adapter makes of events: everything that it hears, in order."""
    heard: list[Incoming] = []
    done = asyncio.Event()

    async def handle(incoming: Incoming) -> list[Reply]:
        if getattr(incoming, "text", "") == END:
            done.set()
        else:
            heard.append(incoming)
        return []

    async with DiscordApi(message_content=message_content) as api:
        adapter = Discord(
            TOKEN,
            courses=Shelf(COURSE),
            inbox=Kept(),
            now=now,
            message_content=message_content,
            api=api.api_url,
            gateway=api.gateway_url,
        )
        task = asyncio.create_task(adapter.run(handle))
        for each in events:
            await api.gateway.dispatch(each["event"], each["data"])
        await api.say(payloads.message(END))
        async with asyncio.timeout(10):
            await done.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return heard


async def test_every_kind_of_event_is_heard_or_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    heard: dict[str, list[Incoming]] = {}
    for name, event in EVENTS.items():
        heard[name] = await listen([event])
    for name, event in EVENTS.items():
        tables = [as_table(each) for each in heard[name]]
        if event["heard"] is None:
            assert not tables, name
        else:
            assert [{key: table[key] for key in event["heard"]} for table in tables] == [event["heard"]], name
    assert sum(event["heard"] is None for event in EVENTS.values()) >= 20
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_all_events_at_once_are_heard_too() -> None:
    expected = [event for event in EVENTS.values() if event["heard"]]
    assert len(await listen(list(EVENTS.values()))) == len(expected)


async def test_events_with_holes_raise_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The library refuses what lacks what it needs; none of that reaches the log as a fault of ours."""
    holed = [
        {
            "event": event["event"],
            "data": {key: value for key, value in event["data"].items() if key != missing},
        }
        for event in EVENTS.values()
        for missing in (
            "message_reference",
            "referenced_message",
            "edited_timestamp",
            "locale",
            "channel",
            "member",
        )
        if missing in event["data"] and (event["event"], missing) != ("INTERACTION_CREATE", "member")
    ]
    await listen(holed)
    assert [each.getMessage() for each in caplog.records if each.name.startswith("coursebot")] == []
