"""Files to and from Discord, over the wire."""

from __future__ import annotations

import logging

import pytest

from bot.messages import Attachment, Incoming, Message
from bot.ports import LARGEST_FILE
from bot.replies import PICTURE, Button, Document, Reply, Text
from knowledge.errors import CoursebotError
from tests.adapters.discord_.wire import CHAT, Made, Running, sendable
from tests.discordapi import payloads
from tests.discordapi.server import DiscordApi

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
TABLE = Document(name="答案.csv", content="问题,答案".encode(), type="text/csv")
CHART = Document(name="week.png", content=PNG, type=PICTURE, alt="7 questions on *Monday*")


async def test_attachments_are_heard_and_can_be_fetched(api: DiscordApi, running: Running) -> None:
    heard: list[Message] = []
    fetched: list[bytes] = []

    async def listen(incoming: Incoming) -> list[Reply]:
        assert isinstance(incoming, Message)
        heard.append(incoming)
        fetched.extend([await made.fetch(each) for each in incoming.files])
        return [Reply(spans=(Text("ok"),))]

    table, picture = api.attach("a.csv", b"abc"), api.attach("p.png", PNG, "image/png")
    async with running(listen) as made:
        await api.say(payloads.message("containers", attachments=[table, picture]))
        await api.say(payloads.message("", attachments=[table]))
        await api.say(payloads.in_server("no words to the bot", attachments=[table]))
        await api.call("POST", "/messages", count=3)
    assert sorted((each.text, [file.name for file in each.files]) for each in heard) == [
        ("", ["a.csv"]),
        ("containers", ["a.csv"]),
        ("no words to the bot", []),
    ]
    assert {file.size for each in heard for file in each.files} == {3}
    assert fetched == [b"abc", b"abc"]


@pytest.mark.parametrize("size", [LARGEST_FILE + 1, 3])
async def test_no_more_of_a_file_is_taken_in_than_is_allowed(
    api: DiscordApi, adapter: Made, size: int
) -> None:
    url = api.attach("a.csv", bytes(LARGEST_FILE + 1))["url"]
    with pytest.raises(CoursebotError, match="upload-too-big"):
        await adapter().fetch(Attachment(id=url, name="a.csv", size=size))


@pytest.mark.parametrize(
    "address", ["/attachments/1/a.csv?hm=secret", "not an address", "http://127.0.0.1:1/x"]
)
async def test_a_file_that_is_gone_is_one_sentence_and_no_address_in_the_log(
    api: DiscordApi, adapter: Made, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    caplog.set_level(logging.INFO, "coursebot")
    url = api.api_url.removesuffix("/api/v10") + address if address.startswith("/") else address
    with pytest.raises(CoursebotError, match="upload-gone") as caught:
        await adapter().fetch(Attachment(id=url, name="a.csv", size=3))
    assert caught.value.__cause__ is None
    assert "secret" not in caplog.text


async def test_a_document_is_attached_to_the_last_message_with_its_buttons(
    api: DiscordApi, running: Running
) -> None:
    buttons = ((Button("again", "o:abc"),),)
    async with running() as made:
        await sendable(made)
        await made.send(CHAT, Reply(spans=(Text("5 answers"),), buttons=buttons, document=TABLE))
        await made.send(CHAT, Reply(spans=(Text("容器。" * 3000),), document=TABLE))
        await made.send(CHAT, Reply(spans=(), document=TABLE))
        sent = [call.data for call in await api.call("POST", "/messages", count=4)]
    assert [
        [(file["filename"], file["content"]) for file in each.get("attachments") or []] for each in sent
    ] == [
        [("答案.csv", TABLE.content)],
        [],
        [("答案.csv", TABLE.content)],
        [("答案.csv", TABLE.content)],
    ]
    assert sent[0]["content"] == "5 answers"
    assert sent[0]["components"][0]["components"][0]["custom_id"] == "b:o:abc"


async def test_a_picture_is_shown_and_described(api: DiscordApi, running: Running) -> None:
    async with running() as made:
        await sendable(made)
        await made.send(CHAT, Reply(spans=(Text("This week"),), document=CHART))
        sent = (await api.call("POST", "/messages"))[0].data
    (file,) = sent["attachments"]
    (embed,) = sent["embeds"]
    assert file["content"] == PNG
    assert file["description"] == CHART.alt
    assert embed["image"]["url"] == f"attachment://{file['filename']}"
    assert embed["description"] == r"7 questions on \*Monday\*"


async def test_another_file_under_the_same_words_is_another_message(
    api: DiscordApi, running: Running
) -> None:
    other = Document(name=TABLE.name, content=b"other", type=TABLE.type)
    async with running() as made:
        await sendable(made)
        receipts = [
            await made.send(CHAT, Reply(spans=(Text("answers"),), document=each))
            for each in (TABLE, TABLE, other)
        ]
    assert receipts[0] == receipts[1] != receipts[2]


async def test_an_answer_that_no_longer_has_a_file_takes_it_away(api: DiscordApi, running: Running) -> None:
    async def answer(incoming: Incoming) -> list[Reply]:
        assert isinstance(incoming, Message)
        return [Reply(spans=(Text("here"),), document=None if incoming.edited else TABLE)]

    async with running(answer):
        asked = await api.say(payloads.message("file?"))
        await api.call("POST", "/messages")
        await api.gateway.dispatch(
            "MESSAGE_UPDATE", {**asked, "content": "no file", "edited_timestamp": "2026-01-01T00:01:00+00:00"}
        )
        (edit,) = await api.call("PATCH", "/messages")
    assert edit.data["attachments"] == []
    (kept,) = api.messages.values()
    assert kept["attachments"] == []
