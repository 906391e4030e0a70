from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import Core
from bot.handlers.commanding import HANDLERS
from bot.messages import (
    ButtonPress,
    Chat,
    Command,
    Incoming,
    Message,
    Person,
    Platform,
)
from bot.ports import Preference
from bot.preferences import SessionPreferences
from bot.readers import AskedQuestion
from bot.replies import Code, Link, Quote, Reply
from bot.session import SessionQuestions, session_stores
from knowledge.errors import CoursebotError
from tests.bot.saying import CHAT, NOW, Locked, core, pressed, reader, said
from tests.bot.support import COURSE, SECOND_COURSE, Broken, Lookup, Shelf

PLACES = [CHAT, Chat(platform=Platform.TELEGRAM, id="-5", thread="3", private=False)]
WHERE = st.sampled_from(PLACES)
WHO = st.builds(reader, st.sampled_from(["", "zh-TW", "en"]) | st.text(max_size=8), st.sampled_from("789"))
WHEN = st.builds(lambda seconds: NOW + timedelta(seconds=seconds), st.integers(-100, 10_000))
WORDS = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "怎么限制容器的内存？",
            "区别",
            "那第二种呢",
            "为什么呢？",
            "2",
            "第一个",
            "/settings",
            "/privacy delete",
        ]
    ),
    st.builds(lambda text: f"/{text}", st.text()),
)
PAYLOAD = st.one_of(
    st.text(),
    st.from_regex(r"[a-z]:[a-z0-9]{0,12}(:[a-z0-9]{0,4}){0,2}", fullmatch=True),
    st.sampled_from(["u:6", "u:0", "u:7", "e:1", "e:0", "l:en", "v:c1:abc:up", "t:abc"]),
    st.integers(0, 20),
)
"""What a button carries; a number presses one of those on the screen."""

INCOMING = st.one_of(
    st.builds(
        Message,
        chat=WHERE,
        sender=WHO,
        id=st.sampled_from("12"),
        text=WORDS,
        at=WHEN,
        addressed=st.booleans(),
        edited=st.booleans(),
    ),
    st.builds(
        Command,
        chat=WHERE,
        sender=WHO,
        id=st.just("3"),
        name=st.sampled_from(sorted(HANDLERS)) | st.text(),
        arguments=st.text() | st.sampled_from(["containers", "delete", "q_c1", "1"]),
        at=WHEN,
        by_manager=st.booleans(),
    ),
    st.tuples(WHERE, WHO, PAYLOAD, WHEN, st.booleans()),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(INCOMING, max_size=12))
async def test_anything_can_be_said_in_any_order(
    heard: list[Message | Command | tuple[Chat, Person, str | int, datetime, bool]],
) -> None:
    bot, shown = core(), ["m:c1:"]
    for each in heard:
        incoming: Incoming
        if isinstance(each, tuple):
            chat, sender, payload, at, manages = each
            carried = shown[payload % len(shown)] if isinstance(payload, int) else payload
            incoming = ButtonPress(
                chat=chat, sender=sender, message_id="1", payload=carried, at=at, by_manager=manages
            )
        else:
            incoming = each
        for reply in await bot.handle(incoming):
            assert reply.text.strip()
            assert "编号" not in reply.text or "/lesson" in reply.text
            assert "noted (" not in reply.text
            buttons = [button.payload for row in reply.buttons for button in row]
            assert all(len(payload.encode()) <= 64 for payload in buttons)
            shown = [*shown, *buttons][-20:]


@pytest.mark.parametrize(
    "text", ["容器" * 50_000, "/ask " + "x" * 100_000, "/" * 100_000, "\n" * 99_999 + "x"]
)
async def test_long_input_is_trimmed_with_a_word(text: str) -> None:
    lookup = Lookup()
    replies = await core(lookup).handle(said(text))
    assert replies
    assert all(len(question) <= 2000 for question, _ in lookup.asked)
    if "容器" in text:
        assert "只看了前 2000 个字" in replies[0].text


async def test_half_characters_are_made_whole_before_anyone_searches_for_them() -> None:
    lookup = Lookup()
    await core(lookup).handle(said("容器\ud83d是\x00什么"))
    assert lookup.asked == [("容器\ufffd是\ufffd什么", None)]


