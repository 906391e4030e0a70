from __future__ import annotations

import asyncio
import re
import time

import discord
import pytest
import simcord

from adapters.discord import naming
from adapters.discord.choices import Choices
from bot.catalog import ENGLISH, SIMPLIFIED, TRADITIONAL
from bot.commands import COMMANDS, Audience
from bot.messages import Command, Incoming, Platform
from bot.replies import Reply
from bot.stores import CourseSummary
from tests.adapters.discord_.support import QUESTION, Connected, Place, labels
from tests.bot.support import COURSE, Shelf

OFFERED = [spec for spec in COMMANDS if spec.on(Platform.DISCORD)]
TEAMS = {spec.name for spec in OFFERED if spec.role and Audience.MANAGER in spec.audiences}
"""The commands of the course team, shown on a server to those who manage channels."""


async def test_a_command_is_answered_for_the_reader_alone(place: Place) -> None:
    result = await place.ann.slash(place.channel, "ask", question=QUESTION)
    assert result.deferred or result.acknowledged
    assert result.response
    assert result.response.ephemeral
    assert "西二旗摸鱼人" in result.response.content
    assert labels(result.response) == ["Why", "Other results", "👍", "👎", "Show everyone"]
    assert place.channel.history(viewer=place.bob) == []
    first = next(each for each in place.env.http_requests if "/callback" in each.path)
    assert isinstance(first.json, dict)
    assert first.json["type"] == discord.InteractionResponseType.deferred_channel_message.value


async def test_which_commands_are_offered_where(place: Place) -> None:
    keeper = place.server.create_role(
        "keepers", permissions=discord.Permissions(manage_channels=True, view_channel=True)
    )
    boss = place.server.add_member(place.env.create_user("boss"), roles=[keeper])
    everyone = set(place.ann.available_commands(place.channel))
    assert everyone == {"ask", "more", "why", "lessons", "lesson", "progress", "help"}
    managed = {"course", "settings", "subscribe", "unsubscribe", "digest", "goto"}
    assert set(boss.available_commands(place.channel)) == everyone | managed | TEAMS
    assert {"ask", "privacy", "start", "settings"} <= set(place.ann.user.available_commands())


async def test_names_are_localised_and_fit(place: Place) -> None:
    told = next(each.json for each in place.env.http_requests if each.path.endswith("/commands"))
    assert isinstance(told, list)
    slashes = {each["name"]: each for each in told if each["type"] == 1}
    assert set(slashes) == {spec.name for spec in OFFERED}
    assert slashes["lesson"]["name_localizations"] == {"zh-CN": "讲", "zh-TW": "講"}
    assert slashes["ask"]["options"][0] == slashes["ask"]["options"][0] | {
        "name": "question",
        "name_localizations": {"zh-CN": "问题", "zh-TW": "問題"},
        "required": True,
    }
    menu = next(each for each in told if each["type"] == 3)
    assert menu["name"] == "Ask the course bot"
    assert menu["name_localizations"] == {"zh-CN": "问课程机器人", "zh-TW": "問課程機器人"}
    fit = re.compile(r"[-_\w]{1,32}")
    for locale in (None, "zh-CN", "zh-TW"):
        names = [
            each["name"] if locale is None else each["name_localizations"][locale]
            for each in slashes.values()
        ]
        assert all(fit.fullmatch(name) and name == name.lower() for name in names)
        assert len(set(names)) == len(names)
    for each in slashes.values():
        for described in (each, *each["options"]):
            texts = [described["description"], *described["description_localizations"].values()]
            assert all(1 <= len(text) <= 100 for text in texts)
            assert fit.fullmatch(described["name"])


