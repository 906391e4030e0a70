from __future__ import annotations

from config import loading
from tests.acceptance.command import ROOT


async def test_a_crowd_questions_on_end_and_a_flood_are_measured() -> None:
    questions = ["什么是命名空间？", "How do I undo a commit?"]
    rows = [row async for row in loading.measured(str(ROOT / "courses"), questions, total=40, crowd=20)]
    assert [(row["core"], row["what"]) for row in rows] == [
        ("echo", "crowd"),
        ("echo", "long"),
        ("real", "crowd"),
        ("real", "long"),
        ("real", "flood"),
    ]
    assert [row["questions"] for row in rows] == [20, 40, 20, 40, 50]
    assert all(0 < row["p50"] <= row["p99"] for row in rows)
    assert list(rows[1]["on_the_way"]) == [4, 20, 40]
    assert rows[-1]["told"] == 6  # five answers and a word
    told = [line for row in rows for line in loading.lines(row)]
    assert len(told) == len(rows) + 3
    assert "the one who asked 300 times was sent 6 messages" in told[-1]
