"""Files to and from Telegram, over the wire."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from bot.errors import Failure, SendError
from bot.messages import Attachment, ButtonPress, Chat, Incoming, Message, Platform
from bot.ports import LARGEST_FILE
from bot.replies import PICTURE, Button, Document, Reply, Text
from knowledge.errors import CoursebotError
from tests.adapters.telegram_.conftest import Running
from tests.botapi.methods import Uploaded
from tests.botapi.server import TOKEN, BotApi, Trouble
from tests.botapi.updates import message, press

CHAT = Chat(platform=Platform.TELEGRAM, id="7")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
TABLE = Document(name="答案 1.csv", content="问题,答案".encode(), type="text/csv")
CHART = Document(name="week.png", content=PNG, type=PICTURE, alt="7 questions on Monday, 3 on Tuesday")


def document(name: str = "a.csv", *, size: int = 3, file: str = "F1", **more: Any) -> dict[str, Any]:
    """An update with a document."""
    update = message("", **more)
    said = update["message"]
    del said["text"]
    said["document"] = {"file_id": file, "file_unique_id": file, "file_name": name, "file_size": size}
    return update


def attachment(name: str = "F1", size: int = 3) -> Attachment:
    return Attachment(id=name, name="a.csv", size=size)


async def test_a_document_is_heard_with_its_caption_and_can_be_fetched(api: BotApi, running: Running) -> None:
    api.files["F1"] = b"abc"
    heard: list[Incoming] = []
    fetched: list[bytes] = []

    async def listen(incoming: Incoming) -> list[Reply]:
        heard.append(incoming)
        assert isinstance(incoming, Message)
        fetched.extend([await adapter.fetch(each) for each in incoming.files])
        return [Reply(spans=(Text("ok"),))]

    async with running(listen) as adapter:
        api.push(document(caption="/upload containers"))
        await api.call("sendMessage")
    assert isinstance(heard[0], Message)
    assert heard[0].text == "/upload containers"
    assert heard[0].files == (attachment(),)
    assert fetched == [b"abc"]


@pytest.mark.parametrize("size", [LARGEST_FILE + 1, 3])
async def test_a_file_that_is_too_big_is_said_whatever_size_was_announced(
    api: BotApi, running: Running, size: int
) -> None:
    api.files["F1"] = bytes(LARGEST_FILE + 1)
    async with running() as adapter:
        with pytest.raises(CoursebotError, match="upload-too-big"):
            await adapter.fetch(attachment(size=size))


async def test_no_more_of_a_file_is_taken_in_than_is_allowed(
    api: BotApi, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server of one's own has no limit of 20 MB, and may be wrong about a size."""
    api.files["F1"] = bytes(1)

    async def served(data: dict[str, Any]) -> dict[str, Any]:
        api.files["F1"] = bytes(LARGEST_FILE + 1)
        return {"file_id": "F1", "file_unique_id": "F1", "file_size": 1, "file_path": "documents/F1"}

    monkeypatch.setattr(api, "_do_getFile", served, raising=False)
    async with running() as adapter:
        with pytest.raises(CoursebotError, match="upload-too-big"):
            await adapter.fetch(attachment(size=1))


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        ("getFile", Trouble(code=400, description="Bad Request: wrong file_id")),
        ("getFile", Trouble(drop="after")),
        ("file", Trouble(code=404)),
        ("file", Trouble(drop="before")),
    ],
)
async def test_a_file_that_cannot_be_had_is_one_sentence_and_no_token_in_the_log(
    api: BotApi, running: Running, caplog: pytest.LogCaptureFixture, method: str, trouble: Trouble
) -> None:
    api.files["F1"] = b"abc"
    caplog.set_level(logging.INFO, "coursebot")
    async with running() as adapter:
        api.trouble(method, trouble, trouble)  # what breaks off once is fetched again
        with pytest.raises(CoursebotError, match="upload-gone") as caught:
            await adapter.fetch(attachment())
    assert caught.value.__cause__ is None
    assert TOKEN not in caplog.text
    assert "a.csv" not in caplog.text


async def test_a_document_is_sent_with_the_words_and_buttons_under_it(api: BotApi, running: Running) -> None:
    async with running() as adapter:
        reply = Reply(spans=(Text("<5> answers"),), buttons=((Button("again", "o:abc"),),), document=TABLE)
        receipt = await adapter.send(CHAT, reply)
        sent = await api.call("sendDocument")
    assert receipt.message_id == str(sent.message_id)
    file = api.uploaded(sent.data, "document")
    assert file == Uploaded("答案 1.csv", TABLE.content)
    assert sent.words == "<5> answers"
    assert [button["callback_data"] for button in sent.buttons] == ["o:abc"]


async def test_a_picture_says_what_it_shows_where_there_is_room(api: BotApi, running: Running) -> None:
    long = "容器。" * 340
    async with running() as adapter:
        await adapter.send(CHAT, Reply(spans=(Text("This week"),), document=CHART))
        await adapter.send(CHAT, Reply(spans=(Text(long),), document=CHART))
        await adapter.send(CHAT, Reply(spans=(), document=CHART))
    first, second, third = api.made("sendPhoto")
    assert api.uploaded(first.data, "photo").content == PNG
    assert first.words == f"This week\n\n{CHART.alt}"
    assert second.words == long
    assert third.words == CHART.alt


async def test_words_too_long_to_stand_under_a_document_come_before_it(api: BotApi, running: Running) -> None:
    long = "容器。" * 400
    buttons = ((Button("again", "o:abc"),),)
    async with running() as adapter:
        await adapter.send(CHAT, Reply(spans=(Text(long),), buttons=buttons, document=TABLE))
    assert [call.method for call in api.calls if call.method.startswith("send")] == [
        "sendMessage",
        "sendDocument",
    ]
    assert api.made("sendMessage")[0].words == long
    assert not api.made("sendMessage")[0].buttons
    assert api.made("sendDocument")[0].buttons


async def test_a_document_takes_the_place_of_the_message_whose_button_was_pressed(
    api: BotApi, running: Running
) -> None:
    async def handle(incoming: Incoming) -> list[Reply]:
        if isinstance(incoming, ButtonPress):
            said = (Text("words again"),) if incoming.payload == "back" else (Text("here"),)
            made = None if incoming.payload == "back" else TABLE
            return [Reply(spans=said, replaces=True, document=made)]
        return [Reply(spans=(Text("press"),), buttons=((Button("x", "o:abc"),),))]

    async with running(handle):
        api.push(message("hi"))
        first = await api.call("sendMessage")
        api.push(press("o:abc", first.message_id))
        sent = await api.call("sendDocument")
        assert (7, first.message_id) not in api.messages
        # Words cannot be put in a document's place: they come as a message of their own.
        api.push(press("back", sent.message_id))
        again = await api.call("sendMessage", 2)
    assert again.words == "words again"


async def test_a_document_that_was_not_accepted_is_reported(api: BotApi, running: Running) -> None:
    api.blocked.add(7)
    async with running() as adapter:
        with pytest.raises(SendError) as caught:
            await adapter.send(CHAT, Reply(spans=(), document=TABLE))
    assert caught.value.failure is Failure.BLOCKED