async def test_a_fault_gets_an_apology_and_a_log_line_without_the_readers_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bot = Core(answering=Broken(), courses=Shelf(COURSE), new_incident=lambda: "ab12cd")
    with caplog.at_level(logging.DEBUG):
        replies = await bot.handle(said("我的秘密问题"))
    assert [reply.text for reply in replies] == [
        "抱歉，我这边出错了，已经记录下来（编号 ab12cd）。请稍后再试。"
    ]
    [record] = caplog.records
    assert record.name == "coursebot.core"
    assert "ab12cd" in caplog.text
    assert "in ask" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "秘密" not in caplog.text


async def test_an_error_is_told_in_the_readers_language() -> None:
    [reply] = await core(Locked()).handle(said("why?", "en"))
    assert reply.text == "The database is in use by another program. Try again when that has finished."
    assert reply.private


@pytest.mark.parametrize(
    ("text", "platform", "expected"),
    [
        ("晚饭吃什么", "", "没有找到"),
        ("dinner?", "", "没有找到"),
        ("dinner?", "en", "nothing that answers"),
        ("晚饭吃什么", "en", "nothing that answers"),
        ("晚饭吃什么", "zh-TW", "沒有找到"),
        ("晚饭吃什么", "de", "nothing that answers"),
    ],
)
async def test_the_language_is_the_platforms_else_the_questions_else_the_courses(
    text: str, platform: str, expected: str
) -> None:
    [reply] = await core().handle(said(text, platform))
    assert expected in reply.text


async def test_an_english_course_is_spoken_of_in_english() -> None:
    bot = Core(answering=Lookup(()), courses=Shelf(SECOND_COURSE))
    [reply] = await bot.handle(said("dinner?"))
    assert "nothing that answers" in reply.text


async def test_a_button_speaks_the_language_of_its_answer() -> None:
    bot = Core(answering=Lookup(), courses=Shelf(SECOND_COURSE))
    [reply] = await bot.handle(said("容器和虚拟机有什么区别"))
    [again] = await bot.handle(pressed(reply.buttons[0][0].payload))
    assert "作者回复" in again.text


async def test_the_readers_own_choice_of_language_wins_and_can_be_undone() -> None:
    bot = core()
    await bot.handle(pressed("l:zh-Hant"))
    assert "沒有找到" in (await bot.handle(said("dinner?", "en")))[0].text
    await bot.handle(pressed("l:"))
    assert "nothing that answers" in (await bot.handle(said("dinner?", "en")))[0].text


async def test_the_chosen_course_is_searched_alone_until_it_is_gone() -> None:
    lookup, shelf, readers = Lookup(), Shelf(COURSE), session_stores()
    bot = Core(answering=lookup, courses=shelf, readers=readers)
    await readers.preferences.save(reader(), Preference(course="containers"))
    await bot.handle(said("容器"))
    await readers.preferences.save(reader(), Preference(course="vanished"))
    await bot.handle(said("容器"))
    assert [courses for _, courses in lookup.asked] == [("containers",), None]


@pytest.mark.parametrize("payload", ["", "z:1", "m:", "old-style", "c:c1:abc:def", "l:xx"])
async def test_foreign_buttons_get_a_polite_word(payload: str) -> None:
    [reply] = await core().handle(pressed(payload))
    assert reply.text == "这个按钮已经失效了，再问一次就好。"


async def test_an_entry_that_is_gone_is_said_to_be_gone() -> None:
    [reply] = await core().handle(pressed("m:c999:"))
    assert reply.text == "这条内容已经不在课程里了。"


async def test_nothing_imported_yet() -> None:
    bot = Core(answering=Lookup(()), courses=Shelf())
    for text in ("容器", "/lessons", "/lesson 1", "/course"):
        [reply] = await bot.handle(said(text))
        assert "coursebot import" in reply.text


def spans(reply: Reply, kind: type[Quote | Code | Link]) -> list[str]:
    return [span.text for span in reply.spans if isinstance(span, kind)]


