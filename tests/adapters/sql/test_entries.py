from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sql import entries
from adapters.sql.courses import SqlCourseStore
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.seeds import SqlSeedStore
from knowledge.entry import Entry, Source
from knowledge.model import Comment, Course, Lesson, Passage, Seed
from tests.adapters.sql.samples import (
    ANSWERED,
    AT,
    COURSE,
    ELSEWHERE,
    FIRST,
    LATER,
    QUESTION,
    Replica,
    with_comments,
    with_lessons,
)


async def test_entries_say_all_about_where_they_stand(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    ref = replica.ref(ANSWERED.text)
    assert replica.entries[ref] == Entry(
        ref=ref,
        source=Source.AUTHOR,
        course="k8s",
        course_title="Kubernetes",
        lesson="01-pods",
        lesson_title="Pods",
        lesson_position=1,
        lesson_number=1,
        url="https://example.org/1",
        text=ANSWERED.text,
        answer="A machine.",
        author="Bo",
        answered_by="Zhang",
        reply_count=1,
        posted_on=ANSWERED.posted_on,
    )
    passage = replica.entry("Because.")
    assert (passage.source, passage.heading, passage.answer) == (Source.PASSAGE, "Why", None)
    elsewhere = replica.entry(ELSEWHERE.text)
    assert (elsewhere.source, elsewhere.answered_elsewhere, elsewhere.answered_by) == (
        Source.READER,
        True,
        "",
    )
    assert {entry.ref[0] for entry in replica.entries.values()} == {"c", "p"}


async def test_batches_are_bounded_and_complete(
    courses: SqlCourseStore, seeds: SqlSeedStore, feed: SqlEntryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await courses.save(COURSE, at=AT)
    await seeds.save("k8s", [Seed(question=f"q{n}", answer="a") for n in range(5)], at=AT)
    whole = (await Replica(feed).follow()).entries
    monkeypatch.setattr(entries, "BATCH", 2)
    batches = [batch async for batch in feed.changes("k8s", since=0)]
    assert max(len(batch.upserts) for batch in batches) == 2
    assert {entry.ref: entry for batch in batches for entry in batch.upserts} == whole
    assert sum(len(batch.upserts) for batch in batches) == len(whole) == 11


async def test_all_batches_come_from_one_moment(
    courses: SqlCourseStore, feed: SqlEntryFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await courses.save(COURSE, at=AT)
    whole = (await Replica(feed).follow()).entries
    monkeypatch.setattr(entries, "BATCH", 1)
    seen: dict[str, Entry] = {}
    async with aclosing(feed.changes("k8s", since=0)) as changes:
        async for batch in changes:
            seen |= {entry.ref: entry for entry in batch.upserts}
            await courses.save(with_lessons(replace(FIRST, title=f"Title {len(seen)}")), at=LATER)
    assert seen == whole


async def test_an_iterator_can_be_left_early(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    await courses.save(COURSE, at=AT)
    for _ in range(30):  # more than the pool has connections
        async with aclosing(feed.changes("k8s", since=0)) as changes:
            async for _batch in changes:
                break
    await courses.save(with_comments(QUESTION), at=LATER)


WORDS = st.sampled_from(["a", "b", "c"])
COMMENTS = st.builds(
    Comment,
    author=st.sampled_from(["Ada", "Bo"]),
    text=WORDS,
    likes=st.integers(0, 1),
    reply=st.sampled_from([None, "yes"]),
    posted_on=st.sampled_from([None, QUESTION.posted_on]),
)
PASSAGES = st.builds(Passage, heading=st.sampled_from(["", "h"]), text=WORDS)


@st.composite
def a_course(draw: st.DrawFn) -> Course:
    slugs = draw(st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=3))
    lessons = tuple(
        Lesson(
            slug=slug,
            title=draw(WORDS),
            position=position,
            passages=tuple(draw(st.lists(PASSAGES, max_size=3))),
            comments=tuple(draw(st.lists(COMMENTS, max_size=4))),
        )
        for position, slug in enumerate(slugs, start=1)
    )
    return Course(
        slug="", title=draw(WORDS), author="T", lessons=lessons, complete=draw(st.integers(0, 3)) > 0
    )


SEEDS = st.lists(
    st.builds(
        Seed,
        question=WORDS,
        answer=WORDS,
        aliases=st.lists(WORDS, max_size=2).map(tuple),
        lesson=st.sampled_from([None, "x", "y"]),
    ),
    min_size=1,
    max_size=2,
)
slugs = (f"course-{number}" for number in count())


@settings(
    max_examples=40,
    deadline=None,
    # One database for all examples; each has a course of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(a_course(), SEEDS), min_size=2, max_size=8))
async def test_following_the_feed_is_as_good_as_reading_everything(
    courses: SqlCourseStore, seeds: SqlSeedStore, feed: SqlEntryFeed, steps: list[Course | list[Seed]]
) -> None:
    slug = next(slugs)
    replica = Replica(feed, slug)
    await courses.save(Course(slug=slug, title="T"), at=AT)
    for step in steps:
        revision = (await feed.revisions())[slug]
        if isinstance(step, Course):
            course = replace(step, slug=slug)
            await courses.save(course, at=AT)
            again = (await courses.save(course, at=LATER)).changed
            if course.complete:
                await _assert_same_lessons(courses, feed, course)
        else:
            await seeds.save(slug, step, at=AT)
            saved = await seeds.save(slug, step, at=LATER)
            again = len(saved.added) + len(saved.updated)
        assert again == 0
        await replica.follow()
        assert replica.revision - revision in {0, 1}
        assert replica.entries == (await Replica(feed, slug).follow()).entries


async def _assert_same_lessons(courses: SqlCourseStore, feed: SqlEntryFeed, course: Course) -> None:
    """What is live is what was saved."""
    live = (await Replica(feed, course.slug).follow()).entries.values()
    for lesson in course.lessons:
        here = [entry for entry in live if entry.lesson == lesson.slug]
        assert sorted(
            (entry.author, entry.text, entry.likes) for entry in here if entry.ref[0] == "c"
        ) == sorted((comment.author, comment.text, comment.likes) for comment in lesson.comments)
        assert sorted((entry.heading, entry.text) for entry in here if entry.ref[0] == "p") == sorted(
            (passage.heading, passage.text) for passage in lesson.passages
        )
    assert [lesson.slug for lesson in await courses.lessons(course.slug)] == [
        lesson.slug for lesson in course.lessons
    ]
