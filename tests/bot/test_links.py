from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons.payloads import course_key
from bot.links import EntryLink, LessonLink, entry_link, lesson_link, linked


@given(st.text(), st.text())
def test_links_come_back_as_they_were_and_suit_telegram(course: str, lesson: str) -> None:
    link = lesson_link(course, lesson)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link)
    assert linked(link) == LessonLink(course_key(course), course_key(lesson))


@given(st.integers(0, 10**18 - 1))
def test_entries_are_opened_by_their_ref(number: int) -> None:
    link = entry_link(f"c{number}")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link)
    assert linked(link) == EntryLink(f"c{number}")


@given(st.text())
def test_anything_else_opens_nothing(parameter: str) -> None:
    opened = linked(parameter)
    assert opened is None or parameter.startswith(("q_", "l_"))


@pytest.mark.parametrize("parameter", ["", "q_", "q_容器", "q_c１", "l_0123456789ab", "q_c1\n", "x_c1"])
def test_what_these_helpers_never_make(parameter: str) -> None:
    assert linked(parameter) is None
    with pytest.raises(ValueError, match="ref"):
        entry_link(parameter)
