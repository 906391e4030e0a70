from __future__ import annotations

from dataclasses import replace
from datetime import date

from adapters.sql.courses import SqlCourseStore
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.seeds import SqlSeedStore
from bot.stores import CourseSummary, LessonSummary, SavedCourse
from knowledge.model import Course, Lesson, Seed
from tests.adapters.sql.samples import (
    ANSWERED,
    AT,
    COURSE,
    ELSEWHERE,
    FIRST,
    LATER,
    QUESTION,
    SECOND,
    Replica,
    with_comments,
    with_lessons,
)


async def test_a_new_course_is_stored_with_all_it_has(courses: SqlCourseStore) -> None:
    saved = await courses.save(COURSE, at=AT)
    assert saved == SavedCourse(lessons_added=2, entries_changed=6)
    assert await courses.summaries() == [
        CourseSummary(
            slug="k8s",
            title="Kubernetes",
            author="Zhang",
            language="zh-CN",
            introduction="",
            lessons=2,
            passages=3,
            comments=3,
            answered=1,
            answered_elsewhere=1,
            seeds=0,
        )
    ]
    assert await courses.lessons("k8s") == [
        LessonSummary(
            course="k8s",
            slug="01-pods",
            title="Pods",
            position=1,
            number=1,
            url="https://example.org/1",
            passages=2,
            comments=2,
        ),
        LessonSummary(
            course="k8s",
            slug="02-nodes",
            title="Nodes",
            position=2,
            number=2,
            url=None,
            passages=1,
            comments=1,
        ),
    ]


async def test_nothing_is_known_of_an_unknown_course(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    assert await courses.lessons("k8s") == []
    assert await courses.summaries() == []
    assert (await Replica(feed).follow()).entries == {}


async def test_a_course_without_lessons_is_known(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    await courses.save(with_lessons(), at=AT)
    assert await feed.revisions() == {"k8s": 1}
    assert [summary.lessons for summary in await courses.summaries()] == [0]


async def test_courses_are_listed_by_slug_and_do_not_mix(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    await courses.save(COURSE, at=AT)
    await courses.save(replace(COURSE, slug="go", title="Go", lessons=(SECOND,)), at=AT)
    assert [(course.slug, course.comments) for course in await courses.summaries()] == [("go", 1), ("k8s", 3)]
    assert {entry.course_title for entry in (await Replica(feed, "go").follow()).entries.values()} == {"Go"}


async def test_saving_the_same_course_again_changes_nothing(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    assert await courses.save(COURSE, at=LATER) == SavedCourse()
    assert await feed.revisions() == {"k8s": 1}
    await replica.follow()
    assert (replica.upserted, replica.removed) == (set(), set())


async def test_a_lesson_vanishes_and_comes_back(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    everything = dict(replica.entries)
    saved = await courses.save(with_lessons(FIRST), at=LATER)
    assert saved == SavedCourse(lessons_retired=1, entries_changed=2)
    assert [lesson.slug for lesson in await courses.lessons("k8s")] == ["01-pods"]
    assert [summary.comments for summary in await courses.summaries()] == [2]
    await replica.follow()
    assert {entry.lesson for entry in replica.entries.values()} == {"01-pods"}
    assert await courses.save(with_lessons(FIRST), at=LATER) == SavedCourse()

    assert await courses.save(COURSE, at=LATER) == SavedCourse(lessons_updated=1, entries_changed=2)
    assert (await replica.follow()).entries == everything


async def test_a_renamed_file_is_the_same_lesson(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    refs = set(replica.entries)
    renamed = replace(SECOND, slug="03-machines", title="Machines", number=3)
    saved = await courses.save(with_lessons(FIRST, renamed), at=LATER)
    assert saved == SavedCourse(lessons_updated=1)
    await replica.follow()
    assert set(replica.entries) == refs
    assert replica.entry(ELSEWHERE.text).lesson == "03-machines"
    assert replica.upserted == {replica.ref(ELSEWHERE.text), replica.ref("A node is a machine.")}


async def test_lessons_without_content_are_not_taken_for_one_another(courses: SqlCourseStore) -> None:
    await courses.save(with_lessons(Lesson(slug="preface", title="Preface", position=1)), at=AT)
    saved = await courses.save(with_lessons(Lesson(slug="epilogue", title="Epilogue", position=1)), at=LATER)
    assert saved == SavedCourse(lessons_added=1, lessons_retired=1)


async def test_a_changed_title_reaches_every_entry_of_the_lesson(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    saved = await courses.save(with_lessons(replace(FIRST, title="All about pods"), SECOND), at=LATER)
    assert saved == SavedCourse(lessons_updated=1)
    await replica.follow()
    assert len(replica.upserted) == 4
    assert replica.entry(QUESTION.text).lesson_title == "All about pods"


async def test_the_course_title_and_the_teacher_reach_every_entry(
    courses: SqlCourseStore, seeds: SqlSeedStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    await seeds.save("k8s", [Seed(question="When?", answer="Now.")], at=AT)
    replica = await Replica(feed).follow()
    assert await courses.save(replace(COURSE, title="K8s", author="Li"), at=LATER) == SavedCourse()
    await replica.follow()
    assert {entry.course_title for entry in replica.entries.values()} == {"K8s"}
    assert replica.entry(ANSWERED.text).answered_by == "Li"
    assert replica.revision == 3


async def test_an_introduction_is_stored_without_touching_entries(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    await courses.save(replace(COURSE, introduction="Hello.", language="en"), at=LATER)
    assert [(course.introduction, course.language) for course in await courses.summaries()] == [
        ("Hello.", "en")
    ]
    await replica.follow()
    assert (replica.revision, replica.upserted) == (2, set())


async def test_lessons_missing_from_a_part_of_the_course_are_left_alone(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    part = Course(
        slug="k8s",
        title="a guess",
        lessons=(replace(SECOND, position=1, comments=()), Lesson(slug="09-more", title="More", position=2)),
        complete=False,
    )
    saved = await courses.save(part, at=LATER)
    assert saved == SavedCourse(lessons_added=1, lessons_updated=1, entries_changed=1)
    assert [(lesson.slug, lesson.position) for lesson in await courses.lessons("k8s")] == [
        ("01-pods", 1),
        ("02-nodes", 2),
        ("09-more", 3),
    ]
    assert [(course.title, course.author) for course in await courses.summaries()] == [
        ("Kubernetes", "Zhang")
    ]
    await replica.follow()
    assert len(replica.removed) == 1
    assert await courses.save(part, at=LATER) == SavedCourse()


async def test_a_course_can_begin_with_a_part(courses: SqlCourseStore) -> None:
    part = with_lessons(replace(SECOND, position=7), complete=False)
    await courses.save(part, at=AT)
    assert [(course.title, course.author) for course in await courses.summaries()] == [
        ("Kubernetes", "Zhang")
    ]
    assert [lesson.position for lesson in await courses.lessons("k8s")] == [1]
    await courses.save(COURSE, at=LATER)
    assert [lesson.slug for lesson in await courses.lessons("k8s")] == ["01-pods", "02-nodes"]


async def test_every_change_raises_the_revision_by_one(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    for expected, course in enumerate(
        (
            COURSE,
            with_comments(),
            with_lessons(SECOND),
            replace(COURSE, title="T"),
            with_comments(replace(QUESTION, posted_on=date(2021, 1, 1))),
        ),
        start=1,
    ):
        await courses.save(course, at=AT)
        assert await feed.revisions() == {"k8s": expected}
