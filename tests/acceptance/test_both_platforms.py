"""One `coursebot run` on Telegram and Discord at once, as a process of its own against both on loopback."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import signal
import sqlite3
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.serving import ANSWER, CARD, QUESTION, command
from tests.botapi import server as botapi
from tests.botapi import updates
from tests.botapi.server import BotApi
from tests.discordapi import payloads
from tests.discordapi import server as discordapi
from tests.discordapi.server import DiscordApi
from tests.discordapi.troubles import Trouble

SECRETS = (
    botapi.TOKEN,
    botapi.TOKEN.partition(":")[2],
    discordapi.TOKEN,
    discordapi.TOKEN.rpartition(".")[2],
)


class Both:
    """The process and the two platforms that it talks to."""

    def __init__(self, telegram: BotApi, discord: DiscordApi, data: Path) -> None:
        self.telegram = telegram
        self.discord = discord
        self.data = data
        self.process: Process
        self._said: asyncio.Task[tuple[bytes, bytes]]

    @asynccontextmanager
    async def running(self, *options: str, **settings: str) -> AsyncIterator[Process]:
        """Run it until the end of the block."""
        self.process = await command(
            *options,
            "run",
            data=self.data,
            **{
                "COURSEBOT_TELEGRAM_TOKEN": botapi.TOKEN,
                "COURSEBOT_TELEGRAM_BASE_URL": self.telegram.base_url,
                "COURSEBOT_DISCORD_TOKEN": discordapi.TOKEN,
                "COURSEBOT_DISCORD_API_URL": self.discord.api_url,
                "COURSEBOT_DISCORD_GATEWAY_URL": self.discord.gateway_url,
            }
            | settings,
        )
        # Read all the time, as a full pipe would hold the process up.
        self._said = asyncio.create_task(self.process.communicate())
        try:
            yield self.process
        finally:
            if self.process.returncode is None:
                self.process.kill()
            await self._said

    async def connected(self) -> None:
        await asyncio.gather(self.telegram.polled(within=20), self.discord.gateway.wait(within=20))

    async def stopped(self) -> tuple[int, str, str, float]:
        """End it as an operator does: exit code, output, complaints, and seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        output, complaints = await asyncio.wait_for(asyncio.shield(self._said), 20)
        took = time.monotonic() - begun
        assert self.process.returncode is not None
        return self.process.returncode, output.decode(), complaints.decode(), took


@pytest.fixture
async def both(served: Path, tmp_path: Path) -> AsyncIterator[Both]:
    data = Path(shutil.copytree(served, tmp_path / "data"))
    async with AsyncExitStack() as servers:
        telegram = await servers.enter_async_context(BotApi())
        discord = await servers.enter_async_context(DiscordApi())
        yield Both(telegram, discord, data)


def button(message: dict[str, Any], label: str) -> str:
    """What the button of that name carries."""
    return next(
        str(each["custom_id"])
        for row in message["components"]
        for each in row["components"]
        if each["label"] == label
    )


async def talk_in_telegram(api: BotApi) -> None:
    api.push(updates.message("/start"))
    assert "容器十讲" in (await api.call("sendMessage")).words
    asked = updates.message(QUESTION)
    api.push(asked)
    card = await api.call("sendMessage", 2)
    assert card.words.startswith(CARD)
    more, why = (
        next(each["callback_data"] for each in card.buttons if each["text"] == label)
        for label in ("更多", "为什么")
    )
    api.push(updates.press(more, card.message_id))
    assert ANSWER in (await api.call("editMessageText")).words
    api.push(updates.press(why, card.message_id))
    assert (await api.call("sendMessage", 3)).words.startswith("🔎 为什么是这条")
    api.push(
        updates.message("什么是命名空间？", number=asked["message"]["message_id"], kind="edited_message")
    )
    changed = await api.call("editMessageText", 2)
    assert (changed.data["message_id"], ANSWER in changed.words) == (str(card.message_id), False)


async def talk_in_discord(api: DiscordApi) -> None:
    asked = await api.say(payloads.message(QUESTION))
    [sent] = await api.call("POST", f"/channels/{payloads.DM}/messages")
    card = api.messages[sent.message_id]
    assert CARD in card["content"].replace("**", "")
    await api.gateway.dispatch("INTERACTION_CREATE", payloads.press(button(card, "更多"), card))
    [more] = await api.call("PATCH", "/messages/@original")
    assert ANSWER[-20:] in more.data["content"]
    await api.gateway.dispatch("INTERACTION_CREATE", payloads.press(button(card, "为什么"), card))
    [why] = await api.call("POST", "/webhooks/")
    assert "🔎 为什么是这条" in why.data["content"].replace("**", "")
    edited = {**asked, "content": "什么是命名空间？", "edited_timestamp": "2026-01-01T00:00:05+00:00"}
    await api.gateway.dispatch("MESSAGE_UPDATE", edited)
    [changed] = await api.call("PATCH", f"/channels/{payloads.DM}/messages/{sent.message_id}")
    assert ANSWER[:20] not in changed.data["content"]
    question = {"type": 3, "name": "question", "value": QUESTION}
    await api.gateway.dispatch("INTERACTION_CREATE", payloads.command("ask", question))
    slash = (await api.call("PATCH", "/messages/@original", count=2))[1]
    assert CARD in slash.data["content"].replace("**", "")


