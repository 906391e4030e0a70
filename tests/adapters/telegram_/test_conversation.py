"""The adapter and the real library against the Bot API server, over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.sql.inbox import SqlInbox
from adapters.telegram import menus
from bot.messages import ButtonPress, Chat, Command, Incoming, InlineQuery, Message, Person, Platform
from bot.replies import Bold, Button, InlineAnswer, Reply, Text
from bot.team.roles import Member, Role
from tests.adapters.telegram_.conftest import Running
from tests.botapi.server import BotApi
from tests.botapi.updates import GROUP, READER, inline, message, press

MORE = Reply(spans=(Bold("short"),), buttons=((Button("更多", "m:c1:t"),),))
WHOLE = Reply(spans=(Text("the whole"),), replaces=True)


def says(*replies: Reply) -> Callable[[Incoming], Awaitable[list[Reply]]]:
    async def handle(_: Incoming) -> list[Reply]:
        return list(replies)

    return handle


async def test_a_question_is_answered_in_its_chat(api: BotApi, running: Running) -> None:
    async with running():
        api.push(message("容器是什么？"))
        call = await api.call("sendMessage")
    assert (call.data["chat_id"], call.words) == ("7", "heard: 容器是什么？")
    assert "reply_parameters" not in call.data
    assert call.data["link_preview_options"] == {"is_disabled": True}


async def test_in_a_group_the_answer_hangs_under_the_question_and_in_its_topic(
    api: BotApi, running: Running
) -> None:
    async with running():
        api.push(message("/ask x", to=GROUP, number=55, message_thread_id=9, is_topic_message=True))
        call = await api.call("sendMessage")
    assert call.data["reply_parameters"] == {"message_id": 55, "allow_sending_without_reply": True}
    assert call.data["message_thread_id"] == "9"


async def test_a_button_replaces_its_message_and_its_hourglass_ends(api: BotApi, running: Running) -> None:
    async def handle(incoming: Incoming) -> list[Reply]:
        return [WHOLE if isinstance(incoming, ButtonPress) else MORE]

    async with running(handle):
        api.push(message("q"))
        sent = await api.call("sendMessage")
        assert [button["callback_data"] for button in sent.buttons] == ["m:c1:t"]
        api.push(press("m:c1:t", sent.message_id))
        edited = await api.call("editMessageText")
        await api.call("answerCallbackQuery")
    assert edited.words == "the whole"
    assert edited.data["message_id"] == str(sent.message_id)


async def test_a_button_works_after_a_restart(api: BotApi, running: Running) -> None:
    async with running(says(MORE)):
        api.push(message("q"))
        sent = await api.call("sendMessage")
    async with running(says(WHOLE)):
        api.push(press("m:c1:t", sent.message_id))
        assert (await api.call("editMessageText")).words == "the whole"


async def test_a_short_private_word_to_a_button_is_a_note_over_the_chat(
    api: BotApi, running: Running
) -> None:
    async with running(says(Reply(spans=(Text("这个按钮过期了"),), private=True))):
        api.push(press("old", 1, to=GROUP))
        answered = await api.call("answerCallbackQuery")
        await asyncio.sleep(0.1)
    assert answered.data["text"] == "这个按钮过期了"
    assert not api.made("sendMessage")


async def test_several_lines_are_a_note_in_a_group_only(api: BotApi, running: Running) -> None:
    async with running(says(Reply(spans=(Bold("一"), Text("\n二")), private=True))):
        api.push(press("w:c1:t", 1, to=GROUP))
        answered = await api.call("answerCallbackQuery")
        api.push(press("w:c1:t", 1))
        sent = await api.call("sendMessage")
    assert (answered.data["text"], sent.words, sent.data["chat_id"]) == ("一\n二", "一\n二", "7")


async def test_a_slow_button_stops_looking_busy_before_its_answer_comes(
    api: BotApi, running: Running
) -> None:
    async def slow(incoming: Incoming) -> list[Reply]:
        if isinstance(incoming, Message):
            return [MORE]
        await asyncio.sleep(3.5)
        return [WHOLE]

    async with running(slow):
        api.push(message("q"))
        sent = await api.call("sendMessage")
        api.push(press("m:c1:t", sent.message_id))
        start = time.monotonic()
        answered = await api.call("answerCallbackQuery")
        assert 2.5 < answered.at - start < 3.4
        await api.call("editMessageText")
        assert len(api.made("answerCallbackQuery")) == 1


async def test_an_answer_that_takes_long_is_announced_by_typing(api: BotApi, running: Running) -> None:
    async def slow(_: Incoming) -> list[Reply]:
        await asyncio.sleep(1.0)
        return [MORE]

    async with running(slow):
        api.push(message("q"))
        await api.call("sendMessage")
        assert [call.data["action"] for call in api.made("sendChatAction")] == ["typing"]
    async with running(says(MORE)):
        api.push(message("q"))
        await api.call("sendMessage", 2)
        assert len(api.made("sendChatAction")) == 1


async def test_an_edited_question_gets_its_answer_edited_to_any_length(api: BotApi, running: Running) -> None:
    texts = {"a": "A", "b": "长。" * 3000, "c": "C"}

    async def handle(incoming: Incoming) -> list[Reply]:
        assert isinstance(incoming, Message)
        return [Reply(spans=(Text(texts[incoming.text]),))]

    async with running(handle):
        api.push(message("a", number=70))
        first = await api.call("sendMessage")
        api.push(message("b", number=70, kind="edited_message"))
        second = await api.call("sendMessage", 2)
        edited = await api.call("editMessageText")
        api.push(message("c", number=70, kind="edited_message"))
        again = await api.call("editMessageText", 2)
        deleted = await api.call("deleteMessage")
    assert edited.data["message_id"] == again.data["message_id"] == str(first.message_id)
    assert edited.words + second.words == texts["b"]
    assert (again.words, deleted.data["message_id"]) == ("C", str(second.message_id))


async def test_an_answer_that_was_deleted_comes_back_as_a_new_message(api: BotApi, running: Running) -> None:
    async with running():
        api.push(message("a", number=71))
        first = await api.call("sendMessage")
        api.messages.clear()
        api.push(message("b", number=71, kind="edited_message"))
        second = await api.call("sendMessage", 2)
        api.push(message("c", number=71, kind="edited_message"))
        edited = await api.call("editMessageText")
    assert second.message_id != first.message_id
    assert (edited.data["message_id"], edited.words) == (str(second.message_id), "heard: c")


async def test_an_edit_that_changes_nothing_is_no_trouble(api: BotApi, running: Running) -> None:
    async with running(says(MORE)):
        for kind in ("message", "edited_message"):
            api.push(message("a", number=72, kind=kind))
        api.push(message("b"))
        await api.call("sendMessage", 2)
    assert not api.made("editMessageText")


async def test_inline_queries_get_a_list(api: BotApi, running: Running) -> None:
    async def choices(query: InlineQuery) -> list[InlineAnswer]:
        return [
            InlineAnswer(id=str(number), title=query.text, description="d", reply=MORE)
            for number in range(60)
        ]

    async with running(inline=choices):
        api.push(inline("缓存穿透"))
        call = await api.call("answerInlineQuery")
    assert len(call.data["results"]) == 50
    first = call.data["results"][0]
    assert first["title"] == "缓存穿透"
    assert first["input_message_content"]["message_text"] == "<b>short</b>"
    assert call.data["cache_time"] == "300"
    assert call.data["is_personal"] is True


async def test_only_telegram_says_who_may_manage_a_group(api: BotApi, running: Running) -> None:
    heard: list[Incoming] = []

    async def handle(incoming: Incoming) -> list[Reply]:
        heard.append(incoming)
        return [MORE]

    api.members[GROUP, 8] = "administrator"
    anonymous: dict[str, Any] = {"sender_chat": {"id": GROUP, "type": "supergroup", "title": "G"}}
    async with running(handle):
        for sender in (7, 8):
            api.push(message("/course x", sender=sender, to=GROUP))
        api.push(message("/course x", sender=8, to=GROUP, **anonymous))
        api.push(message("/course x"))
        await api.call("sendMessage", 4)
    rights = {(each.chat.id, each.sender.id): each.by_manager for each in heard if isinstance(each, Command)}
    assert rights == {
        (str(GROUP), "7"): False,
        (str(GROUP), "8"): True,
        (str(GROUP), str(GROUP)): False,
        ("7", "7"): True,
    }


async def test_who_posts_in_a_channel_manages_it_and_whoever_presses_there_is_looked_up(
    api: BotApi, running: Running
) -> None:
    heard: list[Incoming] = []

    async def handle(incoming: Incoming) -> list[Reply]:
        heard.append(incoming)
        return [MORE]

    channel = {"id": GROUP, "type": "channel", "title": "C"}
    posted: dict[str, Any] = {"kind": "channel_post", "sender_chat": channel, "chat": channel}
    async with running(handle):
        api.push(message("新的一讲", **posted))
        api.push(message("/subscribe 8:00", **posted))
        said = await api.call("sendMessage")
    assert said.data["chat_id"] == str(GROUP)
    assert [(each.name, each.by_manager) for each in heard if isinstance(each, Command)] == [
        ("subscribe", True)
    ]
    assert len(heard) == 1


async def test_a_chats_updates_stay_in_order_while_others_go_ahead(api: BotApi, running: Running) -> None:
    gate = asyncio.Event()

    async def handle(incoming: Incoming) -> list[Reply]:
        assert isinstance(incoming, Message)
        if incoming.text == "slow":
            await gate.wait()
        return [Reply(spans=(Text(incoming.text),))]

    async with running(handle):
        for text, sender in (("slow", 1), ("after", 1), ("other", 2)):
            api.push(message(text, sender=sender))
        assert (await api.call("sendMessage")).words == "other"
        gate.set()
        await api.call("sendMessage", 3)
    assert [call.words for call in api.made("sendMessage")] == ["other", "slow", "after"]


async def test_what_is_not_for_us_is_done_without_a_word(
    api: BotApi, running: Running, inbox: SqlInbox
) -> None:
    async with running():
        api.push(
            {"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "sticker": {}}}
        )
        api.push({"something_new": {"x": 1}})
        api.push(message("q"))
        await api.call("sendMessage")
        await asyncio.sleep(0.2)
        assert await inbox.waiting("telegram:424242") == []
    assert len(api.made("sendMessage")) == 1


async def test_menus_are_set_once_and_only_where_they_differ(api: BotApi, running: Running) -> None:
    async with running():
        await api.call("setMyCommands", 6)
    names = {key: [each["command"] for each in menu] for key, menu in api.menus.items()}
    assert names.keys() == {
        (f"all_{scope}", language)
        for scope in ("private_chats", "group_chats", "chat_administrators")
        for language in ("", "zh")
    }
    assert "ask" in names["all_group_chats", ""]
    assert "settings" not in names["all_group_chats", "zh"]
    assert "settings" in names["all_chat_administrators", "zh"]
    api.menus["all_group_chats", "zh"] = []
    async with running():
        await api.call("setMyCommands", 7)
        await asyncio.sleep(0.1)
    assert len(api.made("setMyCommands")) == 7


async def test_the_team_has_menus_of_its_own(
    api: BotApi, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(menus, "FOLLOWED_EVERY", 0.02)
    members = [
        Member(platform=Platform.TELEGRAM, id="7", role=Role.OWNER),
        Member(platform=Platform.DISCORD, id="8", role=Role.OWNER),
        Member(platform=Platform.TELEGRAM, id="9", role=Role.EDITOR),
    ]

    async def team() -> list[Member]:
        return list(members)

    def shown(number: str, language: str = "zh") -> list[str]:
        return [each["command"] for each in api.menus.get((f"chat {number}", language), [])]

    async with running(staff=team):
        await api.call("setMyCommands", 6 + 4)
        assert "admins" in shown("7")
        assert "ask" in shown("7", "")
        assert "admins" not in shown("9")
        assert shown("8") == []
        members.pop(0)
        await api.call("deleteMyCommands", 2)
        assert shown("7") == []
        assert "ask" in shown("9")


async def test_who_left_the_team_while_the_bot_was_off_has_no_menu_of_it_after_the_next_start(
    api: BotApi, running: Running
) -> None:
    async def team() -> list[Member]:
        return []

    async def former() -> list[Person]:
        return [Person(platform=Platform.TELEGRAM, id="7"), Person(platform=Platform.DISCORD, id="8")]

    for language in ("", "zh"):
        api.menus["chat 7", language] = [{"command": "admins", "description": "x"}]
    async with running(staff=team, former=former):
        await api.call("deleteMyCommands", 2)
    assert not any(key[0] == "chat 7" for key, menu in api.menus.items() if menu)
    assert len(api.made("deleteMyCommands")) == 2


async def test_something_can_be_said_without_having_been_asked(api: BotApi, running: Running) -> None:
    chat = Chat(platform=Platform.TELEGRAM, id=str(READER))
    async with running() as adapter:
        receipt = await adapter.send(chat, MORE)
        assert receipt.message_id == str((await api.call("sendMessage")).message_id)
