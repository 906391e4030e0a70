from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from bot.rendering.blocks import blocks
from bot.rendering.excerpt import cells, cut, excerpt, gist, one_line, utf16_length

TEXT = st.lists(
    st.sampled_from(
        [
            "容器",
            "。",
            "？",
            "\n",
            "\n\n",
            " ",
            "word",
            ". ",
            "👨‍👩‍👧",
            "👍🏽",
            "🇨🇳",
            "e\u0301",
            "$ ls -l\n",
            "```\n",
            "；",
            "，",
            "\ud800",
        ]
    )
    | st.text(max_size=5),
    max_size=60,
).map("".join)
CODE = "```\n$ docker run alpine\n\n$ docker ps. 好。\n```"


@given(TEXT, st.integers(1, 80))
@example("e" + "\u0301" * 200, 5)
@example("  容器", 3)
def test_a_cut_keeps_the_limit_and_loses_nothing(text: str, limit: int) -> None:
    head, rest = cut(text, limit)
    assert len(head) <= limit
    assert "".join((head + rest).split()) == "".join(text.split())
    assert head or not rest or text.strip("\n")[:limit].isspace()


@given(TEXT, st.integers(40, 80))
def test_a_cut_tears_no_visible_character(text: str, limit: int) -> None:
    head, rest = cut(text, limit)
    whole = list(iter_graphemes(text.strip("\n").rstrip()))
    assert list(iter_graphemes(head)) == whole[: len(list(iter_graphemes(head)))] or not rest


@given(TEXT, st.integers(4, 80))
def test_an_excerpt_keeps_the_limit_with_its_ellipsis(text: str, limit: int) -> None:
    short = excerpt(text, limit)
    assert len(short.text) <= limit
    assert short.more == short.text.endswith("…") or "…" in text


@pytest.mark.parametrize("before", ["\n", " \n", "\u3000\n\n", "\t\n \n"])
def test_blank_lines_before_a_text_take_no_room_from_it(before: str) -> None:
    assert excerpt(f"{before}容器容器", 4) == excerpt("容器容器", 4)


@given(TEXT, st.integers(4, 80))
def test_other_measures_are_kept_too(text: str, limit: int) -> None:
    assert utf16_length(cut(text, limit, utf16_length)[0]) <= max(limit, 2)


@given(TEXT, st.integers(2, 80), st.lists(st.text(max_size=3), max_size=3))
def test_a_gist_is_one_short_line(text: str, limit: int, words: list[str]) -> None:
    short = gist(text, limit, words)
    assert len(short.text) <= limit
    assert short.text == one_line(short.text)


@given(TEXT, st.integers(4, 80))
def test_a_gist_can_be_measured_in_columns(text: str, limit: int) -> None:
    assert cells(gist(text, limit, measure=cells).text) <= limit


def test_a_gist_begins_and_ends_cleanly() -> None:
    assert gist("请教：\n2. 如果是，为什么 mount 会报错？", 24).text == "如果是，为什么 mount 会报错？"
    assert gist("一根虚拟网线的旅程：veth、网桥、端口映射", 18).text == "一根虚拟网线的旅程：veth…"


@given(TEXT)
def test_blocks_cover_the_text_in_order(text: str) -> None:
    parts = blocks(text)
    assert "\n".join(text[part.start : part.end] for part in parts) == text


@pytest.mark.parametrize("limit", range(12, 12 + len(CODE) - 1))
def test_code_is_never_cut_when_prose_stands_before_it(limit: int) -> None:
    head, rest = cut(f"先看下面的命令输出。\n{CODE}\n看到了吗？", limit)
    assert head == "先看下面的命令输出。"
    assert rest.startswith("```")


def test_code_alone_is_cut_between_its_lines() -> None:
    head, rest = cut("$ docker ps\n$ docker images\n$ docker info", 30)
    assert (head, rest) == ("$ docker ps\n$ docker images", "$ docker info")


def test_a_sentence_end_is_better_than_the_last_character() -> None:
    assert cut("第一句话说完了。第二句话还没有说完就", 14)[0] == "第一句话说完了。"
    assert cut("He said “stop.” Then nothing happened at all.", 24)[0] == "He said “stop.”"
    assert cut("Version 2.7 is out and it is good", 20)[0] == "Version 2.7 is out"


def test_a_gist_prefers_the_question_with_the_words() -> None:
    text = "老师好！第一次留言。\n引用原文：“进程”。\n"
    text += "为什么 free 不准？还有，namespace 和 cgroup 哪个先来？谢谢！"
    assert gist(text, 20).text == "为什么 free 不准？"
    assert gist(text, 40, ["cgroup"]).text == "还有，namespace 和 cgroup 哪个先来？谢谢！"
    assert gist("短 的\n话", 20).text == "短 的 话"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("只有中文。", []),
        ("Just an English sentence.\nAnd another one.", []),
        ("看输出：\n```\na = 1\n```\n好。", ["a = 1"]),
        ("看输出：\n$ ls\nbin  dev  etc\n就这些。", ["$ ls\nbin  dev  etc"]),
        ("int main() {\n    return 0;\n}", ["int main() {\n    return 0;\n}"]),
        ("最后一行：\nreturn result;\n就完了。", []),
        ("- 第一\n- 第二", []),
        ("1. first\n2. second", []),
        ("```\nnever closed", ["never closed"]),
    ],
)
def test_code_is_told_from_prose(text: str, code: list[str]) -> None:
    assert [part.body for part in blocks(text) if part.code] == code


def test_long_texts_are_cut_quickly() -> None:
    assert len(cut("容器 " * 200_000, 300)[0]) <= 300
    assert unicodedata.category(cut("a\u0301" * 50_000, 9)[0][-1]) == "Mn"
