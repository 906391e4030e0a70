"""`coursebot seed import` and `coursebot seed export`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.command import Coursebot

ROWS = [
    {
        "question": "谁给这门课答疑？",
        "answer": "课程组，\n每周三。",
        "aliases": ["找谁答疑", "答疑的|人"],
        "author": "小编",
    },
    {
        "question": '有没有"电子书"，可以下载？',
        "answer": "没有, 只有网页。",
        "aliases": ["[PDF] 在哪"],
        "author": "",
    },
]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), "utf-8")
    return file


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_what_is_exported_can_be_imported_again(
    bot: Coursebot, tmp_path: Path, rows: Path, suffix: str
) -> None:
    first = bot("seed", "import", rows, "--course", "containers")
    assert (first.code, first.err) == (0, "")
    assert "added 2" in first.out
    file = tmp_path / f"out.{suffix}"
    assert bot("seed", "export", file, "--course", "containers").code == 0
    again = bot("seed", "import", file, "--course", "containers")
    assert (again.code, again.err) == (0, "")
    assert "added 0 · updated 0 · unchanged 2" in again.out
    if suffix == "jsonl":
        read = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        assert read == [row | {"lesson": None} for row in ROWS]


def test_a_seed_is_answerable_at_once_by_its_aliases_too(bot: Coursebot, rows: Path) -> None:
    bot("seed", "import", rows, "--course", "containers")
    for question in ("谁给这门课答疑？", "找谁答疑"):
        (first, *_) = bot.asked(question)
        assert (first["source"], first["text"]) == ("admin", ROWS[0]["question"])
        assert first["answer"] == ROWS[0]["answer"]


def test_a_seed_for_a_comments_exact_text_answers_that_comment(bot: Coursebot, tmp_path: Path) -> None:
    question = "多阶段构建的时候，中间阶段的镜像会不会占着磁盘不清理？"
    (comment, *_) = bot.asked(question)
    assert comment["source"] == "reader"
    row = {"question": comment["text"], "answer": "会占着，用 docker builder prune 清掉。"}
    (tmp_path / "one.jsonl").write_text(json.dumps(row), "utf-8")
    ran = bot("seed", "import", tmp_path / "one.jsonl", "--course", "containers")
    assert "attached to comments 1" in ran.out
    (first, *_) = bot.asked(question)
    assert (first["source"], first["ref"], first["answer"]) == ("admin", comment["ref"], row["answer"])


BAD_LINES = {
    2: "not json",
    3: '{"question": "", "answer": "a"}',
    4: '{"question": "q", "answer": " "}',
    5: '["q", "a"]',
    6: '{"question": "q", "answer": "a", "lesson": "no such lesson"}',
    7: '{"question": "q", "answer": 5}',
    8: '{"question": "q", "answer": "a", "aliases": [1]}',
    9: '{"question": "q\\ud800", "answer": "a"}',
    10: '{"question": "q\\u0000", "answer": "a"}',
    11: '{"question": ' + "1" * 5_000 + "}",
    12: "[" * 100_000,
    13: json.dumps({"question": "q", "answer": "长" * 20_001}),
}


def test_bad_rows_are_told_by_number_and_good_ones_kept(bot: Coursebot, tmp_path: Path) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_text("\n".join([json.dumps(ROWS[0]), *BAD_LINES.values(), json.dumps(ROWS[1])]), "utf-8")
    ran = bot("seed", "import", file, "--course", "containers")
    said = ran.err.strip().split("\n")
    assert (ran.code, len(said)) == (1, len(BAD_LINES))
    assert all(line.startswith(f"Row {row} ") for row, line in zip(BAD_LINES, said, strict=True))
    assert (
        f"added 2 · updated 0 · unchanged 0 · attached to comments 0 · not imported {len(BAD_LINES)}"
        in ran.out
    )


def test_rows_of_a_table(bot: Coursebot, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(
        'Question,Answer\r\n甲？,\r\n乙？,是的\r\n,丙\r\n丁？,"一\r\n二"\r\n戊？,一,二\r\n'.encode()
    )
    ran = bot("seed", "import", file, "--course", "containers")
    assert (ran.code, "added 2" in ran.out) == (1, True)
    assert [line.split(" ")[1] for line in ran.err.strip().split("\n")] == ["2", "4", "6"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nowhere.csv", None),
        ("latin.csv", b"question,answer\n\xe9,\xe8"),
        ("columns.csv", b"q,a\n1,2\n"),
        ("empty.csv", b""),
        ("quote.csv", b'question,answer\n"never closed,x\n'),
    ],
)
def test_a_file_that_is_none(shared: Coursebot, tmp_path: Path, name: str, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    ran = shared("seed", "import", tmp_path / name, "--course", "containers")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), ran.err
    assert name in ran.err


def test_where_nothing_can_be_written(shared: Coursebot, tmp_path: Path) -> None:
    ran = shared("seed", "export", tmp_path / "no" / "folder.csv")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
