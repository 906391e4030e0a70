"""Whose files are looked at, and who may import what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.messages import Person, Platform
from tests.bot.uploading import LESSON, NOW, TABLE, Bot, with_team
from tests.knowledge.test_archive import packed


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with with_team(tmp_path) as made:
        yield made


async def test_a_readers_file_is_not_looked_at(bot: Bot) -> None:
    (said,) = await bot.send("a.csv", TABLE, who="7")
    assert said.text == "I do not look at files. Just type what you would like to ask."
    assert "A machine." in "".join(
        reply.text for reply in await bot.send("log.txt", "x", "And a node?", who="7")
    )
    assert await bot.send("a.csv", TABLE, who="7", group=5) == []
    assert bot.sent.fetched == []


async def test_in_a_group_nobodys_file_is_looked_at(bot: Bot) -> None:
    assert await bot.send("a.csv", TABLE, group=5) == []
    (said,) = await bot.send("a.csv", TABLE, "/upload k8s", group=5)
    assert "to me alone" in said.text
    assert bot.sent.fetched == []


async def test_in_the_teams_chat_the_teams_files_are_looked_at(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE, group=6)
    assert "nothing is written yet" in tried.text
    assert await bot.send("a.csv", TABLE, who="7", group=6) == []
    assert bot.sent.fetched == ["a.csv"]


async def test_an_admin_of_another_course_may_not(bot: Bot) -> None:
    (said,) = await bot.send("a.csv", TABLE, who="3")
    assert "k8s" in said.text
    assert said.buttons == ()
    assert await bot.answers() == {}


async def test_somebody_elses_file_is_for_admins_of_the_course(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE)
    for who in ("4", "3", "7"):
        await bot.press(tried, "Import", who=who)
        await bot.press(tried, "Cancel", who=who)
        assert await bot.answers() == {}
    assert "new 2" in await bot.press(tried, "Import", who="2")


async def test_rights_are_asked_for_again_at_the_press(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE)
    await bot.staff.revoke(Person(platform=Platform.TELEGRAM, id="1"), None, by="operator", at=NOW)
    await bot.press(tried, "Import")
    assert await bot.answers() == {}


async def test_a_course_is_for_admins_and_a_new_one_for_those_of_all(bot: Bot) -> None:
    content = packed(("01-pods.md", LESSON))
    for who in ("1", "2", "3", "7"):
        replies = await bot.send("new.zip", content, who=who)
        assert [reply.buttons for reply in replies] == [()], who
    (tried,) = await bot.send("new.zip", content, who="9")
    assert "A new course, “new” (new)" in tried.text
    await bot.press(tried, "Import", who="9")
    assert [each.slug for each in await bot.courses.summaries()] == ["k8s", "new"]