async def test_courses_and_lessons_are_offered_at_once(place: Place) -> None:
    every = await place.ann.autocomplete(place.channel, "lesson", "lesson", "")
    assert len(every) == 25
    begun = time.perf_counter()
    numbered = await place.ann.autocomplete(place.channel, "lesson", "lesson", "1")
    assert time.perf_counter() - begun < 0.3
    assert numbered[0] == {"name": "01 容器到底是什么 · 容器十讲", "value": "容器到底是什么"}
    courses = await place.ann.autocomplete(place.channel, "lessons", "course", "seconb")
    assert [each["value"] for each in courses] == ["A second course"]
    answered = await place.ann.slash(place.channel, "lesson", lesson=numbered[0]["value"])
    assert answered.response
    assert "容器到底是什么" in answered.response.content


async def test_titles_that_come_late_are_not_waited_for(connected: Connected) -> None:
    class Slow(Shelf):
        async def summaries(self) -> list[CourseSummary]:
            await asyncio.Event().wait()
            return await super().summaries()

    choices = Choices(Slow(COURSE))
    begun = time.perf_counter()
    assert await choices.courses("容器") == []
    assert time.perf_counter() - begun < 0.3
    await choices.close()


async def test_titles_are_read_again_after_a_while() -> None:
    class Counted(Shelf):
        reads = 0
        broken = False

        async def summaries(self) -> list[CourseSummary]:
            self.reads += 1
            if self.broken:
                raise OSError("disk")
            return await super().summaries()

    at = 0.0
    shelf = Counted(COURSE)
    choices = Choices(shelf, clock=lambda: at)
    assert [each.value for each in await choices.courses("")] == ["容器十讲"]
    assert [each.value for each in await choices.courses("容")] == ["容器十讲"]
    assert shelf.reads == 1
    at, shelf.broken = 61.0, True
    assert await choices.courses("容")
    await asyncio.sleep(0.01)
    assert shelf.reads == 2
    assert await choices.courses("容")  # the old ones still serve
    await choices.close()


async def test_somebody_elses_message_is_asked_from_its_menu(place: Place) -> None:
    asked = await place.bob.send(place.channel, QUESTION)
    result = await place.ann.context_menu(place.channel, "Ask the course bot", asked)
    assert result.response
    assert result.response.ephemeral
    assert "西二旗摸鱼人" in result.response.content
    nothing = await place.ann.context_menu(
        place.channel, "Ask the course bot", await place.bob.send(place.channel, place.me)
    )
    assert nothing.response
    assert "no question yet" in nothing.response.content


async def test_what_the_core_says_nothing_to_leaves_no_trace(connected: Connected) -> None:
    async def silent(_: Incoming) -> list[Reply]:
        return []

    async with simcord.run(connected(silent)) as env:
        place = Place(env)
        result = await place.ann.slash(place.channel, "help")
        assert place.channel.history() == []
        assert result.response is None


@pytest.mark.simcord(check_errors=False)
async def test_a_command_that_is_no_more_gets_a_suggestion(place: Place) -> None:
    place.env.bot.tree.remove_command("help")  # type: ignore[attr-defined]
    result = await place.ann.slash(place.channel, "help")
    assert result.response
    assert "/help" in result.response.content or "What I can do" in result.response.content


def test_every_command_is_named_in_both_chinese_scripts() -> None:
    for spec in OFFERED:
        assert naming.command_name(spec, SIMPLIFIED)
        assert naming.command_name(spec, TRADITIONAL)
        assert naming.fit(spec.name) == spec.name
        if spec.argument:
            assert naming.option_name(spec.argument, ENGLISH)


async def test_by_manager_follows_discords_permissions(connected: Connected) -> None:
    managers: list[bool] = []

    async def listen(incoming: Incoming) -> list[Reply]:
        assert isinstance(incoming, Command)
        managers.append(incoming.by_manager)
        return []

    async with simcord.run(connected(listen)) as env:
        place = Place(env)
        for held in (
            discord.Permissions(),
            discord.Permissions(manage_channels=True),
            discord.Permissions(manage_guild=True),
        ):
            role = place.server.create_role("r", permissions=held | discord.Permissions(view_channel=True))
            member = place.server.add_member(env.create_user(f"m{held.value}"), roles=[role])
            await member.slash(place.channel, "help")
        await place.ann.user.slash("help")
    assert managers == [False, True, True, True]
