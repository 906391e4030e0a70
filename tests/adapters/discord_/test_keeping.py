"""What is under way when the program ends, or is ended: answered at the next start, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.discord.keeping import STARTS
from adapters.sql.database import Database
from adapters.sql.inbox import SqlInbox
from bot.inbox import KeptUpdate
from bot.messages import Command, Incoming, Message
from bot.replies import Reply, Text
from tests.adapters.discord_.support import now
from tests.adapters.discord_.wire import Running, echo
from tests.discordapi import payloads
from tests.discordapi.server import DiscordApi
from tests.discordapi.troubles import Trouble

ACCOUNT = f"discord:{payloads.APPLICATION}"
MENTION = {"mentions": [payloads.BOT]}


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[SqlInbox]:
    database = Database(tmp_path / "inbox.sqlite")
    await database.migrate()
    yield SqlInbox(database)
    await database.dispose()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers under way are cut short at once when it ends."""
    monkeypatch.setattr("adapters.discord.adapter._GRACE", 0.05)


async def endless(_: Incoming) -> list[Reply]:
    """A core that is ended before it has an answer."""
    await asyncio.Event().wait()
    return []


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not become true in 5 s")


async def waiting(inbox: SqlInbox, count: int) -> list[KeptUpdate]:
    """What is kept, once it is so many."""
    for _ in range(250):
        found = await inbox.waiting(ACCOUNT)
        if len(found) == count:
            return found
        await asyncio.sleep(0.02)
    pytest.fail(f"not {count} are kept")


def contents(api: DiscordApi) -> list[str]:
    return [each["content"] for each in api.messages.values()]


@pytest.mark.parametrize("in_server", [False, True])
async def test_a_question_under_way_is_answered_after_the_next_start_and_once(
    api: DiscordApi, running: Running, inbox: SqlInbox, in_server: bool
) -> None:
    mention = payloads.in_server(f"<@{payloads.APPLICATION}> 你好", **MENTION)
    asked = mention if in_server else payloads.message("你好")
    async with running(endless, inbox=inbox):
        await api.say(asked)
        [kept] = await waiting(inbox, 1)
    assert kept.id == int(asked["id"])
    assert "你好" not in kept.payload
    for _ in range(2):
        async with running(inbox=inbox):
            await waiting(inbox, 0)
    assert contents(api) == ["heard: 你好"]
    [sent] = await api.call("POST", "/messages")
    assert (sent.data.get("message_reference") is not None) == in_server


@pytest.mark.parametrize("soon", [True, False])
async def test_what_was_said_but_not_noted_is_not_said_again(
    api: DiscordApi, running: Running, inbox: SqlInbox, soon: bool
) -> None:
    api.fail(Trouble(late=60))
    async with running(inbox=inbox):
        asked = await api.say(payloads.message("你好"))
        await until(lambda: bool(api.messages))
    if not soon:
        api.rooms.forget()
    async with running(inbox=inbox):
        await waiting(inbox, 0)
    assert contents(api) == ["heard: 你好"]
    assert await inbox.answer(ACCOUNT, payloads.DM, asked["id"]) == tuple(api.messages)


