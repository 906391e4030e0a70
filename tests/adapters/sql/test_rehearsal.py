"""A change that is tried and taken back, on both databases."""

from __future__ import annotations

import pytest

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.rehearsal import SqlRehearsal
from bot.stores import SavedCourse, SavedSeeds
from knowledge.errors import CoursebotError
from knowledge.model import Seed
from tests.adapters.sql.samples import AT, COURSE, FIRST, LATER, SECOND, Replica, with_lessons

LOOSE = Seed(question="When is the exam?", answer="Never.")
ATTACHED = Seed(question="What is a pod?", answer="Peas.")


@pytest.fixture
def rehearsal(database: Database) -> SqlRehearsal:
    return SqlRehearsal(database)


@pytest.fixture
async def replica(courses: SqlCourseStore, feed: SqlEntryFeed) -> Replica:
    await courses.save(COURSE, at=AT)
    return await Replica(feed).follow()


async def test_what_saving_would_change_is_told_to_the_letter_and_not_kept(
    rehearsal: SqlRehearsal, seeds: SqlSeedStore, replica: Replica
) -> None:
    before = dict(replica.entries)
    saved, rehearsed = await rehearsal.rehearse(
        "k8s", lambda: seeds.save("k8s", [LOOSE, ATTACHED], at=LATER), most=100
    )
    assert saved == SavedSeeds(added=(0, 1), attached=1)
    assert rehearsed is not None
    assert rehearsed.revision == rehearsed.since + 1
    assert await seeds.all() == []
    assert (await replica.follow()).upserted == set()
    assert replica.entries == before
    # Done for real, it changes just that.
    assert await seeds.save("k8s", [LOOSE, ATTACHED], at=LATER) == saved
    await replica.follow()
    assert {entry.text: entry.answer for entry in rehearsed.upserts} == {
        replica.entries[ref].text: replica.entries[ref].answer for ref in replica.upserted
    }
    assert len(rehearsed.removed) == len(replica.removed)  # a number that was taken back is not given again


async def test_a_course_that_loses_a_lesson_and_one_that_is_new(
    rehearsal: SqlRehearsal, courses: SqlCourseStore, replica: Replica
) -> None:
    saved, rehearsed = await rehearsal.rehearse(
        "k8s", lambda: courses.save(with_lessons(FIRST), at=LATER), most=100
    )
    assert saved == SavedCourse(lessons_retired=1, entries_changed=2)
    assert rehearsed is not None
    texts = {SECOND.passages[0].text, SECOND.comments[0].text}
    assert set(rehearsed.removed) == {ref for ref, entry in replica.entries.items() if entry.text in texts}
    new = with_lessons(FIRST)
    _, rehearsed = await rehearsal.rehearse(
        "new",
        lambda: courses.save(type(new)(slug="new", title="New", lessons=new.lessons), at=LATER),
        most=100,
    )
    assert rehearsed is not None
    assert rehearsed.since == 0
    assert len(rehearsed.upserts) == 4
    assert [each.slug for each in await courses.summaries()] == ["k8s"]


async def test_what_changes_nothing_and_what_changes_too_much(
    rehearsal: SqlRehearsal, courses: SqlCourseStore, replica: Replica
) -> None:
    _, same = await rehearsal.rehearse("k8s", lambda: courses.save(COURSE, at=LATER), most=0)
    assert same is not None
    assert (same.upserts, same.removed) == ((), ())
    saved, much = await rehearsal.rehearse("k8s", lambda: courses.save(with_lessons(FIRST), at=LATER), most=1)
    assert saved.lessons_retired == 1
    assert much is None


async def test_a_change_that_fails_leaves_nothing_and_the_next_one_works(
    rehearsal: SqlRehearsal, seeds: SqlSeedStore, replica: Replica
) -> None:
    async def fail() -> None:
        await seeds.save("k8s", [LOOSE], at=LATER)
        await seeds.save("nothing", [LOOSE], at=LATER)

    with pytest.raises(CoursebotError, match="course-unknown"):
        await rehearsal.rehearse("k8s", fail, most=100)
    assert await seeds.all() == []
    await seeds.save("k8s", [LOOSE], at=LATER)
    assert [seed for _, seed in await seeds.all()] == [LOOSE]


async def test_what_was_tried_is_seen_by_the_one_who_tries_it_alone(
    rehearsal: SqlRehearsal, seeds: SqlSeedStore, replica: Replica, database: Database, url: str
) -> None:
    other = Database(url)
    held: list[tuple[list[object], list[object]]] = []

    async def look() -> None:
        await seeds.save("k8s", [LOOSE], at=LATER)
        held.append(([*await seeds.all()], [*await SqlSeedStore(other).all()]))

    await rehearsal.rehearse("k8s", look, most=100)
    await other.dispose()
    assert [(len(mine), len(others)) for mine, others in held] == [(1, 0)]
