"""Digests composed from what is really stored, for deliveries that were really planned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sql.daily.digests import SqlDigestSource
from adapters.sql.database import Database
from adapters.sql.seeds import SqlSeedStore
from bot.buttons.digests import Digest, DigestAction
from bot.buttons.payloads import decode
from jobs.digest import DigestComposer
from knowledge.course import read_course
from knowledge.model import Course, Seed
from tests.adapters.sql.delivering import DAY, DUE, START, Post
from tests.adapters.sql.samples import ROOT


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "coursebot.sqlite")
    await database.migrate()
    yield database
    await database.dispose()


def git_basics() -> Course:
    course = read_course(ROOT / "courses" / "git-basics").course
    assert course is not None
    return course


async def test_a_course_is_sent_lesson_by_lesson_with_the_number_of_each_delivery_in_its_buttons(
    database: Database,
) -> None:
    post, compose = Post.of(database), DigestComposer(SqlDigestSource(database)).compose
    course = git_basics()
    await post.courses.save(course, at=START)
    await post.subscribed(1, "git-basics")
    holder = await post.holder(START)
    for day, lesson in enumerate(course.lessons):
        (delivery,) = await post.send(holder, DUE + day * DAY)
        reply = await compose(delivery)
        assert reply is not None
        assert reply.text.startswith(
            f"📖 {lesson.number:02d} {lesson.title}\n📘 {course.title} · {day + 1} of 4\n"
        )
        assert reply == await compose(delivery)
        carried = [decode(button.payload) for row in reply.buttons for button in row]
        assert [each for each in carried if isinstance(each, Digest)] == [
            Digest(action, delivery.id) for action in DigestAction if action is not DigestAction.MINE
        ]


async def test_what_was_answered_since_is_in_the_next_digest(database: Database) -> None:
    post, compose = Post.of(database), DigestComposer(SqlDigestSource(database)).compose
    course = git_basics()
    await post.courses.save(course, at=START)
    await post.subscribed(1, "git-basics")
    holder = await post.holder(START)
    await post.send(holder, DUE)
    seed = Seed(question="Is it <b>safe</b>?", answer="Yes.", lesson=course.lessons[0].slug)
    await SqlSeedStore(database).save("git-basics", [seed], at=DUE + DAY / 2)
    (delivery,) = await post.send(holder, DUE + DAY)
    reply = await compose(delivery)
    assert reply is not None
    assert "🔔 Newly answered\n· Is it <b>safe</b>?\n📌 Yes." in reply.text


async def test_a_lesson_that_is_no_more_has_no_digest(database: Database) -> None:
    post, compose = Post.of(database), DigestComposer(SqlDigestSource(database)).compose
    course = git_basics()
    await post.courses.save(course, at=START)
    await post.subscribed(1, "git-basics")
    (delivery,) = await post.send(await post.holder(START), DUE)
    await post.courses.save(replace(course, lessons=course.lessons[1:]), at=DUE)
    assert await compose(delivery) is None
