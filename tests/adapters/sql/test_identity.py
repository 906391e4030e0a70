from __future__ import annotations

from dataclasses import replace

from adapters.sql.courses import SqlCourseStore
from adapters.sql.entries import SqlEntryFeed
from bot.stores import SavedCourse
from knowledge.model import Comment, Passage
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


async def test_a_comment_keeps_its_identity_when_its_text_is_edited(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    ref = replica.ref(QUESTION.text)
    saved = await courses.save(
        with_comments(replace(QUESTION, text="What is a pod, please?"), ANSWERED), at=LATER
    )
    assert saved == SavedCourse(lessons_updated=1, entries_changed=1)
    await replica.follow()
    assert replica.ref("What is a pod, please?") == ref
    assert (replica.upserted, replica.removed) == ({ref}, set())


async def test_an_edit_is_not_guessed_between_several_comments_of_one_day(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    twice = replace(QUESTION, text="Also this.")
    await courses.save(with_comments(QUESTION, twice), at=AT)
    before = await Replica(feed).follow()
    edited = (replace(QUESTION, text="Edited."), replace(QUESTION, text="Edited too."))
    await courses.save(with_comments(*edited), at=LATER)
    after = await Replica(feed).follow()
    assert not {before.ref(QUESTION.text), before.ref(twice.text)} & after.entries.keys()


async def test_a_comment_without_a_day_is_another_one_when_its_text_differs(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    undated = replace(QUESTION, posted_on=None)
    await courses.save(with_comments(undated), at=AT)
    replica = await Replica(feed).follow()
    ref = replica.ref(undated.text)
    await courses.save(with_comments(replace(undated, text="Other.")), at=LATER)
    await replica.follow()
    assert ref in replica.removed
    assert replica.ref("Other.") != ref


async def test_new_likes_and_replies_change_a_comment_in_place(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    ref = replica.ref(QUESTION.text)
    await courses.save(with_comments(replace(QUESTION, likes=9, reply="A group."), ANSWERED), at=LATER)
    await replica.follow()
    entry = replica.entries[ref]
    assert (entry.likes, entry.answer, entry.answered_by) == (9, "A group.", "Zhang")
    assert replica.upserted == {ref}


async def test_white_space_does_not_make_another_comment(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    ref = replica.ref(QUESTION.text)
    respaced = replace(QUESTION, text="What  is a pod?\n", posted_on=None)
    await courses.save(with_comments(respaced, ANSWERED), at=LATER)
    assert (await replica.follow()).ref(respaced.text) == ref


async def test_what_vanished_is_retired_and_comes_back_under_its_identity(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    everything = dict(replica.entries)
    gone = {replica.ref(QUESTION.text), replica.ref("Because.")}

    saved = await courses.save(
        with_lessons(replace(FIRST, comments=(ANSWERED,), passages=FIRST.passages[:1]), SECOND), at=LATER
    )
    assert saved == SavedCourse(lessons_updated=1, entries_changed=2)
    await replica.follow()
    assert replica.removed == gone
    assert replica.entries == {ref: entry for ref, entry in everything.items() if ref not in gone}

    await courses.save(COURSE, at=LATER)
    await replica.follow()
    assert replica.upserted == gone
    assert replica.entries == everything


async def test_exact_duplicates_stay_apart(courses: SqlCourseStore, feed: SqlEntryFeed) -> None:
    thanks = Comment(author="Ada", text="Thanks!")
    twice = with_lessons(
        replace(FIRST, comments=(thanks, thanks), passages=(Passage(heading="", text="***"),) * 3)
    )
    await courses.save(twice, at=AT)
    assert await courses.save(twice, at=LATER) == SavedCourse()
    assert len((await Replica(feed).follow()).entries) == 5


async def test_a_comment_put_on_top_leaves_the_others_alone(
    courses: SqlCourseStore, feed: SqlEntryFeed
) -> None:
    await courses.save(COURSE, at=AT)
    replica = await Replica(feed).follow()
    new = Comment(author="Di", text="First!")
    assert (await courses.save(with_comments(new, QUESTION, ANSWERED), at=LATER)).entries_changed == 1
    await replica.follow()
    assert replica.upserted == {replica.ref("First!")}