async def test_of_an_answer_in_parts_only_what_is_missing_is_said(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    async def two(_: Incoming) -> list[Reply]:
        return [Reply(spans=(Text("一"),)), Reply(spans=(Text("二"),))]

    async with running(two, inbox=inbox):
        api.fail(Trouble(late=0))
        api.fail(Trouble(delay=60))
        await api.say(payloads.message("你好"))
        await api.call("POST", "/messages")
        await asyncio.sleep(0.2)
    assert contents(api) == ["一"]
    api.rooms.forget()
    async with running(two, inbox=inbox):
        await waiting(inbox, 0)
    assert contents(api) == ["一", "二"]


async def test_a_question_that_was_reworded_meanwhile_is_answered_as_it_stands(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    async with running(endless, inbox=inbox):
        asked = await api.say(payloads.message("一"))
        await waiting(inbox, 1)
    asked |= {"content": "二", "edited_timestamp": "2026-01-01T00:00:05+00:00"}
    async with running(inbox=inbox):
        await waiting(inbox, 0)
    assert contents(api) == ["heard: 二"]


async def test_an_edit_under_way_is_made_after_the_next_start(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    async with running(inbox=inbox):
        asked = await api.say(payloads.message("一"))
        await api.call("POST", "/messages")
        await waiting(inbox, 0)
    async with running(endless, inbox=inbox):
        asked |= {"content": "二", "edited_timestamp": "2026-01-01T00:00:05+00:00"}
        await api.gateway.dispatch("MESSAGE_UPDATE", asked)
        await waiting(inbox, 1)
    async with running(inbox=inbox):
        await waiting(inbox, 0)
    assert contents(api) == ["heard: 二"]


async def test_a_question_that_is_no_more_is_forgotten(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    async with running(endless, inbox=inbox):
        await api.say(payloads.message("你好"))
        await waiting(inbox, 1)
    api.rooms.said.clear()
    async with running(inbox=inbox):
        await waiting(inbox, 0)
    assert contents(api) == []


async def test_after_a_day_nobody_waits_for_an_answer(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    async with running(endless, inbox=inbox):
        await api.say(payloads.message("你好"))
        await waiting(inbox, 1)
    async with running(inbox=inbox, now=lambda: now() + timedelta(hours=25)):
        await waiting(inbox, 0)
    assert contents(api) == []


@pytest.mark.parametrize("later", [timedelta(), timedelta(minutes=15)])
async def test_a_command_under_way_is_answered_while_discord_takes_the_answer(
    api: DiscordApi, running: Running, inbox: SqlInbox, later: timedelta
) -> None:
    given = payloads.command("ask", {"type": 3, "name": "question", "value": "你好"})
    heard: list[Incoming] = []

    async def listen(incoming: Incoming) -> list[Reply]:
        heard.append(incoming)
        return await (endless if len(heard) == 1 else echo)(incoming)

    async with running(listen, inbox=inbox):
        await api.gateway.dispatch("INTERACTION_CREATE", given)
        await api.call("POST", "/callback")
        await waiting(inbox, 1)
    async with running(listen, inbox=inbox, now=lambda: now() + later):
        await waiting(inbox, 0)
    answers = [each for each in api.calls if each.path.endswith("/messages/@original")]
    if later:
        assert (answers, len(heard)) == ([], 1)
        return
    assert [each.path.split("/")[3] for each in answers] == [given["token"]]
    assert isinstance(heard[1], Command)
    assert heard[1] == heard[0]


async def test_what_comes_while_it_ends_waits_for_the_next_start(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    async def slow(_: Incoming) -> list[Reply]:
        await asyncio.sleep(1)
        return [Reply(spans=(Text("最后一句"),))]

    async with running(slow, inbox=inbox) as made:
        await api.say(payloads.message("一"))
        await waiting(inbox, 1)
        client = made._client
        assert client
        ending = asyncio.create_task(client.finish(grace=2, after=1))
        await asyncio.sleep(0.1)
        await api.say(payloads.message("二"))
        await ending
    assert contents(api) == ["最后一句"]
    async with running(inbox=inbox):
        await waiting(inbox, 0)
    assert contents(api) == ["最后一句", "heard: 二"]


async def test_an_answer_that_discord_had_no_ear_for_is_given_when_it_is_back(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    api.fail(Trouble(drop=True))
    async with running(inbox=inbox):
        await api.say(payloads.message("你好"))
        await api.until(lambda: any(each.path.endswith("/messages") for each in api.calls))
        await asyncio.sleep(0.1)
        await waiting(inbox, 1)
        await api.gateway.drop()
        await waiting(inbox, 0)
    assert contents(api) == ["heard: 你好"]


async def test_it_tries_again_though_the_connection_holds(
    api: DiscordApi, running: Running, inbox: SqlInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client._TRY_EVERY", 0.2)
    api.fail(Trouble(drop=True, status=503))
    async with running(inbox=inbox):
        await api.say(payloads.message("你好"))
        await until(lambda: bool(api.messages))
        await waiting(inbox, 0)
        await asyncio.sleep(0.5)
    assert contents(api) == ["heard: 你好"]
    assert len(api.gateway.identified) == 1
    assert not api.gateway.resumed


async def test_what_ends_the_program_again_and_again_is_given_up(
    api: DiscordApi, running: Running, inbox: SqlInbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(endless, inbox=inbox):
        asked = await api.say(payloads.message("你好"))
        await waiting(inbox, 1)
    for _ in range(STARTS):
        await inbox.begun(ACCOUNT, int(asked["id"]))
    async with running(inbox=inbox):
        await waiting(inbox, 0)
    assert contents(api) == []
    assert [each for each in caplog.records if getattr(each, "action", "") == "poison"]


async def test_what_is_delivered_twice_is_answered_once(
    api: DiscordApi, running: Running, inbox: SqlInbox
) -> None:
    count = 0

    async def counting(heard: Incoming) -> list[Reply]:
        nonlocal count
        count += 1
        return await echo(heard)

    async with running(counting, inbox=inbox):
        asked = await api.say(payloads.message("你好"))
        await api.say(asked)
        await api.say(payloads.message("再见"))
        await api.call("POST", "/messages", count=2)
        await waiting(inbox, 0)
    assert (count, contents(api)) == (2, ["heard: 你好", "heard: 再见"])


async def test_what_is_only_overheard_is_not_kept(api: DiscordApi, running: Running, inbox: SqlInbox) -> None:
    kept: dict[bool, int] = {}

    async def listen(incoming: Incoming) -> list[Reply]:
        assert isinstance(incoming, Message)
        kept[incoming.addressed] = len(await inbox.waiting(ACCOUNT))
        return []

    api.gateway.granted = True
    async with running(listen, inbox=inbox, message_content=True):
        await api.say(payloads.in_server("路过"))
        await until(lambda: len(kept) == 1)
        await api.say(payloads.message("私聊"))
        await until(lambda: len(kept) == 2)
    assert kept == {False: 0, True: 1}
