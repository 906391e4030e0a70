from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import Core
from bot.messages import (
    ButtonPress,
    Chat,
    Code,
    Command,
    Incoming,
    Link,
    Message,
    Person,
    Platform,
    Quote,
    Reply,
)
from bot.ports import Preference
from bot.preferences import SessionPreferences
from knowledge.errors import CoursebotError
from knowledge.outcome import Outcome
from tests.bot.support import COURSE, SECOND_COURSE, Broken, Lookup, Shelf

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHAT = Chat(platform=Platform.DISCORD, id="1")


def reader(language: str = "", name: str = "7") -> Person:
    return Person(platform=Platform.DISCORD, id=name, language=language)


def said(text: str, language: str = "") -> Message:
    return Message(chat=CHAT, sender=reader(language), id="1", text=text, at=NOW)


def pressed(payload: str) -> ButtonPress:
    return ButtonPress(chat=CHAT, sender=reader(), message_id="1", payload=payload, at=NOW)


def core(answering: Lookup | None = None) -> Core:
    return Core(answering=answering or Lookup(), courses=Shelf(COURSE, SECOND_COURSE))


INCOMING: st.SearchStrategy[Incoming] = st.one_of(
    st.builds(said, st.text(), st.text(max_size=8)),
    st.builds(lambda text: said(f"/{text}"), st.text()),
    st.builds(
        lambda name, arguments: Command(
            chat=CHAT, sender=reader(), id="1", name=name, arguments=arguments, at=NOW
        ),
        st.sampled_from(["ask", "lesson", "lessons", "course", "why", "more"]) | st.text(),
        st.text(),
    ),
    st.builds(
        pressed, st.text() | st.from_regex(r"[mcwolkpx]:[a-z0-9]{0,12}(:[a-z0-9]{0,4})?", fullmatch=True)
    ),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(INCOMING, max_size=6))
async def test_anything_can_be_said_in_any_order(heard: list[Incoming]) -> None:
    bot = core()
    for incoming in heard:
        replies = await bot.handle(incoming)
        assert replies
        for reply in replies:
            assert reply.text.strip()
            assert "编号" not in reply.text or "/lesson" in reply.text
            assert all(len(button.payload.encode()) <= 64 for row in reply.buttons for button in row)


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


class Locked(Lookup):
    async def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        raise CoursebotError("database-locked")


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
    bot = core()
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
    lookup, shelf, preferences = Lookup(), Shelf(COURSE), SessionPreferences()
    bot = Core(answering=lookup, courses=shelf, preferences=preferences)
    await preferences.save(reader(), Preference(course="containers"))
    await bot.handle(said("容器"))
    await preferences.save(reader(), Preference(course="vanished"))
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
