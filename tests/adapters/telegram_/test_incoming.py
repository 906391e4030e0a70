"""Recorded updates of every kind that is handled, and of those that are not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.telegram.incoming import Delivery, Heard, Me, Move, read
from bot.messages import (
    Attachment,
    ButtonPress,
    Chat,
    Command,
    InlineQuery,
    Message,
    Person,
    Platform,
    Quoted,
    Reaction,
)

UPDATES = Path(__file__).parent / "updates"
HEARD = sorted((UPDATES / "heard").glob("*.json"))
IGNORED = sorted((UPDATES / "ignored").glob("*.json"))
ME = Me(424242, "course_bot")
AT = datetime(2026, 1, 1, tzinfo=UTC)
PRIVATE = Chat(platform=Platform.TELEGRAM, id="7000001")
READER = Person(platform=Platform.TELEGRAM, id="7000001", name="小 林", language="zh-hans")


def group(number: str, thread: str = "") -> Chat:
    return Chat(platform=Platform.TELEGRAM, id=number, thread=thread, private=False)


OTHER = replace(READER, id="7000002")
OURS = Quoted(text="…", ours=True)
GROUP, FORUM = group("-500200"), group("-1001500200")
TOPIC = group("-1001500200", "31")
FILES = (Attachment(id="BQAC", name="a.pdf", size=4096),)


def said(text: str, chat: Chat = PRIVATE, **more: Any) -> Message:
    return Message(chat=chat, sender=more.pop("sender", READER), id="", text=text, at=AT, **more)


def called(name: str, arguments: str = "", chat: Chat = PRIVATE, **more: Any) -> Command:
    sender = more.pop("sender", READER)
    more.setdefault("by_manager", chat.private)
    return Command(chat=chat, sender=sender, id="", name=name, arguments=arguments, at=AT, **more)


def pressed(payload: str, message: str, chat: Chat = PRIVATE) -> ButtonPress:
    return ButtonPress(
        chat=chat, sender=READER, message_id=message, payload=payload, at=AT, by_manager=chat.private
    )


def anonymous(number: str, name: str) -> Person:
    return Person(platform=Platform.TELEGRAM, id=number, name=name)


EXPECTED: dict[str, Heard] = {
    "private-text": said("容器和虚拟机有什么区别？"),
    "private-command": called("lessons", "containers"),
    "private-start-deep-link": called("start", "q_c12"),
    "private-ask-over-several-lines": called("ask", "第一行\n第二行"),
    "private-chinese-slash": said("/目录"),
    "private-caption-under-a-photo": said("这个报错是什么意思？"),
    "private-document": said("", files=FILES),
    "private-document-with-a-command": said("/upload containers", files=FILES),
    "private-document-forwarded": said("", files=FILES),
    "group-document-for-me": said("", GROUP, files=FILES),
    "private-no-language": said(
        "hello", sender=Person(platform=Platform.TELEGRAM, id="7000001", name="小 林")
    ),
    "private-reply": said("那第二种呢", reply_to="39", quoted=OURS),
    "private-reply-to-a-card": called(
        "edit", reply_to="39", quoted=replace(OURS, text="✍️ 作者回复", payloads=("w:c12:ab", "v:c12:ab:up"))
    ),
    "private-edited": said("容器和虚拟机到底有什么区别？", edited=True),
    "private-edited-ask": said("/ask 缓存穿透", edited=True),
    "channel-command": called(
        "subscribe",
        "08:00 每天 上海",
        group("-1001700300"),
        sender=anonymous("-1001700300", "容器十讲"),
        by_manager=True,
    ),
    "group-overheard": said("今天谁来分享？", GROUP, addressed=False),
    "group-mention-at-start": said("缓存穿透是什么", GROUP),
    "group-mention-in-the-middle-after-emoji": said("👍🏽 请问 namespace 是什么", FORUM),
    "group-text-mention": said("什么是镜像", GROUP),
    "group-mention-alone": said("", GROUP),
    "group-mention-of-another": said("@somebody 你怎么看", GROUP, addressed=False),
    "group-reply-to-me": said("再详细一点", GROUP, reply_to="39", quoted=OURS),
    "group-reply-to-another": said(
        "同问", GROUP, addressed=False, reply_to="39", quoted=Quoted(text="…", author=OTHER)
    ),
    "group-reply-to-an-anonymous-admin": said(
        "同问", GROUP, addressed=False, reply_to="39", quoted=Quoted(text="…")
    ),
    "group-command-for-me": called("ask", "什么是镜像", FORUM),
    "group-command-for-whoever": called("help", "", FORUM),
    "topic-text": said("问一下", TOPIC),
    "supergroup-reply-chain-is-no-topic": called("ask", "x", FORUM),
    "group-anonymous-admin": called(
        "course", "containers", FORUM, sender=anonymous("-1001500200", "容器读书会")
    ),
    "group-in-the-name-of-a-channel": called(
        "ask", "什么是镜像", FORUM, sender=anonymous("-1001700300", "容器十讲")
    ),
    "callback": pressed("m:c12:ab", "60"),
    "callback-in-a-topic": pressed("w:c12:ab", "61", TOPIC),
    "callback-under-an-old-message": pressed("m:c12:", "62"),
    "group-reaction": Reaction(chat=FORUM, sender=READER, id="60", emoji="👍", at=AT),
    "inline-query": InlineQuery(sender=READER, id="30064799", text="缓存穿透", at=AT),
    "inline-query-empty": InlineQuery(sender=READER, id="30064800", text="", at=AT),
}


def load(file: Path) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return raw


def listen(raw: dict[str, Any]) -> Delivery:
    return read(raw, ME, at=AT)


@pytest.mark.parametrize("file", HEARD, ids=lambda file: file.stem)
def test_what_is_heard(file: Path) -> None:
    raw = load(file)
    found, expected = listen(raw).heard, EXPECTED[file.stem]
    if isinstance(found, Message | Command):
        message = raw.get("message") or raw.get("edited_message") or raw["channel_post"]
        assert found.id == str(message["message_id"])
    numberless = {name: getattr(found, name) for name in type(expected).__dataclass_fields__ if name != "id"}
    wanted = {name: getattr(expected, name) for name in numberless}
    assert type(found) is type(expected)
    assert numberless == wanted


def test_every_record_is_expected() -> None:
    assert {file.stem for file in HEARD} == EXPECTED.keys()
    assert len(IGNORED) >= 20


@pytest.mark.parametrize("file", IGNORED, ids=lambda file: file.stem)
def test_what_is_ignored(file: Path) -> None:
    assert listen(load(file)).heard is None


def test_every_button_wants_an_answer_even_one_that_is_ignored() -> None:
    queries = {file.stem for file in (*HEARD, *IGNORED) if listen(load(file)).query}
    assert queries == {file.stem for file in (*HEARD, *IGNORED) if file.stem.startswith("callback")}


def test_groups_that_move() -> None:
    moves = {file.stem: listen(load(file)).move for file in (*HEARD, *IGNORED)}
    told = Move("-500200", "-1001500200")
    assert {name: found for name, found in moves.items() if found} == {
        "moved-to-supergroup": told,
        "moved-from-group": told,
    }


def test_what_belongs_to_one_chat_has_one_place() -> None:
    places = {file.stem: listen(load(file)).place for file in HEARD}
    assert places["topic-text"] == places["callback-in-a-topic"] == "-1001500200"
    assert places["inline-query"] == "@7000001"
    assert all(places.values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A recorded update with something in it taken out or replaced."""
    raw = load(draw(st.sampled_from((*HEARD, *IGNORED))))
    node: Any = raw
    for _ in range(draw(st.integers(0, 3))):
        inner = [key for key in node if isinstance(node[key], dict)]
        if not inner:
            break
        node = node[draw(st.sampled_from(inner))]
    if node:
        key = draw(st.sampled_from(sorted(node)))
        if draw(st.booleans()):
            del node[key]
        else:
            node[key] = draw(JSON)
    return raw


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_no_update_raises_whatever_is_wrong_with_it(raw: dict[str, Any]) -> None:
    listen(raw)
