"""The library on real stores: what is stored is answerable at once, in every process."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.revisions import glance
from adapters.sql.seeds import SqlSeedStore
from bot.library import Library, open_index
from knowledge.errors import CoursebotError
from knowledge.model import Seed
from knowledge.outcome import matches
from tests.adapters.sql.samples import AT, COURSE, FIRST, LATER, with_lessons

SEED = Seed(question="When is the exam?", answer="Never.", aliases=("final test date",))


class Shelf:
    """A database and a library of its own on it."""

    def __init__(self, file: Path, index: Path) -> None:
        self.database = Database(file)
        self.courses = SqlCourseStore(self.database)
        self.seeds = SqlSeedStore(self.database)
        self.library = Library(open_index(index), SqlEntryFeed(self.database), glance=lambda: glance(file))

    async def first(self, question: str) -> str | None:
        found = matches(await self.library.ask(question))
        return (found[0].entry.answer or found[0].entry.text) if found else None


@pytest.fixture
async def shelves(tmp_path: Path) -> AsyncIterator[tuple[Shelf, Shelf]]:
    """Two processes on one data folder, in effect."""
    one, other = (Shelf(tmp_path / "a.sqlite", tmp_path / "index") for _ in range(2))
    await one.database.migrate()
    await one.courses.save(COURSE, at=AT)
    yield one, other
    await one.database.dispose()
    await other.database.dispose()


@pytest.mark.parametrize("question", [SEED.question, *SEED.aliases])
async def test_a_seed_is_answerable_at_once_everywhere(shelves: tuple[Shelf, Shelf], question: str) -> None:
    for shelf in shelves:
        assert await shelf.first(question) != "Never."
    await shelves[0].seeds.save("k8s", [SEED], at=LATER)
    for shelf in shelves:
        assert await shelf.first(question) == "Never."


async def test_refreshing_twice_has_nothing_to_do(shelves: tuple[Shelf, Shelf]) -> None:
    one, other = shelves
    assert await one.library.refresh()
    assert not await one.library.refresh()
    assert not await other.library.refresh() or other.library.courses() == {"k8s"}


async def test_on_a_full_disk_the_index_is_kept_and_follows_once_there_is_room(
    shelves: tuple[Shelf, Shelf], tmp_path: Path
) -> None:
    shelf, _ = shelves
    assert await shelf.first("And a node?") == "A machine."
    await shelf.seeds.save("k8s", [SEED], at=LATER)
    kept = {each.name for each in (tmp_path / "index").iterdir()}
    least, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
    try:
        with pytest.raises(CoursebotError, match="database-full"):
            await shelf.first(SEED.question)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))
    assert kept <= {each.name for each in (tmp_path / "index").iterdir()}
    assert await shelf.first(SEED.question) == "Never."


async def test_a_database_put_back_is_followed_back(shelves: tuple[Shelf, Shelf], tmp_path: Path) -> None:
    one, _ = shelves
    for number in range(5):
        await one.courses.save(with_lessons(*([FIRST] if number % 2 else COURSE.lessons)), at=LATER)
    await one.seeds.save("k8s", [SEED], at=LATER)
    assert await one.first(SEED.question) == "Never."
    old = Shelf(tmp_path / "old.sqlite", tmp_path / "index")
    await old.database.migrate()
    await old.courses.save(COURSE, at=AT)
    assert await old.first(SEED.question) != "Never."
    assert await old.first("And a node?") == "A machine."
    assert await old.library.check() == frozenset()
    await old.database.dispose()


def empty_course(folder: Path) -> None:
    index = open_index(folder)
    with index.updating() as update:
        update.replace("k8s", index.revisions()["k8s"], [])


async def test_an_index_that_differs_by_itself_is_mended(
    shelves: tuple[Shelf, Shelf], tmp_path: Path
) -> None:
    one, other = shelves
    await one.library.refresh()
    empty_course(tmp_path / "index")
    assert await other.library.check() == {"k8s"}
    assert await other.library.check() == frozenset()
    assert await other.first("And a node?") == "A machine."
