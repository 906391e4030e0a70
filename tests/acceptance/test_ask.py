"""`coursebot ask`, and what it prints for scripts."""

from __future__ import annotations

import pytest

from tests.acceptance.command import CHINESE, ENGLISH, Coursebot

OUTCOMES = {"found", "unsure", "not_found", "lessons"}
SOURCES = {"author", "admin", "reader", "passage"}
RESULT = {"source", "ref", "course", "lesson", "text", "answer", "score", "why"}
STRANGE = [
    "镜像分层是什么？",
    "",
    "   ",
    "\x01\x1b[31m\x07镜像\x7f\x0b\x0c\u2028分层\u200b",
    "🐳🐳🏴󠁧󠁢󠁳󠁣󠁴󠁿👩‍👩‍👧",
    "容器" * 5_000,
    "a" * 10_000,
    "What is a rebase?",
    '"\\{}[]()*?+-:^~ AND OR NOT',
    "？！。",
    "İıſﬁ㍿ 資料庫",
]


def test_one_line_in_one_object_out(shared: Coursebot) -> None:
    ran = shared("ask", "--stdin", "--json", "--limit", 3, stdin="\n".join(STRANGE) + "\n")
    assert ran.code == 0
    assert [answer["query"] for answer in ran.lines] == STRANGE
    for answer in ran.lines:
        assert list(answer) == ["query", "outcome", "results", "took_ms"]
        assert answer["outcome"] in OUTCOMES
        assert answer["took_ms"] > 0
        assert len(answer["results"]) <= 3
        for result in answer["results"]:
            assert set(result) == RESULT
            assert result["source"] in SOURCES
            assert (result["answer"] is None) == (result["source"] in {"reader", "passage"})
            assert 0 <= result["score"] <= 1
            assert result["text"]
        scores = [result["score"] for result in answer["results"]]
        assert scores == sorted(scores, reverse=True)


def test_lines_of_other_systems_and_bytes_that_are_no_text(shared: Coursebot) -> None:
    given = b"\xff\xfe \xe5\xae\r\n" + "镜像是什么\r\n最后一行没有换行".encode()
    ran = shared("ask", "--stdin", "--json", stdin=given, PYTHONIOENCODING="utf-8:strict")
    assert ran.code == 0, ran.err
    assert [answer["query"] for answer in ran.lines][1:] == ["镜像是什么", "最后一行没有换行"]


def test_no_question_on_standard_input_is_no_answer(shared: Coursebot) -> None:
    ran = shared("ask", "--stdin", "--json", stdin="")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_an_answer_for_people_speaks_the_questions_language(shared: Coursebot) -> None:
    chinese = Coursebot(data=shared.data, language=CHINESE)("ask", "What is a rebase?")
    english = Coursebot(data=shared.data, language=ENGLISH)("ask", "镜像分层是什么？")
    assert (chinese.code, english.code) == (0, 0)
    assert "\x1b" not in chinese.out + english.out
    assert "你想问的是" in english.out or "📘" in english.out


def test_only_the_named_course_is_looked_at(shared: Coursebot) -> None:
    found = shared.asked("commit", "--course", "git-basics", "--limit", "9")
    assert found
    assert {result["course"] for result in found} == {"git-basics"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "QUESTION"),
        (("something", "--stdin"), "QUESTION"),
        (("",), "no question yet"),
        (("x", "--course", "nope"), "“nope”"),
        (("x", "--limit", "0"), "--limit"),
    ],
)
def test_what_cannot_be_asked(shared: Coursebot, arguments: tuple[str, ...], says: str) -> None:
    ran = shared("ask", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_without_a_course_there_is_no_answer(empty: Coursebot) -> None:
    ran = empty("ask", "什么是容器", "--json")
    assert ran.code in {0, 2}
    assert ran.code or ran.json["outcome"] == "not_found"
