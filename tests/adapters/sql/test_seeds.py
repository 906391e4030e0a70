from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.sql.courses import SqlCourseStore
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.seeds import SqlSeedStore
from bot.stores import SavedSeeds
from knowledge.entry import Source
from knowledge.errors import CoursebotError
from knowledge.model import Comment, Seed
from tests.adapters.sql.samples import (
    ANSWERED,
    AT,
    COURSE,
    FIRST,
    LATER,
    QUESTION,
    SECOND,
    Replica,
    with_comments,
    with_lessons,
)

ALONE = Seed(question="When is the exam?", answer="Never.", aliases=("exam date", "Exam?"), author="Eve")
ATTACHED = Seed(question="What is a  pod? ", answer="Peas.", aliases=("pod",), lesson="01-pods", author="Eve")


@pytest.fixture
async def replica(courses: SqlCourseStore, feed: SqlEntryFeed) -> Replica:
    await courses.save(COURSE, at=AT)
    return await Replica(feed).follow()


async def test_a_seed_stands_for_itself(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica
) -> None:
    assert await seeds.save("k8s", [ALONE], at=AT) == SavedSeeds(added=(0,))
    await replica.follow()
    entry = replica.entry(ALONE.question)
    assert entry.ref.startswith("s")
    assert (entry.source, entry.answer, entry.answered_by) == (Source.ADMIN, "Never.", "Eve")
    assert (entry.aliases, entry.lesson, entry.author) == (ALONE.aliases, None, "")
    assert replica.upserted == {entry.ref}
    assert [course.seeds for course in await courses.summaries()] == [1]


async def test_a_seed_of_a_lesson_shows_where_it_stands(seeds: SqlSeedStore, replica: Replica) -> None:
    await seeds.save("k8s", [replace(ALONE, lesson="01-pods")], at=AT)
    entry = (await replica.follow()).entry(ALONE.question)
    assert (entry.lesson, entry.lesson_title, entry.lesson_number) == ("01-pods", "Pods", 1)


async def test_saving_the_same_seeds_again_changes_nothing(seeds: SqlSeedStore, replica: Replica) -> None:
    await seeds.save("k8s", [ALONE, ATTACHED], at=AT)
    await replica.follow()
    assert await seeds.save("k8s", [ALONE, ATTACHED], at=LATER) == SavedSeeds(unchanged=(0, 1), attached=1)
    revision = replica.revision
    await replica.follow()
    assert (replica.revision, replica.upserted) == (revision, set())


async def test_a_seed_is_known_by_its_question(seeds: SqlSeedStore, replica: Replica) -> None:
    await seeds.save("k8s", [ALONE], at=AT)
    ref = (await replica.follow()).ref(ALONE.question)
    changed = Seed(question="WHEN is the\nexam？", answer="In May.", aliases=("may",))
    assert await seeds.save("k8s", [SECOND_SEED, changed], at=LATER) == SavedSeeds(added=(0,), updated=(1,))
    entry = (await replica.follow()).entry(changed.question)
    assert (entry.ref, entry.answer, entry.aliases) == (ref, "In May.", ("may",))
    assert await seeds.all("k8s") == [("k8s", changed), ("k8s", SECOND_SEED)]


SECOND_SEED = Seed(question="Why?!", answer="So.", lesson="02-nodes")


async def test_the_same_question_can_have_an_answer_in_each_lesson(
    seeds: SqlSeedStore, replica: Replica
) -> None:
    everywhere = [replace(ALONE, lesson=lesson) for lesson in (None, "01-pods", "02-nodes")]
    assert (await seeds.save("k8s", everywhere, at=AT)).added == (0, 1, 2)
    assert await seeds.all() == [("k8s", seed) for seed in everywhere]


async def test_the_last_of_two_answers_counts(seeds: SqlSeedStore, replica: Replica) -> None:
    both = [ALONE, replace(ALONE, answer="In May.")]
    assert (await seeds.save("k8s", both, at=AT)).added == (0, 1)
    assert await seeds.all("k8s") == [("k8s", both[1])]
    assert (await seeds.save("k8s", both, at=LATER)).unchanged == (0, 1)


async def test_lessons_that_are_not_there_are_told(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica
) -> None:
    await courses.save(with_lessons(FIRST), at=AT)
    given = [replace(ALONE, lesson="77-none"), ALONE, SECOND_SEED]
    assert await seeds.save("k8s", given, at=AT) == SavedSeeds(added=(1,), no_such_lesson=(0, 2))


async def test_an_unknown_course_is_refused(seeds: SqlSeedStore, replica: Replica) -> None:
    with pytest.raises(CoursebotError, match="course-unknown"):
        await seeds.save("nope", [ALONE], at=AT)
    assert await seeds.all("nope") == []


