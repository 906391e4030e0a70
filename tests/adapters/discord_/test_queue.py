"""The unanswered loop on Discord: a card, a modal, a reply, and the button that only the team may press."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot.daily.deliveries import State
from bot.messages import Platform
from bot.team.roles import Member, Role
from config.settings import Settings
from config.wiring import Application
from knowledge.course import read_course
from tests.adapters.discord_.support import Connected, Place

ROOT = Path(__file__).parents[3]
QUESTION = "容器里怎么用 GPU 跑训练"
ANSWER = "装好驱动，启动时加 --gpus all。"
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    made = Application(Settings(data=tmp_path))
    course = read_course(ROOT / "courses" / "containers").course
    assert course
    await (await made.courses()).save(course, at=START)
    yield made
    await made.close()


async def shown_card(env: simcord.Env, words: str) -> Any:
    """The message of ours with these words; the real index answers from another thread, so it is waited for."""
    async with asyncio.timeout(20):
        while True:
            for channel in env.backend.messages.values():
                for each in channel.values():
                    if words in str(each.embeds) + (each.content or ""):
                        return each
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("way", ["modal", "reply"])
async def test_a_question_is_queued_and_answered(
    connected: Connected, application: Application, way: str
) -> None:
    core = await application.core()
    async with simcord.run(connected(core.handle, message_content=True)) as env:
        place = Place(env)
        ann = Member(platform=Platform.DISCORD, id=str(place.ann.id), role=Role.EDITOR, name="Ann")
        await (await application.staff()).grant(ann, by="operator", at=START)
        await place.bob.send(place.channel, f"{place.me} {QUESTION}")
        await shown_card(env, "这个问题记下了")
        await place.ann.send(place.channel, f"{place.me} /queue")
        card = await shown_card(env, "🙋")
        shown = simcord.results.to_discord_message(env, card)
        refused = await place.bob.click(shown, label="忽略")
        assert not any("不再列出" in (each.content or "") for each in refused.followups)
        if way == "modal":
            form = await place.ann.click(shown, label="回答")
            assert form.modal
            assert form.modal["title"] in {"回答 #1", "Answer #1"}
            await place.ann.submit_modal(form, {"answer": ANSWER})
        else:
            await place.ann.send(place.channel, ANSWER, reply_to=shown)
        desk = await application.desk()
        async with asyncio.timeout(20):
            while not (found := await desk.deliveries([State.QUEUED])):  # noqa: ASYNC110 - it is in the database
                await asyncio.sleep(0.02)
    (told,) = found
    assert (told.chat.platform, told.chat.id) == (Platform.DISCORD, str(place.channel.id))
    reply = await (await application.compose())(told)
    assert reply
    assert QUESTION in reply.text
    assert ANSWER in reply.text
