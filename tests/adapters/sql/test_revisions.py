from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.revisions import Glance, glance
from tests.adapters.sql.samples import AT, COURSE, ROOT, with_comments


async def test_a_glance_sees_what_was_saved_last(tmp_path: Path) -> None:
    path = tmp_path / "a 100% odd?name#.db"
    database = Database(path)
    await database.migrate()
    assert glance(path) == {}
    courses = SqlCourseStore(database)
    await courses.save(COURSE, at=AT)
    assert glance(path) == {"k8s": 1}
    await courses.save(with_comments(), at=AT)
    assert glance(path) == {"k8s": 2}
    await database.dispose()
    assert glance(path) == {"k8s": 2}


async def test_one_that_is_kept_open_sees_what_was_saved_and_what_was_put_in_its_place(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    look = Glance(path)
    assert look() is None
    database = Database(path)
    await database.migrate()
    assert look() == {}
    courses = SqlCourseStore(database)
    await courses.save(COURSE, at=AT)
    assert look() == look() == {"k8s": 1}
    look.close()  # so that all is in the one file
    await database.dispose()
    shutil.copy(path, tmp_path / "backup.db")
    database = Database(path)
    await SqlCourseStore(database).save(with_comments(), at=AT)
    assert look() == {"k8s": 2}
    await database.dispose()
    for journal in tmp_path.glob("a.db-*"):
        journal.unlink()
    (tmp_path / "backup.db").replace(path)
    assert look() == {"k8s": 1}
    path.unlink()
    assert look() is None
    look.close()


def test_a_glance_at_nothing_creates_nothing(tmp_path: Path) -> None:
    assert glance(tmp_path / "none.db") is None
    assert list(tmp_path.iterdir()) == []


def test_a_glance_at_something_else_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "notes.txt").write_text("no database")
    assert glance(tmp_path / "empty.db") is None
    assert glance(tmp_path / "notes.txt") is None
    assert glance(tmp_path) is None


def test_a_glance_does_without_sqlalchemy() -> None:
    code = "import sys, adapters.sql.revisions; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
