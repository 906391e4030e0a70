"""Forms as modals, through the library: opened as the first answer, handed in also after a restart."""

from __future__ import annotations

import asyncio

import discord
import pytest
import simcord

from adapters.discord import modals
from bot.buttons import payloads
from bot.buttons.digests import AnswerExercise
from bot.messages import ButtonPress, Command, Incoming, Message, Reaction, Submission
from bot.replies import Button, Field, Form, Reply, Text
from tests.adapters.discord_.support import Connected, Place

PAYLOAD = payloads.encode(AnswerExercise("0" * 12, "1" * 12))
FORM = Form(
    payload=PAYLOAD,
    title="题" * 60,
    fields=(
        Field(name="question", label="问题", value="旧的*问题*"),
        Field(name="answer", label="答案", long=True, limit=100, required=False),
    ),
)


class Asking:
    """Offers a button, asks for the form when it is pressed, and takes what is handed in."""

    def __init__(self, *, pause: float = 0.0) -> None:
        self.pause = pause
        self.heard: list[Incoming] = []

    async def __call__(self, incoming: Incoming) -> list[Reply]:
        self.heard.append(incoming)
        match incoming:
            case Command():
                return [Reply(spans=(Text("卡片"),), buttons=((Button("回答", PAYLOAD),),))]
            case ButtonPress():
                await asyncio.sleep(self.pause)
                return [Reply(spans=(Text("有人问：*为什么*"),), form=FORM, private=True)]
            case Submission(fields=fields):
                return [Reply(spans=(Text(f"收到 {fields['question']}"),), private=True)]
            case _:
                return []


async def test_a_button_opens_the_form_and_it_is_handed_in(connected: Connected) -> None:
    asking = Asking()
    async with simcord.run(connected(asking)) as env:
        place = Place(env)
        card = await place.ann.slash(place.channel, "help")
        assert card.response
        shown = await place.ann.click(card.response, label="回答")
        assert shown.modal
        assert len(shown.modal["title"]) == 45
        about, question, answer = shown.modal["components"]
        assert about["content"] == "有人问：\\*为什么\\*"
        assert (question["label"], question["component"]["value"]) == ("问题", "旧的*问题*")
        assert (answer["component"]["style"], answer["component"]["max_length"]) == (2, 100)
        await env.restart_bot(connected(asking))
        done = await place.ann.submit_modal(shown, {"question": "新的", "answer": "一\n二"})
        assert [each.content for each in done.followups] == ["收到 新的"]
        assert all(each.ephemeral for each in done.followups)
    handed_in = asking.heard[-1]
    assert isinstance(handed_in, Submission)
    assert (handed_in.payload, handed_in.fields) == (PAYLOAD, {"question": "新的", "answer": "一\n二"})
    assert handed_in.sender.id == str(place.ann.id)


async def test_one_that_comes_too_late_says_so(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modals, "GRACE", 0.01)
    asking = Asking(pause=0.2)
    async with simcord.run(connected(asking)) as env:
        place = Place(env)
        card = await place.ann.slash(place.channel, "help")
        assert card.response
        late = await place.ann.click(card.response, label="回答")
        assert late.modal is None
        assert late.followups[0].content.endswith(
            "That took too long for the form to open. Please do it again."
        )


def test_what_is_said_gives_way_to_five_fields() -> None:
    fields = tuple(Field(name=f"f{number}", label="格") for number in range(5))
    made = modals.modal(Reply(spans=(Text("话"),), form=Form(payload="x", title="题", fields=fields)))
    assert [type(each) for each in made.children] == [discord.ui.Label] * 5


class Listening:
    """Notes what it hears, and says something to each."""

    def __init__(self) -> None:
        self.heard: list[Incoming] = []

    async def __call__(self, incoming: Incoming) -> list[Reply]:
        self.heard.append(incoming)
        return [Reply(spans=(Text("收到"),))] if isinstance(incoming, Command | Reaction) else []


async def test_the_menu_of_a_message_saves_it_with_what_it_replied_to(connected: Connected) -> None:
    listening = Listening()
    async with simcord.run(connected(listening)) as env:
        place = Place(env)
        keeper = place.server.create_role(
            "keepers", permissions=discord.Permissions(manage_channels=True, view_channel=True)
        )
        boss = place.server.add_member(env.create_user("boss"), roles=[keeper])
        question = await place.ann.send(place.channel, "目录怎么挂进去？")
        answer = await place.bob.send(place.channel, "用 -v 参数。", reply_to=question)
        await boss.context_menu(place.channel, "Save as answer", answer)
    (called,) = [each for each in listening.heard if isinstance(each, Command)]
    assert (called.name, called.arguments) == ("add", "")
    assert called.quoted
    assert (called.quoted.text, called.quoted.replied) == ("用 -v 参数。", "目录怎么挂进去？")
    assert called.quoted.author
    assert called.quoted.author.id == str(place.bob.id)


async def test_a_sign_under_a_message_is_told_with_the_message(connected: Connected) -> None:
    listening = Listening()
    client = connected(listening, message_content=True, save_emoji="✍️")
    async with simcord.run(client) as env:
        place = Place(env)
        question = await place.ann.send(place.channel, "目录怎么挂进去？")
        answer = await place.bob.send(place.channel, "用 -v 参数。", reply_to=question)
        await place.ann.react(answer, "👍")
        await place.ann.react(answer, "✍️")
        said = place.channel.history()[-1]
        assert said.content == "收到"
        assert said.reference
        assert said.reference.message_id == answer.id
    (put,) = [each for each in listening.heard if isinstance(each, Reaction)]
    assert (put.sender.id, put.id) == (str(place.ann.id), str(answer.id))
    assert put.quoted
    assert (put.quoted.text, put.quoted.replied) == ("用 -v 参数。", "目录怎么挂进去？")


async def test_a_reply_to_one_of_ours_says_what_its_buttons_carry(connected: Connected) -> None:
    asking = Asking()
    async with simcord.run(connected(asking)) as env:
        place = Place(env)
        card = await place.ann.slash(place.channel, "help")
        assert card.response
        shown = await place.ann.click(card.response, label="Show everyone")
        del shown
        public = place.channel.history()[-1]
        await place.ann.send(place.channel, "就是它", reply_to=public)
    said = asking.heard[-1]
    assert isinstance(said, Message)
    assert said.quoted
    assert (said.quoted.ours, said.quoted.payloads) == (True, (PAYLOAD,))
    assert "卡片" in said.quoted.text