@pytest.mark.parametrize("lesson", [None, "01-pods"])
async def test_a_seed_attaches_to_the_comment_with_its_text(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica, lesson: str | None
) -> None:
    ref = replica.ref(QUESTION.text)
    seed = replace(ATTACHED, lesson=lesson)
    assert await seeds.save("k8s", [seed], at=AT) == SavedSeeds(added=(0,), attached=1)
    await replica.follow()
    entry = replica.entries[ref]
    assert (entry.source, entry.answer, entry.answered_by) == (Source.ADMIN, "Peas.", "Eve")
    assert (entry.text, entry.author, entry.aliases) == (QUESTION.text, "Ada", ("pod",))
    assert not any(name.startswith("s") for name in replica.entries)
    assert [course.answered for course in await courses.summaries()] == [2]

    await seeds.save("k8s", [replace(seed, answer="A group.")], at=LATER)
    assert (await replica.follow()).entries[ref].answer == "A group."


async def test_an_admins_answer_goes_before_the_authors(seeds: SqlSeedStore, replica: Replica) -> None:
    await seeds.save("k8s", [Seed(question=ANSWERED.text, answer="A node.")], at=AT)
    entry = (await replica.follow()).entry(ANSWERED.text)
    assert (entry.source, entry.answer) == (Source.ADMIN, "A node.")


async def test_a_seed_attaches_in_its_own_lesson_only(seeds: SqlSeedStore, replica: Replica) -> None:
    assert (await seeds.save("k8s", [replace(ATTACHED, lesson="02-nodes")], at=AT)).attached == 0
    assert (await replica.follow()).entry(ATTACHED.question).lesson == "02-nodes"


async def test_a_comment_shows_one_answer(seeds: SqlSeedStore, replica: Replica) -> None:
    given = [replace(ATTACHED, lesson=None, answer="Course."), replace(ATTACHED, answer="Lesson.")]
    assert (await seeds.save("k8s", given, at=AT)).attached == 1
    await replica.follow()
    assert replica.entry(QUESTION.text).answer == "Lesson."
    assert replica.entry(ATTACHED.question).answer == "Course."


async def test_an_answer_outlives_its_comment_and_finds_it_again(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica
) -> None:
    await seeds.save("k8s", [ATTACHED], at=AT)
    with_answer = dict((await replica.follow()).entries)
    await courses.save(with_comments(ANSWERED), at=LATER)
    await replica.follow()
    assert replica.entry(ATTACHED.question).answer == "Peas."
    assert QUESTION.text not in {entry.text for entry in replica.entries.values()}
    await courses.save(COURSE, at=LATER)
    assert (await replica.follow()).entries == with_answer


async def test_an_answer_stays_with_an_edited_comment(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica
) -> None:
    await seeds.save("k8s", [ATTACHED], at=AT)
    await courses.save(with_comments(replace(QUESTION, text="What are pods?"), ANSWERED), at=LATER)
    assert (await replica.follow()).entry("What are pods?").answer == "Peas."


async def test_a_seed_attaches_to_a_comment_that_comes_later(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica
) -> None:
    later = Comment(author="Di", text=ALONE.question)
    await seeds.save("k8s", [ALONE], at=AT)
    alone = (await replica.follow()).ref(ALONE.question)
    await courses.save(with_comments(QUESTION, ANSWERED, later), at=LATER)
    await replica.follow()
    assert replica.entry(ALONE.question).author == "Di"
    assert alone in replica.removed


async def test_an_answer_outlives_its_lesson(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica
) -> None:
    await seeds.save("k8s", [ATTACHED, replace(ALONE, lesson="01-pods")], at=AT)
    whole = dict((await replica.follow()).entries)
    await courses.save(with_lessons(SECOND), at=LATER)
    await replica.follow()
    assert {
        (entry.text, entry.lesson) for entry in replica.entries.values() if entry.source is Source.ADMIN
    } == {
        (ATTACHED.question, None),
        (ALONE.question, None),
    }
    await courses.save(COURSE, at=LATER)
    assert (await replica.follow()).entries == whole


async def test_seeds_of_all_courses_are_listed_in_the_order_they_came(
    seeds: SqlSeedStore, courses: SqlCourseStore, replica: Replica
) -> None:
    await courses.save(replace(COURSE, slug="go"), at=AT)
    await seeds.save("k8s", [ALONE], at=AT)
    await seeds.save("go", [SECOND_SEED, ATTACHED], at=AT)
    await seeds.save("k8s", [replace(ALONE, answer="!")], at=AT)
    assert [(course, seed.question) for course, seed in await seeds.all()] == [
        ("k8s", ALONE.question),
        ("go", SECOND_SEED.question),
        ("go", ATTACHED.question),
    ]
    assert [course for course, _ in await seeds.all("go")] == ["go", "go"]
