from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import discord
import pytest
import simcord
from simcord.enums import MessageType

from adapters.discord import naming
from adapters.discord.choices import Choices
from bot.catalog import ENGLISH, SIMPLIFIED, TRADITIONAL
from bot.commands import COMMANDS
from bot.messages import Command, Incoming, Message, Platform
from bot.ports import CourseSummary
from bot.replies import Button, Reply, Text
from tests.adapters.discord_.support import Connected, Place
from tests.bot.support import COURSE, Shelf

QUESTION = "unshare 和 nsenter 有什么区别？"


def labels(message: Any) -> list[str]:
    rows = message.components
    if rows and not isinstance(rows[0], dict):
        rows = [row.to_dict() for row in rows]
    return [button["label"] for row in rows for button in row["components"]]


def bodies(env: simcord.Env) -> list[dict[str, Any]]:
    """What the bot sent to be read, as it went over the wire."""
    found = [
        each.json.get("data", each.json)
        for each in env.http_requests
        if each.method in {"POST", "PATCH"} and isinstance(each.json, dict) and "commands" not in each.path
    ]
    return [each for each in found if each.get("content") or each.get("embeds")]


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


async def test_an_answer_is_shown_to_everyone_once(place: Place) -> None:
    result = await place.ann.slash(place.channel, "ask", question=QUESTION)
    assert result.response
    await place.ann.click(result.response, label="Show everyone")
    seen = place.channel.history(viewer=place.bob)
    assert len(seen) == 1
    assert seen[0].content.startswith("-# ann shows an answer\n**✍️ Author's reply**")
    assert labels(seen[0]) == ["Why", "Other results", "👍", "👎"]
    assert "Show everyone" not in labels(result.response)
    # What others do with it is for themselves.
    pressed = await place.bob.click(seen[0], label="Why")
    assert [each.ephemeral for each in pressed.followups] == [True]


async def test_a_long_answer_is_shown_as_embeds(connected: Connected) -> None:
    async def long(_: Incoming) -> list[Reply]:
        return [Reply(spans=(Text("一句话。\n\n" * 900),), buttons=((Button("1", "o:x"),),))]

    async with simcord.run(connected(long)) as env:
        place = Place(env)
        result = await place.ann.slash(place.channel, "ask", question="x")
        assert result.response
        assert not result.response.content
        assert sum(len(each.description or "") for each in result.response.embeds) > 4096
        await place.ann.click(result.response, label="Show everyone")
        seen = place.channel.history(viewer=place.bob)[0]
        assert seen.content == "-# ann shows an answer"
        assert [each.description for each in seen.embeds] == [
            each.description for each in result.response.embeds
        ]


async def test_an_answer_longer_than_a_message_is_several(connected: Connected) -> None:
    async def long(_: Incoming) -> list[Reply]:
        return [Reply(spans=(Text("一句话。\n\n" * 3000),), private=True)]

    async with simcord.run(connected(long)) as env:
        place = Place(env)
        result = await place.ann.slash(place.channel, "ask", question="x")
        assert result.followups
        assert all(each.ephemeral for each in result.followups)
        await place.ann.send(place.channel, f"{place.me} x")
        public = place.channel.history(viewer=place.bob)[1:]
        assert len(public) == 1 + len(result.followups)
        assert [each.reference is not None for each in public] == [True, *[False] * len(result.followups)]


async def test_in_private_everything_stays(env: simcord.Env) -> None:
    ann = env.create_user("ann")
    env.create_guild().add_member(ann)
    result = await ann.slash("ask", question=QUESTION)
    assert result.response
    assert not result.response.ephemeral
    assert "Show everyone" not in labels(result.response)
    await ann.send_dm(QUESTION)
    assert [each.content.count("西二旗摸鱼人") for each in ann.dm_channel.history()] == [1, 0, 1]
    assert ann.dm_channel.history()[-1].reference is None


