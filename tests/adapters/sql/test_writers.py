"""Several writers, and one that dies."""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import replace

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.seeds import SqlSeedStore
from bot.stores import SavedCourse
from knowledge.model import Seed
from tests.adapters.sql.samples import AT, COURSE, LATER, ROOT, Replica, with_comments


async def test_a_writer_killed_halfway_leaves_the_old_state(
    url: str, courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    before = (await Replica(feed).follow()).entries
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.adapters.sql.interrupted_save", url),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"halfway\n"
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL

    assert await feed.revisions() == {"k8s": 1}
    assert (await Replica(feed).follow()).entries == before
    assert await courses.save(COURSE, at=LATER) == SavedCourse()
    assert await courses.save(with_comments(), at=LATER) == SavedCourse(lessons_updated=1, entries_changed=2)


async def test_two_writers_at_once_take_turns(url: str, database: Database, feed: SqlEntryFeed) -> None:
    other = Database(url)
    stores = (SqlCourseStore(database), SqlCourseStore(other))
    titles = [f"title {number}" for number in range(20)]
    await asyncio.gather(
        *(stores[n % 2].save(replace(COURSE, title=title), at=AT) for n, title in enumerate(titles))
    )
    await other.dispose()
    assert await feed.revisions() == {"k8s": len(titles)}
    assert len((await Replica(feed).follow()).entries) == 6


async def test_courses_and_seeds_are_saved_side_by_side(
    courses: SqlCourseStore, seeds: SqlSeedStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    await asyncio.gather(
        *(courses.save(replace(COURSE, slug=f"other-{n}"), at=AT) for n in range(5)),
        *(seeds.save("k8s", [Seed(question=f"q{n}", answer="a")], at=AT) for n in range(5)),
    )
    assert await feed.revisions() == {"k8s": 6} | {f"other-{n}": 1 for n in range(5)}
    assert len(await seeds.all()) == 5