async def test_words_of_others_stay_typed() -> None:
    bot = core()
    [reply] = await bot.handle(said("怎么限制容器的内存？"))
    assert spans(reply, Code) == ["$ docker run -m 512m alpine\n$ cat /sys/fs/cgroup/memory.max"]
    assert spans(reply, Quote) == ["怎么限制容器的内存？"]
    [reply] = await bot.handle(said("unshare 和 nsenter 有什么区别？"))
    assert spans(reply, Code) == ["nsenter -t PID"]
    assert [span.url for span in reply.spans if isinstance(span, Link)] == [
        "https://example.org/containers/01"
    ]


async def test_the_excerpt_can_be_set() -> None:
    bot = Core(answering=Lookup(), courses=Shelf(COURSE), excerpt=40)
    [reply] = await bot.handle(said("容器和虚拟机有什么区别"))
    answer = reply.text.split("\n\n")[1]
    assert len(answer) <= 40
    assert answer.endswith(" …")


async def test_another_chat_cannot_open_this_ones_reasons() -> None:
    bot = core()
    [reply] = await bot.handle(said("容器和虚拟机有什么区别"))
    payload = next(button.payload for button in reply.buttons[0] if button.payload.startswith("w:"))
    elsewhere = ButtonPress(
        chat=Chat(platform=Platform.DISCORD, id="2"), sender=reader(), message_id="1", payload=payload, at=NOW
    )
    [reply] = await bot.handle(elsewhere)
    assert "记不清" in reply.text


async def test_remembered_preferences_are_bounded() -> None:
    preferences = SessionPreferences(capacity=2)
    for name in "abc":
        await preferences.save(reader(name=name), Preference(language="en"))
    assert await preferences.of(reader(name="a")) == Preference()
    assert await preferences.of(reader(name="c")) == Preference(language="en")


@pytest.mark.parametrize(("platform", "leaves"), [(Platform.CONSOLE, True), (Platform.TELEGRAM, False)])
async def test_help_names_the_platforms_own_commands(platform: Platform, leaves: bool) -> None:
    asked = Message(
        chat=Chat(platform=platform, id="1"),
        sender=Person(platform=platform, id="7", language="en"),
        id="1",
        text="/help",
        at=NOW,
    )
    [reply] = await core().handle(asked)
    assert "/ask QUESTION  ask a question" in reply.text
    assert ("/quit" in reply.text) == leaves


async def test_a_greeting_without_courses_says_how_to_get_one() -> None:
    [reply] = await Core(answering=Lookup(()), courses=Shelf()).handle(said("/start"))
    assert "coursebot import" in reply.text


async def test_a_flood_is_slowed_with_one_word_and_nobody_else_is() -> None:
    bot = core()
    replies = [await bot.handle(said("容器和虚拟机有什么区别")) for _ in range(8)]
    assert [len(each) for each in replies] == [1, 1, 1, 1, 1, 1, 0, 0]
    assert replies[5][0].text == "问得有点快，我跟不上了。歇几秒再问吧。"
    assert replies[5][0].private
    other = Message(chat=CHAT, sender=reader(name="8"), id="1", text="容器和虚拟机有什么区别", at=NOW)
    assert "作者回复" in (await bot.handle(other))[0].text
    later = replace(other, sender=reader(), at=NOW + timedelta(seconds=3))
    assert "作者回复" in (await bot.handle(later))[0].text


async def test_the_terminal_is_never_too_fast() -> None:
    bot = core()
    asked = Message(
        chat=Chat(platform=Platform.CONSOLE, id="1"),
        sender=Person(platform=Platform.CONSOLE, id="7"),
        id="1",
        text="晚饭吃什么",
        at=NOW,
    )
    assert all([await bot.handle(asked) for _ in range(20)])


class Unwritable(SessionQuestions):
    async def add(self, question: AskedQuestion, *, chat: Chat, asker: Person, message: str = "") -> None:
        raise CoursebotError("database-full")


async def test_a_log_that_cannot_be_written_costs_no_answer() -> None:
    readers = replace(session_stores(), questions=Unwritable())
    bot = Core(answering=Lookup(), courses=Shelf(COURSE), readers=readers)
    [reply] = await bot.handle(said("容器和虚拟机有什么区别"))
    assert "作者回复" in reply.text
    [why] = await bot.handle(pressed(reply.buttons[0][1].payload))
    assert "为什么是这条" in why.text
