"""One course that takes a while: killed in the middle it is as before or complete, and everyone sees the same."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.command import Coursebot

LESSONS = 120


def edition(folder: Path, mark: str) -> Path:
    """A course whose every comment begins with `mark`."""
    folder.mkdir(exist_ok=True)
    for number in range(1, LESSONS + 1):
        article = "\n\n".join(f"{mark}第 {number} 讲第 {part} 段。" + "内容" * 100 for part in range(12))
        items = "<br/>".join(
            f"<li><span>读者{each}</span> 👍（{each}） 💬（1）<p>{mark}{number}-{each} 怎么理解？</p>2020-02-02</li>"
            for each in range(25)
        )
        block = f"<div><strong>精选留言（25）</strong></div><ul>\n{items}\n</ul>\n"
        (folder / f"{number:03} - 讲.md").write_text(f"{article}\n\n{block}", "utf-8")
    return folder


def stored(bot: Coursebot) -> tuple[int, set[str]]:
    """Number of lessons, and how the live comments begin."""
    with closing(sqlite3.connect(bot.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        try:
            (lessons,) = connection.execute("SELECT count(*) FROM lesson").fetchone()
        except sqlite3.OperationalError:  # killed before there were tables
            return 0, set()
        texts = connection.execute("SELECT text FROM comment WHERE retired_at IS NULL")
        return lessons, {text[:1] for (text,) in texts}


def kill(bot: Coursebot, course: Path, *, after: float) -> None:
    with bot.start("import", course) as process:
        time.sleep(after)
        process.send_signal(signal.SIGKILL)


@pytest.mark.timeout(300)
def test_a_new_edition_comes_in_whole_or_not_at_all(coursebot: Coursebot, tmp_path: Path) -> None:
    course = edition(tmp_path / "course", "甲")
    started = time.monotonic()
    assert coursebot("import", course).code == 0
    whole = time.monotonic() - started
    edition(course, "乙")
    marks: list[str] = []
    for share in (0.25, 0.4, 0.55, 0.7, 0.85):
        kill(coursebot, course, after=whole * share)
        lessons, mark = stored(coursebot)
        assert (lessons, len(mark)) == (LESSONS, 1)
        marks += mark
        # The index catches up with whatever was stored.
        assert coursebot.asked("7-7 怎么理解？", "--limit", 1)[0]["text"][:1] in mark
    assert marks == sorted(marks, key="甲乙".index)  # once the new one is in, it stays
    assert coursebot("import", course).code == 0
    assert stored(coursebot) == (LESSONS, {"乙"})
    assert coursebot("index", "check").out == "索引与数据库一致。\n"


def test_a_first_import_comes_in_whole_or_not_at_all(coursebot: Coursebot, tmp_path: Path) -> None:
    course = edition(tmp_path / "course", "甲")
    for seconds in (0.4, 0.8, 1.2):
        kill(coursebot, course, after=seconds)
        if coursebot.database.exists():
            assert stored(coursebot) in [(0, set()), (LESSONS, {"甲"})]
    assert coursebot("import", course).code == 0
    assert stored(coursebot) == (LESSONS, {"甲"})


def test_the_same_course_twice_at_once(coursebot: Coursebot, tmp_path: Path) -> None:
    course = edition(tmp_path / "course", "甲")
    running = [coursebot.start("import", course) for _ in range(2)]
    for process in running:
        with process:
            assert process.communicate(timeout=90)[1] == b""
        assert process.returncode == 0
    assert stored(coursebot) == (LESSONS, {"甲"})
    assert coursebot("index", "check").out == "索引与数据库一致。\n"


SEED = '{"question": "食堂几点开门？", "answer": "早上七点开门。"}\n'


def test_a_conversation_hears_of_what_another_process_stores(bot: Coursebot, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(SEED, "utf-8")
    with bot.start("chat") as process:
        assert process.stdout
        while b"/help" not in process.stdout.readline():
            pass
        assert bot("seed", "import", tmp_path / "a.jsonl", "--course", "containers").code == 0
        said, _ = process.communicate("食堂几点开门？\n".encode(), timeout=60)
    assert "早上七点开门。" in said.decode()


def test_an_older_database_put_back_is_followed(bot: Coursebot, tmp_path: Path) -> None:
    shutil.copy(bot.database, tmp_path / "backup")
    (tmp_path / "a.jsonl").write_text(SEED, "utf-8")
    assert bot("seed", "import", tmp_path / "a.jsonl", "--course", "containers").code == 0
    assert bot.asked("食堂几点开门")[0]["answer"] == "早上七点开门。"
    for file in bot.data.glob("coursebot.sqlite*"):
        file.unlink()
    shutil.copy(tmp_path / "backup", bot.database)
    assert "食堂几点开门？" not in [result["text"] for result in bot.asked("食堂几点开门")]


def test_a_database_that_was_changed_as_often_is_found_out(bot: Coursebot) -> None:
    with closing(sqlite3.connect(bot.database)) as connection, connection:
        connection.execute("UPDATE comment SET retired_at = '2020-01-01 00:00:00' WHERE id % 2 = 0")
    assert "containers, git-basics" in bot("index", "check").out
    assert "holds what the database does" in bot("index", "check").out
