from __future__ import annotations

import io
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from adapters.console.clean import clean
from adapters.console.screen import lines, terminal_width, wants_color
from bot.replies import Bold, Button, Code, Link, Quote, Reply, Text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "color"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_styling_is_for_terminals_that_want_it(environ: dict[str, str], color: bool) -> None:
    assert wants_color(Terminal(), environ) == color
    assert not wants_color(io.StringIO(), environ)


def test_a_pipe_is_eighty_wide() -> None:
    assert terminal_width(io.StringIO()) == 80
    assert 20 <= terminal_width(Terminal()) <= 88


REPLY = Reply(
    spans=(
        Bold("标题"),
        Text("\n"),
        Quote("问\n题"),
        Text("\n正文 "),
        Code("ls"),
        Text("\n"),
        Code("$ a\n$ b"),
        Text("\n"),
        Link("原文", "https://example.org"),
    )
)


def test_each_kind_of_span_looks_its_own_way() -> None:
    assert lines(REPLY, width=80, color=False) == [
        "标题",
        "▎ 问",
        "▎ 题",
        "正文 ls",
        "    $ a",
        "    $ b",
        "原文 https://example.org",
    ]
    styled = lines(REPLY, width=80, color=True, buttons=[Button("更多", "x"), Button("2", "y")])
    assert styled[:2] == ["\x1b[1m标题\x1b[0m", "\x1b[2m▎ \x1b[0m\x1b[2m问\x1b[0m"]
    assert styled[-1] == "\x1b[1;32m[1]\x1b[0m 更多  \x1b[1;32m[2]\x1b[0m"


def test_chinese_addresses_stay_readable() -> None:
    link = Link("原文", "https://example.org/01%20-%20%E5%AE%B9%E5%99%A8?a=%FF%1B")
    assert lines(Reply(spans=(link,)), width=80, color=False) == [
        "原文 https://example.org/01%20-%20容器?a=%FF%1B"
    ]


def wrapped(text: str, width: int) -> list[str]:
    return lines(Reply(spans=(Text(text),)), width=width, color=False)


def test_lines_break_where_they_may() -> None:
    assert wrapped("一二三四五六七八九十，下一句", 20) == ["一二三四五六七八九", "十，下一句"]
    assert wrapped("一二三四五六七八九（十）", 20) == ["一二三四五六七八九", "（十）"]
    assert wrapped("the quick brown namespace jumps", 20) == ["the quick brown", "namespace jumps"]
    assert wrapped("x" * 45, 20) == ["x" * 20, "x" * 20, "x" * 5]


@given(st.text() | st.text(alphabet="容器，（ aé👍🏽", min_size=40), st.integers(20, 60))
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(text: str, width: int) -> None:
    shown = wrapped(text, width)
    assert all(wcswidth(line) <= width for line in shown)
    assert "".join("".join(shown).split()) == "".join(clean(text).split())


@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=0x2100)) | st.text())
def test_nothing_cleaned_can_paint_the_terminal(text: str) -> None:
    cleaned = clean(text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\label\x1b]8;;\x1b\\", "label"),
        ("\x9b2Jgone", "gone"),
        ("a\x1b", "a"),
        ("\x1b[2", "2"),
        ("a\rb\r\nc\x85d\u2028e", "a\nb\nc\nd\ne"),
        ("user\u202egpj.exe", "usergpj.exe"),
        ("\ud83d", "\ufffd"),
        ("👨\u200d👩\u200d👧 ok", "👨\u200d👩\u200d👧 ok"),
    ],
)
def test_escape_sequences_are_taken_out_whole(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_cleaning_takes_time_in_proportion() -> None:
    for hostile in ("\x1b]" * 100_000, "\x9d" * 200_000, "\x1b[1" * 100_000, "\x1b" * 200_000):
        started = time.perf_counter()
        clean(hostile)
        assert time.perf_counter() - started < 2
