"""`coursebot run` with subscribers: lessons come by themselves, and one process at a time uses a database."""

from __future__ import annotations

import asyncio
import shutil
import signal
from asyncio.subprocess import Process
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.team.cases import SqlCaseStore
from bot.daily.schedule import Schedule
from bot.messages import Chat, Person, Platform
from bot.team.cases import Cause, Wish
from config.lock import only_one
from jobs.beats import Beats
from knowledge.errors import CoursebotError
from tests.acceptance.command import ENGLISH, Coursebot
from tests.acceptance.serving import command
from tests.botapi.server import TOKEN, BotApi
from tests.delivery.rig import database, sent


@pytest.fixture
def data(served: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(served, tmp_path / "data"))


async def run(api: BotApi, data: Path, **more: str) -> Process:
    settings = {
        "COURSEBOT_TELEGRAM_TOKEN": TOKEN,
        "COURSEBOT_TELEGRAM_BASE_URL": api.base_url,
        "LANG": ENGLISH,
        **more,
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


async def test_the_teams_chat_is_told_of_trouble_at_once_and_of_new_cases_when_something_may_be_sent(
    api: BotApi, data: Path
) -> None:
    asked = datetime.now(UTC) - timedelta(minutes=10)
    async with database(data / "coursebot.sqlite") as post:
        name, _ = await post.desk.beat()
        Beats(data / "deliveries.beat").write(name, 1000)
        slug = (await post.courses.summaries())[0].slug
        wish = Wish(
            question="istio 的 sidecar 怎么注入？",
            course=slug,
            language="zh-Hans",
            chat=Chat(platform=Platform.TELEGRAM, id="7"),
            person=Person(platform=Platform.TELEGRAM, id="7"),
            cause=Cause.NOT_FOUND,
            at=asked,
        )
        await SqlCaseStore(post.database, Pseudonyms(post.database)).report(wish)
    bot = await run(api, data, COURSEBOT_ADMINS_CHAT="telegram:-1009")
    try:
        await api.until(lambda: len(sent(api)) == 1, within=60)
        assert "a backup was put back" in sent(api)[0][1]
        released = await asyncio.to_thread(Coursebot(data=data), "deliveries", "release")
        assert released.code == 0
        await api.until(lambda: len(sent(api)) == 2, within=60)
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.wait(), 30)
    finally:
        if bot.returncode is None:
            bot.kill()
        await bot.communicate()
    (trouble, _), (team, cases) = sent(api)
    assert trouble == team == -1009
    assert wish.question in cases


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
