"""Files of answers, written and read again, and files that are none."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import CoursebotError
from knowledge.model import Seed
from knowledge.seeds import BadRow, format_seeds, parse_seeds, read_seeds

KINDS = ["jsonl", "csv", "tsv", "xlsx"]
STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")
WORDS = st.text(
    STORABLE | st.sampled_from("|｜[]\"',\t\r\n;=+-@\ufeff_x000D_\x01\u2028 容器"), max_size=30
).map(str.strip)
SAID = WORDS.map(lambda text: f"{text}容".strip()) | st.sampled_from(
    ["=1+1", "+1", "-1", "@a", "'=1", "2024"]
)
SEEDS = st.builds(
    Seed,
    question=SAID,
    answer=SAID,
    aliases=st.lists(SAID, max_size=3, unique=True).map(tuple),
    lesson=st.none() | SAID.filter(lambda name: not name.endswith(".md")),
    author=WORDS,
)


@pytest.mark.parametrize("kind", KINDS)
@given(seeds=st.lists(st.tuples(st.sampled_from(["", "a", "=b"]), SEEDS), min_size=1, max_size=4))
def test_what_is_written_is_read_again(kind: str, seeds: list[tuple[str, Seed]]) -> None:
    read = parse_seeds(f"answers.{kind}", format_seeds(f"answers.{kind}", seeds))
    assert (read.bad, [(row.course, row.seed) for row in read.rows]) == ((), seeds)
    assert (read.encoding, read.formulas, read.passed_over) == ("", False, ())


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.binary(max_size=200) | st.text(STORABLE, max_size=200).map(str.encode))
def test_no_file_raises_what_is_no_sentence(kind: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"seeds.{kind}"
        file.write_bytes(data)
        with suppress(CoursebotError):
            read_seeds(file)


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_answer_comes_through_whole(kind: str) -> None:
    seed = Seed(question="How long?", answer="长" * 4_097, lesson=None)
    assert parse_seeds(f"a.{kind}", format_seeds(f"a.{kind}", [("", seed)])).rows[0].seed == seed


def test_in_csv_nothing_begins_as_a_formula() -> None:
    seeds = [Seed(question=f"{mark}cmd|' /C calc'!A0", answer=f"{mark}1", author=mark) for mark in "=+-@'"]
    text = format_seeds("a.csv", [("", each) for each in seeds]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert [row.seed for row in parse_seeds("a.csv", text.encode()).rows] == seeds


TABLES = {
    "plain": "question,answer\nQ,A",
    "crlf": "question,answer\r\nQ,A\r\n",
    "mark": "\ufeffquestion,answer\nQ,A",
    "semicolons": "Question;Answer\nQ;A",
    "tabs": "question\tanswer\nQ\tA",
    "chinese": "问题,答案\nQ,A",
    "blank-lines": "\n\nquestion,answer\n\nQ,A\n,,\n",
    "more-columns": "id,question,answer,note\n1,Q,A,x",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_tables_as_spreadsheets_write_them(text: str) -> None:
    read = parse_seeds("a.csv", text.encode())
    assert [row.seed for row in read.rows] == [Seed(question="Q", answer="A")]
    assert read.bad == ()
    assert read.passed_over == (("id", "note") if "note" in text else ())


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    text = 'question,answer\nQ,A\n\n,A\n"Q\nR",\nS,a,b\nS,A'
    read = parse_seeds("a.csv", text.encode())
    assert [row.row for row in read.rows] == [2, 7]
    assert read.bad == (
        BadRow(4, "row-no-question"),
        BadRow(5, "row-no-answer"),
        BadRow(6, "row-too-many-cells"),
    )


MARKUP = ["**", "```\n```", "<b></b>", "---", "？！", "👍", "<img src='x.png'>", "&nbsp;"[:1]]


@pytest.mark.parametrize("markup", MARKUP)
def test_what_is_only_markup_says_nothing(markup: str) -> None:
    rows = [{"question": markup, "answer": "A"}, {"question": "Q", "answer": markup}]
    read = parse_seeds("a.jsonl", "\n".join(map(json.dumps, rows)).encode())
    assert read.bad == (BadRow(1, "row-only-markup"), BadRow(2, "row-only-markup"))


def test_a_huge_cell_costs_its_row_and_no_other() -> None:
    text = f"question,answer\nQ,{'长' * 300_000}\nR,B"
    read = parse_seeds("a.csv", text.encode())
    assert (read.bad, [row.seed.question for row in read.rows]) == ((BadRow(2, "row-too-long"),), ["R"])


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("gbk", "GBK"),
        ("gb18030", "GBK"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_encoding_that_can_be_told_is_said_and_converted(encoding: str, named: str, kind: str) -> None:
    seed = Seed(question="容器和虚拟机有什么区别？", answer="一个共用内核，一个自带内核。")
    text = format_seeds(f"a.{kind}", [("", seed)]).decode("utf-8-sig")
    read = parse_seeds(f"a.{kind}", text.encode(encoding))
    assert (read.encoding, [row.seed for row in read.rows]) == (named, [seed])


def test_big5_is_not_taken_for_gbk() -> None:
    text = "question,answer\n容器和虛擬機有什麼區別？,一個共用核心，一個自帶核心。\n"
    read = parse_seeds("a.csv", text.encode("big5"))
    assert (read.encoding, read.rows[0].seed.answer) == ("Big5", "一個共用核心，一個自帶核心。")


BROKEN = {
    "empty": (b"", "seeds-empty"),
    "blank": (b" \n\r\n", "seeds-empty"),
    "header-only": (b"question,answer\n", "seeds-empty"),
    "latin": (b"question,answer\n\xe9t\xe9,caf\xe9 na\xefve\n", "file-not-utf8"),
    "no-columns": (b"a,b\n1,2\n", "seeds-columns("),
    "close": (b"qestion,answer\n1,2\n", "seeds-columns-close"),
    "twice": (b"question,answer,Question\n1,2,3\n", "seeds-column-twice"),
    "quote": (b'question,answer\nQ,A\n"never closed,x\n', "csv-broken"),
}


@pytest.mark.parametrize(("data", "key"), BROKEN.values(), ids=BROKEN)
def test_a_table_that_is_none(data: bytes, key: str) -> None:
    with pytest.raises(CoursebotError) as caught:
        parse_seeds("a.csv", data)
    assert str(caught.value).startswith(key)


def test_a_wrong_column_is_told_with_what_it_may_mean() -> None:
    with pytest.raises(CoursebotError) as caught:
        parse_seeds("a.csv", "问题,答按\n1,2".encode())
    assert (caught.value.values["wrong"], caught.value.values["meant"]) == ("答按", "answer")
    assert caught.value.values["missing"] == ("answer",)


def test_too_many_rows_are_refused_before_they_are_held() -> None:
    rows = b'{"question": "q", "answer": "a"}\n' * 11
    assert len(parse_seeds("a.jsonl", rows, most=11).rows) == 11
    for kind in KINDS:
        seeds = [("", Seed(question=f"q{number}", answer="a")) for number in range(11)]
        with pytest.raises(CoursebotError, match="seeds-too-many"):
            parse_seeds(f"a.{kind}", format_seeds(f"a.{kind}", seeds), most=10)


def test_a_key_in_two_languages_is_not_guessed_at() -> None:
    read = parse_seeds("a.jsonl", '{"question": "q", "问题": "r", "answer": "a"}'.encode())
    assert read.bad == (BadRow(1, "row-key-twice"),)


def test_a_list_of_objects_is_read_as_well() -> None:
    read = parse_seeds("a.json", b'[\n {"question": "q",\n "answer": "a"}, 5, {"question": "r"}]')
    assert [(row.row, row.seed.question) for row in read.rows] == [(1, "q")]
    assert read.bad == (BadRow(2, "row-not-object"), BadRow(3, "row-no-answer"))
