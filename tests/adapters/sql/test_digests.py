from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from adapters.sql.courses import SqlCourseStore
from adapters.sql.daily.digests import SqlDigestSource, SqlExerciseStore
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.cases import SqlCaseStore
from adapters.sql.team.curation import SqlCuration
from bot.daily.digests import highlight
from bot.readers import ReaderStores
from bot.session import session_stores
from bot.team.cases import CaseState, Cause, Closing, Wish
from bot.team.curation import Rule, Ruling
from knowledge.entry import Source
from knowledge.model import Comment, Seed
from tests.adapters.sql.delivering import DAY, DUE, START, Post, chat, person
from tests.adapters.sql.samples import ANSWERED, COURSE, FIRST, QUESTION, SECOND, with_lessons


@pytest.fixture
def source(database: Database) -> SqlDigestSource:
    return SqlDigestSource(database)


async def test_a_lesson_comes_with_its_place_its_article_and_what_was_said_about_it(
    source: SqlDigestSource, courses: SqlCourseStore, seeds: SqlSeedStore
) -> None:
    await courses.save(COURSE, at=START)
    await seeds.save("k8s", [Seed(question=QUESTION.text, answer="A group.", author="Li")], at=START)
    await seeds.save("k8s", [Seed(question="Who drew this?", answer="We did.", lesson="01-pods")], at=START)
    content = await source.lesson("k8s", "01-pods")
    assert content is not None
    assert (content.place, content.count, content.number, content.url) == (1, 2, 1, FIRST.url)
    assert (content.course_title, content.title, content.exercises) == ("Kubernetes", "Pods", "Draw one.")
    assert content.passages == FIRST.passages
    said = [(each.source, each.text, each.answer, each.answered_by) for each in content.entries]
    assert said == [
        (Source.ADMIN, QUESTION.text, "A group.", "Li"),
        (Source.AUTHOR, ANSWERED.text, ANSWERED.reply, "Zhang"),
        (Source.ADMIN, "Who drew this?", "We did.", ""),
    ]
    best = highlight(content.entries)
    assert best is not None
    assert best.source is Source.AUTHOR


async def test_a_lesson_is_read_again_when_anything_in_its_course_changed(
    source: SqlDigestSource, courses: SqlCourseStore, seeds: SqlSeedStore
) -> None:
    await courses.save(COURSE, at=START)
    first = await source.lesson("k8s", "01-pods")
    assert await source.lesson("k8s", "01-pods") is first
    await seeds.save("k8s", [Seed(question=QUESTION.text, answer="A group.")], at=START)
    answered = await source.lesson("k8s", "01-pods")
    assert answered is not None
    assert [each.answer for each in answered.entries] == ["A group.", ANSWERED.reply]
    await courses.save(with_lessons(replace(FIRST, comments=()), SECOND), at=START)
    bare = await source.lesson("k8s", "01-pods")
    assert bare is not None
    assert bare.entries == ()


async def test_what_the_team_took_out_is_in_no_digest(
    source: SqlDigestSource, courses: SqlCourseStore, database: Database
) -> None:
    await courses.save(COURSE, at=START)
    before = await source.lesson("k8s", "01-pods")
    assert before is not None
    best = highlight(before.entries)
    assert best is not None
    out = Ruling(rule=Rule.BAR, ref=best.ref, question="", course="k8s", at=START)
    await SqlCuration(database).rule(out, by="telegram:1")
    after = await source.lesson("k8s", "01-pods")
    assert after is not None
    assert after.entries == tuple(each for each in before.entries if each != best)


async def test_the_place_counts_what_is_left_of_the_course(
    source: SqlDigestSource, courses: SqlCourseStore
) -> None:
    await courses.save(COURSE, at=START)
    await courses.save(with_lessons(SECOND), at=START)
    assert await source.lesson("k8s", "01-pods") is None
    left = await source.lesson("k8s", "02-nodes")
    assert left is not None
    assert (left.place, left.count) == (1, 1)
    assert await source.lesson("go", "01-pods") is None


class Reader:
    """A subscriber of the sample course who gets a digest a day."""

    def __init__(self, database: Database, post: Post) -> None:
        self.post = post
        self.seeds = SqlSeedStore(database)
        self.source = SqlDigestSource(database)

    async def digest(self, day: int) -> int:
        sent = await self.post.send(await self.post.holder(START), DUE + day * DAY)
        return sent[-1].id

    async def answered(self, question: str, answer: str, lesson: str | None, *, at: datetime) -> None:
        await self.seeds.save("k8s", [Seed(question=question, answer=answer, lesson=lesson)], at=at)

    async def news(self, delivery: int) -> list[tuple[str, bool]]:
        return [(each.entry.text, each.own) for each in await self.source.news(delivery)]


@pytest.fixture
async def reader(database: Database) -> Reader:
    post = Post.of(database)
    lessons = (FIRST, SECOND, replace(SECOND, slug="03-jobs", title="Jobs", position=3, comments=()))
    await post.courses.save(with_lessons(*lessons), at=START)
    await post.subscribed()
    return Reader(database, post)