async def test_a_whole_conversation_on_both_at_once(both: Both) -> None:
    async with both.running():
        await both.connected()
        await asyncio.gather(talk_in_telegram(both.telegram), talk_in_discord(both.discord))
        code, output, complaints, took = await both.stopped()
    assert (code, complaints, took < 5) == (0, "", True)
    assert "Telegram is connected: @course_bot" in output
    assert "Discord is connected: coursebot" in output
    assert both.discord.gateway.closed_with == 1000


async def test_a_signal_ends_both_in_time_with_nothing_half_said(both: Both) -> None:
    both.telegram.trouble("sendMessage", botapi.Trouble(delay=1.0))
    both.discord.fail(Trouble(delay=1.0))
    async with both.running():
        await both.connected()
        both.telegram.push(updates.message(QUESTION))
        await both.discord.say(payloads.message(QUESTION))
        await both.telegram.call("sendMessage")
        await asyncio.sleep(0.3)
        code, _, complaints, took = await both.stopped()
    assert (code, complaints, took < 5) == (0, "", True)
    async with both.running():
        await both.connected()
        await asyncio.sleep(0.5)
    assert len(both.telegram.made("sendMessage")) == 1
    assert [CARD in each["content"].replace("**", "") for each in both.discord.messages.values()] == [True]


@pytest.mark.parametrize(
    ("platform", "wrong"),
    [("TELEGRAM", "wrong token"), ("DISCORD", "MTEwMDAwMDAwMDAwMDAwMDAwMQ.wrong.wrong")],
)
async def test_a_wrong_token_of_one_leaves_the_other(both: Both, platform: str, wrong: str) -> None:
    async with both.running(**{f"COURSEBOT_{platform}_TOKEN": wrong}):
        if platform == "TELEGRAM":
            await both.discord.gateway.wait(within=20)
            await both.discord.say(payloads.message(QUESTION))
            await both.discord.call("POST", f"/channels/{payloads.DM}/messages")
        else:
            await both.telegram.polled(within=20)
            both.telegram.push(updates.message(QUESTION))
            await both.telegram.call("sendMessage")
        code, output, complaints, _ = await both.stopped()
    assert code == 0
    assert complaints.count("\n") == 1
    assert f"COURSEBOT_{platform}_TOKEN" in complaints
    assert wrong not in output + complaints


async def test_tokens_are_in_no_output_and_in_no_process_list(both: Both) -> None:
    both.telegram.trouble(
        "sendMessage",
        botapi.Trouble(502, "Bad Gateway"),
        botapi.Trouble(400, f"Bad Request: {botapi.TOKEN}"),
    )
    both.discord.fail(Trouble(status=502))
    both.discord.fail(Trouble(drop=True))
    async with both.running("-vv") as process:
        await both.connected()
        both.telegram.push(updates.message(QUESTION))
        await both.telegram.call("sendMessage")
        await both.discord.say(payloads.message(QUESTION))
        await both.discord.call("POST", f"/channels/{payloads.DM}/messages", within=10)
        await both.discord.gateway.drop()
        await both.discord.say(payloads.message(QUESTION))
        await both.discord.call("POST", f"/channels/{payloads.DM}/messages", count=2, within=10)
        listed = (Path("/proc") / str(process.pid) / "cmdline").read_bytes().decode()
        _, output, complaints, _ = await both.stopped()
    assert "sendMessage" in complaints
    assert "/channels/" in complaints
    for secret in SECRETS:
        assert secret not in output + complaints + listed
    kept = [each.read_bytes() for each in both.data.rglob("*") if each.is_file()]
    assert not any(secret.encode() in each for each in kept for secret in SECRETS)


async def test_after_kill_9_what_was_kept_of_discord_is_answered_once(both: Both) -> None:
    def answered() -> Counter[str]:
        return Counter(each["channel_id"] for each in both.discord.messages.values())

    reader = itertools.count(1_200_000_000_000_000_000)
    for round_ in range(3):
        async with both.running() as process:
            await both.connected()
            for _ in range(8):
                number = str(next(reader))
                author = {**payloads.ANN, "id": number}
                await both.discord.say(payloads.message(QUESTION, channel_id=number, author=author))
            await asyncio.sleep(0.05 + 0.2 * round_)
            process.kill()
            await process.wait()
    with closing(sqlite3.connect(both.data / "coursebot.sqlite")) as database:
        kept = {str(number) for (number,) in database.execute("SELECT number FROM inbox")}
    asked = {each["channel_id"] for id_, each in both.discord.rooms.said.items() if id_ in kept}
    assert asked
    async with both.running():
        await both.connected()
        await both.discord.until(lambda: asked <= answered().keys(), within=20)
        await both.stopped()
    assert {channel: answered()[channel] for channel in asked} == dict.fromkeys(asked, 1)
