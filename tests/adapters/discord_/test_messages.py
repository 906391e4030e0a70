from __future__ import annotations

import pytest
import simcord
from simcord.enums import MessageType

from bot.messages import Incoming, Message
from bot.replies import Reply, Text
from tests.adapters.discord_.support import QUESTION, Connected, Place, bodies


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
    await place.env.advance_time(1)
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
