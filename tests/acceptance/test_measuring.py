"""evaluate, bench and tune through the real command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.command import ROOT, Coursebot


def test_evaluate_measures_a_bundled_course_beside_the_rivals(shared: Coursebot, tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    ran = shared("evaluate", "git-basics", "--sample", 5, "--json", "--plot", plot)
    assert ran.code == 0, ran.err
    methods = ran.json["methods"]
    assert list(methods) == ["coursebot", "WRatio", "TF-IDF+difflib", "BM25"]
    for row in methods.values():
        assert row["left_out"]["questions"] == 5
        assert 0 <= row["figures"]["everything"]["first"] <= row["figures"]["everything"]["third"] <= 1
        assert 0 < row["figures"]["p50"] <= row["figures"]["p99"]
    assert sum(each["count"] for each in ran.json["reliability"]) <= 72
    assert plot.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_evaluate_prints_a_table_and_takes_a_file(shared: Coursebot, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    rows: list[dict[str, str | None]] = [
        {"query": "git reset 和 revert 的区别", "quote": "git", "kind": "chat"},
        {"query": "天气怎么样", "quote": None, "kind": "offtopic"},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    ran = shared("evaluate", "git-basics", "--queries", file, "--sample", 0)
    assert ran.code == 0, ran.err
    assert "chat, first / among 3 (n=1)" in ran.out
    assert "offtopic, answered as found (of 1)" in ran.out


def test_evaluate_says_which_line_is_no_question(shared: Coursebot, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"query": "x", "quote": null}\n{"query": 3}\n')
    ran = shared("evaluate", "git-basics", "--queries", file)
    assert ran.code == 2
    assert "Line 2" in ran.err
    assert shared("evaluate", "nothing").code == 2


def test_bench_measures_each_size(shared: Coursebot) -> None:
    ran = shared("bench", "--sizes", "30,60", "--questions", 3, "--load", 0, "--due", 0, "--json")
    assert ran.code == 0, ran.err
    assert [each["course"] for each in ran.json["quality"]] == ["containers", "git-basics"]
    speed = ran.json["speed"]
    assert [(row["size"], row["method"]) for row in speed if row["method"] == "coursebot"] == [
        (30, "coursebot"),
        (60, "coursebot"),
    ]
    assert len(speed) == 8
    assert all(row["memory"] > 10 and row["p50"] > 0 for row in speed)
    assert ran.json["load"] == []
    assert shared("bench", "--sizes", "none").code == 2


def test_tune_shows_what_would_change_and_sets_it_only_when_told(bot: Coursebot, tmp_path: Path) -> None:
    file = tmp_path / "asked.txt"
    queries = (ROOT / "tests" / "questions" / "containers.jsonl").read_text("utf-8").splitlines()[28:48]
    file.write_text("\n".join(json.loads(line)["query"] for line in queries), "utf-8")
    shown = bot("tune", "containers", "--questions", file, "--found", 1, "--passage", 1)
    assert shown.code == 0, shown.err
    assert "Would no longer be answered" in shown.out
    settings = bot.data / "coursebot.toml"
    assert not settings.exists()
    settings.write_text('language = "en" # spoken\nfound = 0.5\n')
    applied = bot(
        "tune", "containers", "--questions", file, "--found", 1, "--passage", 1, "--unsure", 0.01, "--apply"
    )
    assert applied.code == 0, applied.err
    assert 'language = "en" # spoken\nfound = 1.0\n' in settings.read_text()
    question = json.loads(queries[2])["query"]
    assert shown.out != applied.out
    assert bot("ask", question, "--json").json["outcome"] == "unsure"


def test_tune_refuses_bands_that_cannot_be(bot: Coursebot) -> None:
    assert bot("tune", "containers", "--found", 0.2, "--unsure", 0.9).code == 2
    assert bot("tune", "containers", "--apply").code == 2
    (bot.data / "coursebot.toml").write_text("found = 2\n")
    ran = bot("ask", "容器")
    assert ran.code == 2
    assert "found" in ran.err


def test_tune_looks_at_what_readers_asked(empty: Coursebot) -> None:
    assert empty("import", ROOT / "courses" / "containers").code == 0
    none = empty("tune", "containers", "--found", 0.9)
    assert none.code == 2
    assert "--questions" in none.err
    assert empty("chat", stdin="容器和虚拟机有什么区别？\n").code == 0
    assert empty("tune", "containers", "--found", 0.9).out.startswith("1 questions")


def test_simulate_compares_three_orders_and_draws_them(shared: Coursebot, tmp_path: Path) -> None:
    plot = tmp_path / "queue.png"
    options = ("--readers", 8, "--arrivals", 4, "--per-day", 2)
    ran = shared("simulate", "containers", *options, "--json", "--plot", plot)
    assert ran.code == 0, ran.err
    (runs,) = ran.json
    assert list(runs) == ["queue", "first come", "one by one"]
    for run in runs.values():
        assert run["asked"] == [4, 8]
        assert 0 <= run["content"][0] <= run["content"][1] <= 8
    assert plot.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    table = shared("simulate", "containers", *options, "--seeds", 2, "--popularity", "even")
    assert table.code == 0, table.err
    assert "readers told per minute of the team" in table.out


def test_simulate_names_a_course_that_is_not_there(shared: Coursebot) -> None:
    ran = shared("simulate", "no-such-course")
    assert (ran.code, ran.out) == (2, "")
    assert "no-such-course" in ran.err
    assert "Traceback" not in ran.err
