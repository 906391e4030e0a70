"""`coursebot run` as a process of its own, on a real course, against the Bot API server."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.serving import ANSWER, CARD, QUESTION, command, ended
from tests.botapi.server import TOKEN, BotApi, Trouble
from tests.botapi.updates import GROUP, message, press


@pytest.fixture
def data(served: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(served, tmp_path / "data"))


async def run(api: BotApi, data: Path, *options: str, **settings: str) -> Process:
    return await command(
        *options,
        "run",
        data=data,
        **{"COURSEBOT_TELEGRAM_TOKEN": TOKEN, "COURSEBOT_TELEGRAM_BASE_URL": api.base_url} | settings,
    )


@asynccontextmanager
async def bot(api: BotApi, data: Path, *options: str) -> AsyncIterator[Process]:
    process = await run(api, data, *options)
    try:
        await api.polled(within=20)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_whole_conversation(api: BotApi, data: Path) -> None:
    async with bot(api, data):
        api.push(message("/start"))
        assert "容器十讲" in (await api.call("sendMessage")).words
        api.push(message(QUESTION))
        card = await api.call("sendMessage", 2)
        assert card.words.startswith(CARD)
        assert "<blockquote>" in card.data["text"]
        more = next(button for button in card.buttons if button["text"] == "更多")
        api.push(press(more["callback_data"], card.message_id))
        assert ANSWER in (await api.call("editMessageText")).words
        why = next(button for button in card.buttons if button["text"] == "为什么")
        api.push(press(why["callback_data"], card.message_id))
        assert (await api.call("sendMessage", 3)).words.startswith("🔎 为什么是这条")
        await api.call("answerCallbackQuery", 2)
        api.push(message("What is a container image?", sender=8, language="en"))
        assert "Ctrl" not in (await api.call("sendMessage", 4)).words
        # In a group only what is meant for the bot is answered.
        api.push(message(QUESTION, to=GROUP))
        api.push(message(f"/ask@course_bot {QUESTION}", to=GROUP))
        group = await api.call("sendMessage", 5)
        assert group.words.startswith(CARD)
        await asyncio.sleep(0.3)
        assert len(api.made("sendMessage")) == 5


async def test_after_kill_9_between_receipt_and_answer_it_is_answered_once(api: BotApi, data: Path) -> None:
    api.trouble("sendMessage", Trouble(429, "Too Many Requests", {"retry_after": 60}))
    async with bot(api, data) as process:
        number = api.push(message(QUESTION))
        await api.confirmed(number)
        await api.troubled("sendMessage", within=30)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    assert not api.made("sendMessage")
    async with bot(api, data):
        assert (await api.call("sendMessage")).words.startswith(CARD)
        await asyncio.sleep(0.5)
    async with bot(api, data):
        await asyncio.sleep(0.5)
    assert len(api.made("sendMessage")) == 1


async def test_after_kill_9_at_random_moments_nothing_is_lost_and_little_is_said_twice(
    api: BotApi, data: Path
) -> None:
    for round_ in range(4):
        async with bot(api, data) as process:
            for reader in range(10):
                api.push(message("什么是命名空间", sender=1000 + round_ * 10 + reader))
            await asyncio.sleep(0.08 + 0.11 * round_)
            process.send_signal(signal.SIGKILL)
            await process.wait()
    async with bot(api, data):
        await api.until(lambda: len({each.data["chat_id"] for each in api.made("sendMessage")}) == 40)
        await asyncio.sleep(0.5)
    # Twice only what was on its way at a kill.
    assert len(api.made("sendMessage")) <= 40 + 4 * 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_time_with_nothing_half_said(
    api: BotApi, data: Path, number: signal.Signals
) -> None:
    api.trouble("sendMessage", Trouble(delay=1.0))
    async with bot(api, data) as process:
        api.push(message(QUESTION))
        await api.call("sendMessage")
        start = time.monotonic()
        process.send_signal(number)
        code, output, complaints = await ended(process)
        took = time.monotonic() - start
    assert (code, took < 5) == (0, True), complaints
    assert "Telegram is connected: @course_bot" in output
    assert complaints == ""
    async with bot(api, data):
        await asyncio.sleep(0.5)
    assert len(api.made("sendMessage")) == 1


async def test_a_backlog_is_left_for_the_next_start(api: BotApi, data: Path) -> None:
    async with bot(api, data) as process:
        for reader in range(200):
            api.push(message("什么是命名空间", sender=1000 + reader))
        await api.call("sendMessage", 5)
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code, _, _ = await ended(process)
        assert (code, time.monotonic() - start < 5) == (0, True)
    async with bot(api, data):
        await api.call("sendMessage", 200, within=20)
        await asyncio.sleep(0.3)
    assert len({each.data["chat_id"] for each in api.made("sendMessage")}) == 200
    assert len(api.made("sendMessage")) == 200


async def test_a_wrong_token_is_one_sentence_that_names_the_setting(api: BotApi, data: Path) -> None:
    wrong = "424242:AAwrongTOKENwrongTOKENwrongTOKENwrong"
    code, output, complaints = await ended(await run(api, data, COURSEBOT_TELEGRAM_TOKEN=wrong))
    assert code == 2
    assert complaints.count("\n") == 1
    assert "COURSEBOT_TELEGRAM_TOKEN" in complaints
    assert wrong not in output + complaints


async def test_without_a_token_it_says_what_to_set_and_offers_the_terminal(tmp_path: Path) -> None:
    code, _, complaints = await ended(await command("run", data=tmp_path))
    assert code == 2
    for name in ("COURSEBOT_TELEGRAM_TOKEN", "COURSEBOT_DISCORD_TOKEN", "coursebot chat"):
        assert name in complaints


async def test_the_token_is_in_no_output_at_any_verbosity_and_in_no_process_list(
    api: BotApi, data: Path
) -> None:
    api.trouble("sendMessage", Trouble(502, "Bad Gateway"), Trouble(400, f"Bad Request: {TOKEN}"))
    async with bot(api, data, "-vv") as process:
        api.push(message("什么是镜像"))
        await api.call("sendMessage")
        shown = (Path("/proc") / str(process.pid) / "cmdline").read_bytes()
        process.send_signal(signal.SIGTERM)
        _, output, complaints = await ended(process)
    assert b"AAtest" not in shown
    assert "sendMessage" in complaints
    assert "AAtest" not in output + complaints
    assert "[hidden]" in complaints


async def test_a_reader_who_asks_too_fast_is_slowed_down_alone(api: BotApi, data: Path) -> None:
    async with bot(api, data):
        for _ in range(40):
            api.push(message("什么是镜像", sender=1))
        api.push(message("什么是镜像", sender=2))
        start = time.monotonic()
        await api.until(lambda: any(each.data["chat_id"] == "2" for each in api.made("sendMessage")))
        assert time.monotonic() - start < 2
        await asyncio.sleep(8)
    mine = [each.words for each in api.made("sendMessage") if each.data["chat_id"] == "1"]
    assert 2 <= len(mine) <= 8
    assert len(set(mine)) == 2
