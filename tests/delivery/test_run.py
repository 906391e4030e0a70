"""`coursebot run` with subscribers: lessons come by themselves, and one process at a time uses a database."""

from __future__ import annotations

import asyncio
import shutil
import signal
from asyncio.subprocess import Process
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.daily.schedule import Schedule
from config.lock import only_one
from knowledge.errors import CoursebotError
from tests.acceptance.command import ENGLISH, Coursebot
from tests.acceptance.serving import command
from tests.botapi.server import TOKEN, BotApi
from tests.delivery.rig import database, sent


@pytest.fixture
def data(served: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(served, tmp_path / "data"))


async def run(api: BotApi, data: Path) -> Process:
    settings = {
        "COURSEBOT_TELEGRAM_TOKEN": TOKEN,
        "COURSEBOT_TELEGRAM_BASE_URL": api.base_url,
        "LANG": ENGLISH,
    }
    return await command("run", data=data, **settings)


async def test_a_lesson_comes_by_itself_and_a_second_process_is_refused_in_words(
    api: BotApi, data: Path
) -> None:
    async with database(data / "coursebot.sqlite") as post:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        slug = (await post.courses.summaries())[0].slug
        for number in (1, 2):
            await post.subscribed(number, slug, schedule=Schedule(at=time(0), zone="UTC"), at=yesterday)
    bot = await run(api, data)
    try:
        await api.until(lambda: len(sent(api)) == 2, within=60)
        second = await run(api, data)
        _, complaint = await asyncio.wait_for(second.communicate(), 60)
        assert second.returncode == 2
        assert f"Process {bot.pid} already runs the bot" in complaint.decode()
        # Other commands go on beside it.
        beside = Coursebot(data=data)
        assert "sent 2" in (await asyncio.to_thread(beside, "deliveries")).out
        assert (await asyncio.to_thread(beside, "courses")).code == 0
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.wait(), 30)
        assert bot.returncode == 0
    finally:
        if bot.returncode is None:
            bot.kill()
        await bot.communicate()
    assert len(sent(api)) == 2


def test_the_lock_is_on_the_file_and_not_on_its_name(tmp_path: Path) -> None:
    file, link = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    file.touch()
    link.symlink_to(file)
    with (
        only_one(file),
        pytest.raises(CoursebotError, match="already-running"),
        only_one(link),
    ):
        pass
    with only_one(link):
        pass
    with only_one(None), only_one(None):
        pass