async def test_what_was_answered_since_the_last_digest_in_lessons_that_were_sent_is_news(
    reader: Reader,
) -> None:
    await reader.answered("Before I came?", "Yes.", "01-pods", at=START - DAY)
    first = await reader.digest(0)
    assert await reader.news(first) == []
    await reader.answered("Since then?", "Yes.", "01-pods", at=DUE + DAY / 2)
    await reader.answered("Later still?", "Yes.", "01-pods", at=DUE + DAY / 2 + timedelta(hours=1))
    await reader.answered("Of a lesson that is not sent yet?", "Yes.", "03-jobs", at=DUE + DAY / 2)
    await reader.answered("Of the whole course?", "Yes.", None, at=DUE + DAY / 2)
    second = await reader.digest(1)
    assert await reader.news(second) == [("Later still?", False), ("Since then?", False)]
    third = await reader.digest(2)
    assert await reader.news(third) == []
    assert await reader.news(999) == []


async def test_a_reply_that_the_author_wrote_since_is_news_however_it_came(reader: Reader) -> None:
    first = await reader.digest(0)
    replied = replace(QUESTION, reply="A group of containers.")
    new = Comment(author="Di", text="Is it late?", reply="No.")
    lessons = (replace(FIRST, comments=(replied, ANSWERED, new)), SECOND)
    await reader.post.courses.save(with_lessons(*lessons, complete=False), at=DUE + DAY / 2)
    assert sorted(await reader.news(await reader.digest(1))) == [
        ("Is it late?", False),
        (QUESTION.text, False),
    ]
    assert await reader.news(first) == []
    # Saved once more, nothing is new.
    changed = replace(replied, likes=99)
    again = (replace(FIRST, comments=(changed, ANSWERED, new)), SECOND)
    await reader.post.courses.save(with_lessons(*again, complete=False), at=DUE + DAY * 1.5)
    assert await reader.news(await reader.digest(2)) == []


async def test_a_readers_own_question_goes_first_whichever_lesson_it_is_about(
    reader: Reader, readers: ReaderStores
) -> None:
    asked = Wish(
        question="How many jobs?",
        course="k8s",
        language="en",
        chat=chat(),
        person=person(),
        cause=Cause.ASKED,
        at=START,
    )
    await readers.cases.report(asked)
    await readers.cases.report(replace(asked, question="Not mine", person=person(2)))
    await reader.digest(0)
    at = DUE + DAY / 2
    await reader.answered("how many jobs", "Three.", "03-jobs", at=at)
    await reader.answered("Newer?", "Yes.", "01-pods", at=at + timedelta(hours=1))
    await reader.answered("Not mine", "No.", "03-jobs", at=at)
    assert await reader.news(await reader.digest(1)) == [("how many jobs", True), ("Newer?", False)]


async def test_a_readers_question_is_their_own_in_whatever_words_it_was_answered(
    reader: Reader, readers: ReaderStores, database: Database
) -> None:
    wish = Wish(
        question="jobs?",
        course="k8s",
        language="en",
        chat=chat(),
        person=person(),
        cause=Cause.ASKED,
        at=START,
    )
    reported = await readers.cases.report(wish)
    await reader.digest(0)
    at = DUE + DAY / 2
    await reader.answered("What is a job for?", "Work.", "03-jobs", at=at)
    answered = Closing(state=CaseState.LINKED, entry="s1", by="telegram:1", by_name="Gu")
    await SqlCaseStore(database, Pseudonyms(database)).close(reported.case, answered, at=at)
    assert await reader.news(await reader.digest(1)) == [("What is a job for?", True)]


async def test_who_has_seen_the_answers_to_an_exercise_is_remembered_without_a_name(
    database: Database,
) -> None:
    store = SqlExerciseStore(database, Pseudonyms(database))
    assert not await store.seen(person(), "k8s", "01-pods")
    await store.see(person(), "k8s", "01-pods", at=START)
    await store.see(person(), "k8s", "01-pods", at=START + DAY)
    assert await store.seen(person(), "k8s", "01-pods")
    assert not await store.seen(person(2), "k8s", "01-pods")
    assert not await store.seen(person(), "k8s", "02-nodes")


@pytest.mark.parametrize("kept", ["database", "process"])
async def test_what_is_known_of_exercises_is_shown_and_erased_with_the_rest(
    kept: str, readers: ReaderStores
) -> None:
    stores = readers if kept == "database" else session_stores()
    for who in (person(), person(2)):
        await stores.exercises.see(who, "k8s", "01-pods", at=START)
    assert (await stores.personal.of(person())).exercises == 1
    assert (await stores.personal.erase(person())).exercises == 1
    assert not await stores.exercises.seen(person(), "k8s", "01-pods")
    assert await stores.exercises.seen(person(2), "k8s", "01-pods")