async def test_which_commands_are_offered_where(place: Place) -> None:
    keeper = place.server.create_role(
        "keepers", permissions=discord.Permissions(manage_channels=True, view_channel=True)
    )
    boss = place.server.add_member(place.env.create_user("boss"), roles=[keeper])
    everyone = set(place.ann.available_commands(place.channel))
    assert everyone == {"ask", "more", "why", "lessons", "lesson", "help"}
    assert set(boss.available_commands(place.channel)) == everyone | {"course", "settings"}
    assert {"ask", "privacy", "start", "settings"} <= set(place.ann.user.available_commands())


async def test_names_are_localised_and_fit(place: Place) -> None:
    told = next(each.json for each in place.env.http_requests if each.path.endswith("/commands"))
    assert isinstance(told, list)
    slashes = {each["name"]: each for each in told if each["type"] == 1}
    assert set(slashes) == {spec.name for spec in COMMANDS if spec.on(Platform.DISCORD)}
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


async def test_mentions_and_replies_are_answered_and_nothing_else(place: Place) -> None:
    await place.ann.send(place.channel, "大家好")
    await place.ann.send(place.channel, "@everyone " + QUESTION)
    assert len(place.channel.history()) == 2
    asked = await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    answer = place.channel.history()[-1]
    assert answer.reference
    assert answer.reference.message_id == asked.id
    await place.bob.send(
        place.channel, "docker exec 进去的进程，和容器里的 1 号是父子关系吗？", reply_to=answer
    )
    assert "一只咸鱼" in place.channel.history()[-1].content
    await place.bob.send(place.channel, place.me, reply_to=asked)
    assert "西二旗摸鱼人" in place.channel.history()[-1].content


async def test_other_bots_and_notices_are_not_answered(place: Place) -> None:
    robot = place.server.add_member(place.env.create_user("robot", bot=True))
    await robot.send(place.channel, f"{place.me} {QUESTION}")
    await place.server.create_webhook(place.channel).send(f"{place.me} {QUESTION}")
    place.server.create_system_message(place.channel, MessageType.NEW_MEMBER, author=place.ann)
    await place.env.settle()
    assert not bodies(place.env)


async def test_an_edited_question_gets_its_answer_edited(place: Place, connected: Connected) -> None:
    asked = await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    answer = place.channel.history()[-1]
    await place.ann.edit(asked, f"{place.me} docker exec 进去的进程，和容器里的 1 号是父子关系吗？")
    assert [each.id for each in place.channel.history()] == [asked.id, answer.id]
    assert "一只咸鱼" in place.channel.history()[-1].content
    await place.env.restart_bot(connected())
    await place.ann.edit(asked, f"{place.me} {QUESTION}")
    assert [each.id for each in place.channel.history()] == [asked.id, answer.id]
    assert "西二旗摸鱼人" in place.channel.history()[-1].content


async def test_an_answer_that_was_deleted_is_given_anew(place: Place) -> None:
    asked = await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    place.env.backend.delete_message(place.channel.id, place.channel.history()[-1].id)
    await place.ann.edit(asked, f"{place.me} 区别")
    assert (
        "Did you mean" in place.channel.history()[-1].content
        or "你想问" in place.channel.history()[-1].content
    )


async def test_an_answer_that_gets_shorter_loses_its_other_messages(connected: Connected) -> None:
    async def say(heard: Incoming) -> list[Reply]:
        assert isinstance(heard, Message)
        return [Reply(spans=(Text("一句话。\n\n" * (3000 if "long" in heard.text else 1)),))]

    async with simcord.run(connected(say)) as env:
        place = Place(env)
        asked = await place.ann.send(place.channel, f"{place.me} long")
        assert len(place.channel.history()) > 2
        await env.advance_time(1)
        await place.ann.edit(asked, f"{place.me} short")
        assert len(place.channel.history()) == 2
        await env.advance_time(1)
        await place.ann.edit(asked, f"{place.me} long again")
        assert len(place.channel.history()) > 2


