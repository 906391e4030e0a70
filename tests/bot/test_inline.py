"""Answers offered while somebody types `@bot question`."""

from __future__ import annotations

import pytest

from bot.core import Core
from bot.messages import (
    InlineQuery,
)
from bot.ports import Preference
from bot.session import session_stores
from tests.bot.saying import NOW, Locked, core, reader
from tests.bot.support import COURSE, Broken, Lookup, Shelf


def query(text: str, language: str = "") -> InlineQuery:
    return InlineQuery(sender=reader(language), id="1", text=text, at=NOW)


async def test_inline_answers_are_a_list_to_choose_from() -> None:
    best, *others = await core().inline(query("容器和虚拟机有什么区别", "zh"))
    assert best.id == "c1"
    assert best.title.startswith("那虚拟机和容器最本质的区别是什么？")
    assert best.description.startswith("✍️ 作者回复 · ")
    assert best.reply.text.startswith("✍️ 作者回复 · 顾北舟")
    assert best.reply.buttons == ()
    assert 1 <= len(others) <= 9
    assert all(each.title and "\n" not in each.title + each.description for each in (best, *others))


@pytest.mark.parametrize("text", ["", "  \n ", "晚饭吃什么", "\ud83d"])
async def test_no_inline_answers_to_nothing(text: str) -> None:
    assert await core().inline(query(text)) == []


async def test_inline_never_raises(caplog: pytest.LogCaptureFixture) -> None:
    assert await core(Broken()).inline(query("我的秘密")) == []
    assert await core(Locked()).inline(query("我的秘密")) == []
    assert "秘密" not in caplog.text
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_a_choice_of_course_narrows_inline_answers_too() -> None:
    lookup, readers = Lookup(), session_stores()
    await readers.preferences.save(reader(), Preference(course="containers"))
    await Core(answering=lookup, courses=Shelf(COURSE), readers=readers).inline(query("区别"))
    assert lookup.asked == [("区别", ("containers",))]
