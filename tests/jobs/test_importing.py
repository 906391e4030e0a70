"""Importing into a store, apart from the command."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.stores import CourseStore, SavedCourse
from jobs.importing import courses_at, import_courses
from knowledge.course import CourseOptions
from knowledge.errors import CoursebotError
from tests.adapters.sql.samples import AT


class Forbidding:
    """A store that nothing may reach."""

    async def save(self, course: object, *, at: datetime) -> None:
        raise AssertionError


def course(folder: Path, text: str = "一段足够长的正文。") -> Path:
    folder.mkdir(parents=True)
    (folder / "1.md").write_text(text, "utf-8")
    return folder


async def test_what_cannot_be_read_never_reaches_the_store(tmp_path: Path) -> None:
    read: list[None] = []
    store: CourseStore = Forbidding()  # type: ignore[assignment]
    report = await import_courses(
        [course(tmp_path / "a", ""), course(tmp_path / "b", "\0")],
        store,
        options=CourseOptions(),
        at=AT,
        read=lambda: read.append(None),
    )
    assert (report.courses, report.changed, len(read)) == (0, 0, 2)
    assert [problem.key for problem in report.skipped] == ["file-empty", "file-binary"]


def test_what_a_path_names(tmp_path: Path) -> None:
    one, two = course(tmp_path / "x" / "one"), course(tmp_path / "two")
    assert courses_at(one, everything=False) == [one]
    assert courses_at(tmp_path, everything=True) == sorted([one, two])
    for path, everything in ((tmp_path / "no", False), (tmp_path / "no", True)):
        with pytest.raises(CoursebotError, match="path-missing"):
            courses_at(path, everything=everything)
    (tmp_path / "hollow").mkdir()
    with pytest.raises(CoursebotError, match="nothing-to-import"):
        courses_at(tmp_path / "hollow", everything=True)


class Accepting:
    """A store that takes everything."""

    async def save(self, course: object, *, at: datetime) -> SavedCourse:
        return SavedCourse()


async def test_a_courses_own_glossary_is_learned_and_a_bad_one_costs_nothing_else(tmp_path: Path) -> None:
    one, two = course(tmp_path / "one"), course(tmp_path / "two")
    (one / "glossary.toml").write_text('groups = [["大K", "Kubernetes"], ["only one"]]', "utf-8")
    (two / "glossary.toml").write_text('groups = "K8s"', "utf-8")
    learned: list[tuple[str, list[str]]] = []
    store: CourseStore = Accepting()  # type: ignore[assignment]
    report = await import_courses(
        [one, two],
        store,
        options=CourseOptions(),
        at=AT,
        learn=lambda slug, terms: learned.append((slug, list(terms))),
    )
    assert learned == [("one", ["大k", "kubernetes"])]
    assert report.courses == 2
    assert [problem.key for problem in report.skipped] == ["glossary-bad"]
