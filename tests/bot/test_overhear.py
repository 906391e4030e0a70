"""Groups where the bot speaks up unasked, and what holds in a group."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core import Core
from bot.ports import Preference
from bot.readers import ChatSetting
from bot.session import session_stores
from tests.bot.saying import GROUP, overheard, reader, said
from tests.bot.support import COURSE, ENTRIES, SECOND_COURSE, Broken, Lookup, Shelf


async def speaking(answering: Lookup) -> Core:
    readers = session_stores()
    await readers.chats.save(GROUP, ChatSetting(unasked=True))
    return Core(answering=answering, courses=Shelf(COURSE), readers=readers)


@pytest.mark.parametrize("answering", [Broken(), Lookup(())])
async def test_what_was_not_asked_is_never_apologised_for(answering: Lookup) -> None:
    bot = await speaking(answering)
    assert await bot.handle(overheard("怎么限制容器的内存？")) == []


async def test_speaking_up_keeps_to_its_cap_also_when_many_ask_at_once() -> None:
    entries = [replace(ENTRIES[3], ref=f"s{n}", text=f"怎么限制容器 {n} 的内存？") for n in range(30)]
    bot = await speaking(Lookup(entries))
    replies = await asyncio.gather(*(bot.handle(overheard(each.text, n)) for n, each in enumerate(entries)))
    assert sum(map(bool, replies)) == 6


async def test_what_is_not_answered_is_not_kept() -> None:
    readers = session_stores()
    await readers.chats.save(GROUP, ChatSetting(unasked=True))
    bot = Core(answering=Lookup(), courses=Shelf(COURSE), readers=readers)
    assert await bot.handle(overheard("大家晚饭吃什么呢？")) == []
    assert (await readers.personal.of(reader())).questions == 0


async def test_settings_are_no_secret_but_choices_in_private_go_first() -> None:
    lookup, readers = Lookup(), session_stores()
    bot = Core(answering=lookup, courses=Shelf(COURSE, SECOND_COURSE), readers=readers)
    await readers.preferences.save(reader(), Preference(course=SECOND_COURSE.slug))
    await readers.chats.save(GROUP, ChatSetting(course="containers"))
    await bot.handle(said("容器"))
    await bot.handle(replace(overheard("容器"), addressed=True))
    assert [courses for _, courses in lookup.asked] == [(SECOND_COURSE.slug,), ("containers",)]