@pytest.mark.parametrize("forum", [False, True])
async def test_threads_and_forum_posts_are_answered_where_they_are(place: Place, forum: bool) -> None:
    held = await (place.forum_post() if forum else place.thread())
    await place.ann.send(held, f"{place.me} {QUESTION}")
    assert "西二旗摸鱼人" in held.history()[-1].content
    result = await place.ann.slash(held, "ask", question=QUESTION)
    assert result.response
    assert result.response.channel_id == held.id


async def test_a_thread_is_a_topic_of_its_channel(connected: Connected) -> None:
    heard: list[Incoming] = []

    async def listen(incoming: Incoming) -> list[Reply]:
        heard.append(incoming)
        return [Reply(spans=(Text("x"),))]

    async with simcord.run(connected(listen)) as env:
        place = Place(env)
        thread = await place.thread()
        await place.ann.send(thread, f"{place.me} 一")
        await place.ann.slash(thread, "ask", question="二")
        assert [(each.chat.id, each.chat.thread) for each in heard] == [
            (str(place.channel.id), str(thread.id))
        ] * 2


async def test_old_and_foreign_buttons_get_a_polite_word(place: Place) -> None:
    result = await place.ann.slash(place.channel, "ask", question=QUESTION)
    assert result.response
    stored = place.env.backend.get_message(place.channel.id, result.response.id)
    for carried in ("b:zz:unknown", "from another bot", "b:"):
        stored.components[0]["components"][0]["custom_id"] = carried
        pressed = await place.ann.click(result.response, custom_id=carried)
        assert [each.content for each in pressed.followups] == [
            "This button no longer works; just ask again."
        ]


async def test_nothing_that_is_sent_can_mention_or_be_sent_twice(place: Place) -> None:
    await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    result = await place.ann.slash(place.channel, "ask", question=QUESTION)
    assert result.response
    await place.ann.click(result.response, label="Why")
    await place.ann.click(result.response, label="Show everyone")
    sent = bodies(place.env)
    assert len(sent) == 4
    for each in sent:
        assert each["allowed_mentions"]["parse"] == []
        assert not each["allowed_mentions"].get("users")
        assert not each["allowed_mentions"].get("replied_user")
    posted = next(each for each in sent if "nonce" in each)
    assert len(posted["nonce"]) <= 25
    assert posted["enforce_nonce"] is True


@pytest.mark.parametrize(
    ("status", "code", "level"),
    [(403, 50013, "INFO"), (404, 10003, "INFO"), (400, 50035, "ERROR"), (503, 0, "WARNING")],
)
async def test_an_answer_that_cannot_be_sent_is_a_line_in_the_log(
    place: Place, caplog: pytest.LogCaptureFixture, status: int, code: int, level: str
) -> None:
    caplog.set_level("INFO", "coursebot.discord")
    place.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=1)
    await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    assert [each.levelname for each in caplog.records if "message" in each.getMessage()] == [level]
    assert "unshare" not in caplog.text
    await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    assert "西二旗摸鱼人" in place.channel.history()[-1].content


async def test_without_the_history_permission_the_answer_stands_by_itself(place: Place) -> None:
    place.env.inject_error("POST", "/channels/*/messages", status=403, code=160002)
    await place.ann.send(place.channel, f"{place.me} {QUESTION}")
    answer = place.channel.history()[-1]
    assert "西二旗摸鱼人" in answer.content
    assert answer.reference is None


async def test_without_the_intent_only_what_is_addressed_is_heard(connected: Connected) -> None:
    heard: list[str] = []

    async def listen(incoming: Incoming) -> list[Reply]:
        heard.append(
            f"{incoming.text}:{incoming.addressed}" if isinstance(incoming, Message) else incoming.chat.id
        )
        return []

    for granted in (False, True):
        heard.clear()
        async with simcord.run(connected(listen, message_content=granted)) as env:
            place = Place(env)
            await place.ann.send(place.channel, "路过")
            await place.ann.send(place.channel, f"{place.me} 问")
            await place.ann.send_dm("私聊")
        assert heard == (["路过:False"] if granted else []) + ["问:True", "私聊:True"]


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
    for spec in COMMANDS:
        if spec.on(Platform.DISCORD):
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
