"""The first owner by the printed code, and an answer typed over a kill of the bot, on Telegram's loopback server."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.command import Coursebot
from tests.acceptance.serving import command
from tests.botapi import updates
from tests.botapi.server import TOKEN, BotApi, Call

QUESTION = "挂载卷之后权限总是不对怎么处理？"


class Bot:
    """`coursebot run` on Telegram, with all that it prints."""

    def __init__(self, api: BotApi, data: Path) -> None:
        self.api = api
        self.data = data
        self.printed = ""
        self.complained = ""
        self._more = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        process = await command(
            "run",
            data=self.data,
            LANG="zh_CN.UTF-8",
            COURSEBOT_TELEGRAM_TOKEN=TOKEN,
            COURSEBOT_TELEGRAM_BASE_URL=self.api.base_url,
        )
        self.printed = self.complained = ""
        reading = [asyncio.create_task(self._read(process)), asyncio.create_task(self._complain(process))]
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await asyncio.gather(process.wait(), *reading)

    async def _read(self, process: Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            self.printed += line.decode()
            self._more.set()

    async def _complain(self, process: Process) -> None:
        assert process.stderr
        async for line in process.stderr:
            self.complained += line.decode()

    async def says(self, piece: str) -> None:
        """Wait until it has printed something."""
        async with asyncio.timeout(20):
            while piece not in self.printed:
                await self._more.wait()
                self._more.clear()

    async def told(self, piece: str, start: int) -> Call:
        """The first message that holds some words, from the one of that number on."""
        while piece not in (found := await self.api.call("sendMessage", start)).words:
            start += 1
        return found


@pytest.fixture
async def bot_on_telegram(served: Path, tmp_path: Path) -> AsyncIterator[Bot]:
    data = Path(shutil.copytree(served, tmp_path / "data"))
    async with BotApi() as api:
        yield Bot(api, data)


async def test_the_first_owner_adds_an_answer_over_a_kill(bot_on_telegram: Bot) -> None:
    bot, api = bot_on_telegram, bot_on_telegram.api
    async with bot.running() as process:
        await bot.says("已连上")
        code = re.search(r"/claim (\w+)", bot.printed)
        assert code
        api.push(updates.message(f"/claim {code[1]}"))
        assert "你现在是所有者了" in (await api.call("sendMessage")).words
        api.push(updates.message("/add"))
        assert "(1/3)" in (await api.call("sendMessage", 2)).words
        api.push(updates.message(QUESTION))
        assert "(2/3)" in (await api.call("sendMessage", 3)).words
        process.send_signal(signal.SIGKILL)
        await process.wait()
        assert code[1] not in bot.complained
    async with bot.running():
        await bot.says("已连上")
        assert "/claim" not in bot.printed
        api.push(updates.message("先看宿主机上的属主，再改 uid。"))
        # What was on the wire at the kill may be said once more.
        last = await bot.told("(3/3)", 4)
        skip = next(each["callback_data"] for each in last.buttons if each["text"] == "跳过")
        api.push(updates.press(skip, last.message_id))
        await bot.told("存好了", 5)
        api.push(updates.message(QUESTION))
        assert "先看宿主机上的属主" in (await bot.told("📌 管理员回答", 6)).words
    logged = Coursebot(data=bot.data)("audit", "--json").json
    assert [(each["action"], each["by"]) for each in logged[:2]] == [
        ("add", "telegram:7"),
        ("grant", "telegram:7"),
    ]
    assert logged[0]["after"]["question"] == QUESTION
    listed = Coursebot(data=bot.data, language="zh_CN.UTF-8")("audit", "telegram:7")
    assert "telegram:7 · 加人 telegram:7" in listed.out
    assert json.dumps(logged).count(code[1]) == 0


def test_there_is_no_code_where_the_settings_name_an_owner(served: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(served, tmp_path / "data"))
    bot = Coursebot(data=data)
    bad = bot("audit", COURSEBOT_OWNERS="@somebody")
    assert bad.code == 2
    assert "with ids only" in bad.err
    talked = bot("chat", stdin="/admins\n", COURSEBOT_OWNERS="telegram:42, discord:99")
    assert "telegram:42 · owner · All courses" in talked.out
    assert "discord:99 · owner · All courses" in talked.out
    [again, *_] = bot("audit", "--by", "operator", "--limit", "1", "--json").json
    assert again["subject"] in {"discord:99", "s1"}
