"""Kills, damage, and two processes at once: what was stored stays whole, and the next command works."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import ROOT, Coursebot

COURSES, LESSONS, COMMENTS = 30, 2, 20
PATIENCE = 30
QUESTION = "容器里的第一个进程为什么要处理信号"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty courses, each with the same number of lessons and comments."""
    root = tmp_path_factory.mktemp("catalogue")
    for course in range(COURSES):
        folder = root / f"course-{course:02}"
        folder.mkdir()
        for lesson in range(LESSONS):
            items = "".join(
                f"<li><span>r{n}</span> 👍（1） 💬（1）<p>第{course}门课第{lesson}讲的第{n}个问题怎么解决？</p>"
                "2020-01-01</li>"
                for n in range(COMMENTS)
            )
            title = f"<div><strong>精选留言（{COMMENTS}）</strong></div><ul>\n"
            text = f"第{course}门课第{lesson}讲的正文，一段就够了。\n\n{title}{items}\n</ul>\n"
            (folder / f"{lesson}.md").write_text(text, "utf-8")
    return root


def stored(bot: Coursebot) -> int:
    """How many courses another process sees in the database now."""
    if not bot.database.is_file():
        return 0
    with closing(sqlite3.connect(bot.database, timeout=PATIENCE)) as database:
        try:
            (number,) = database.execute("SELECT count(*) FROM course").fetchone()
        except sqlite3.OperationalError:  # no table yet
            return 0
    return int(number)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("seen", [1, COURSES])
def test_an_import_that_is_killed_leaves_whole_courses(empty: Coursebot, catalogue: Path, seen: int) -> None:
    process = empty.start("import", "--all", catalogue)
    with process:
        wait_until(lambda: stored(empty) >= seen)
        process.send_signal(signal.SIGKILL)
    whole = empty("courses", "--json")
    assert whole.code == 0, whole.err
    kept: list[dict[str, Any]] = whole.json
    assert seen <= len(kept) <= COURSES
    assert all((course["lessons"], course["comments"]) == (LESSONS, LESSONS * COMMENTS) for course in kept)
    again = empty("import", "--all", catalogue, "--json")
    assert (again.code, again.json["changed"]) == (0, (COURSES - len(kept)) * LESSONS)
    (first, *_) = empty.asked("第29门课第1讲的第17个问题怎么解决？", "--course", "course-29")
    assert first["text"] == "第29门课第1讲的第17个问题怎么解决？"
    assert "holds what the database does" in empty("index", "check").out


class TestDamage:
    """The index is a replica: whatever happens to it, the answers stay the same."""

    def test_a_lost_index(self, bot: Coursebot) -> None:
        before = bot.asked(QUESTION)
        shutil.rmtree(bot.index)
        assert bot.asked(QUESTION) == before
        assert "2 courses" in bot("index", "rebuild").out
        assert bot.asked(QUESTION) == before

    @pytest.mark.parametrize("kind", ["meta.json", "store", "term", "idx"])
    def test_a_damaged_file(self, bot: Coursebot, shared: Coursebot, kind: str) -> None:
        chance = random.Random(kind)
        for file in bot.index.iterdir():
            if file.name.endswith(kind):
                data = bytearray(file.read_bytes())
                for place in range(0, len(data), 7):
                    data[place] = chance.randrange(256)
                file.write_bytes(data)
        assert [r["ref"] for r in bot.asked(QUESTION)] == [r["ref"] for r in shared.asked(QUESTION)]

    def test_files_cut_short_or_gone(self, bot: Coursebot, shared: Coursebot) -> None:
        right = [result["ref"] for result in shared.asked(QUESTION)]
        for file in sorted(bot.index.glob("*.store")):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        assert [result["ref"] for result in bot.asked(QUESTION)] == right
        for file in bot.index.glob("*.idx"):
            file.unlink()
        assert [result["ref"] for result in bot.asked(QUESTION)] == right

    def test_an_index_of_another_database_is_found_out(self, bot: Coursebot, tmp_path: Path) -> None:
        other = Coursebot(data=tmp_path / "other")
        for name, numbers in (("containers", 1), ("git-basics", 2)):
            folder = tmp_path / name
            folder.mkdir()
            for number in range(numbers):
                (folder / f"{number}.md").write_text("一段别的正文，与容器无关。", "utf-8")
            assert other("import", folder).code == 0
        shutil.rmtree(bot.index)
        shutil.copytree(other.index, bot.index)
        bot("index", "check")
        assert "holds what the database does" in bot("index", "check").out


def test_an_import_and_questions_at_once(bot: Coursebot, catalogue: Path) -> None:
    right = bot.asked(QUESTION, "--course", "containers")[0]["ref"]
    with bot.start("import", "--all", catalogue, "--json") as importing:
        rounds = 0
        while importing.poll() is None or not rounds:
            asked = bot("ask", "--stdin", "--json", "--course", "containers", stdin=f"{QUESTION}\n" * 20)
            assert asked.code == 0, asked.err
            assert {answer["results"][0]["ref"] for answer in asked.lines} == {right}
            rounds += 1
        assert importing.returncode == 0
    assert stored(bot) == COURSES + 2


def test_two_imports_at_once(empty: Coursebot) -> None:
    names = ("containers", "git-basics")
    running = [empty.start("import", ROOT / "courses" / name, "--json") for name in names]
    for process in running:
        with process:
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err.decode()
    assert {course["slug"] for course in empty("courses", "--json").json} == set(names)
    assert "holds what the database does" in empty("index", "check").out
