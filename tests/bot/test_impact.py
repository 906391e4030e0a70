"""What a change does to questions that were asked, told before it is made: on a real database and index."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.past_questions import SqlPastQuestions
from adapters.sql.readers import reader_stores
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.rehearsal import SqlRehearsal
from bot.library import Library, open_index
from bot.messages import Chat, Person, Platform
from bot.readers import AskedQuestion, Ending
from bot.stores import SavedCourse
from bot.team.impact import Impact, Impacts
from knowledge.answering import Answerer
from knowledge.comparison import Comparison, compare
from knowledge.model import Seed
from knowledge.outcome import Found, NotFound, matches
from tests.adapters.sql.samples import AT, COURSE, FIRST, LATER, with_lessons

WORDS = [f"{first}{second}{first}ix" for first in "bdfgklmnprst" for second in "aeiou"]
READER = Person(platform=Platform.TELEGRAM, id="7")
CHAT = Chat(platform=Platform.TELEGRAM, id="7")
EXAM = Seed(question="When is the exam?", answer="Never.")


class Desk:
    """A course, its readers' questions and what changes would do to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder / "a.sqlite")
        self.courses = SqlCourseStore(self.database)
        self.seeds = SqlSeedStore(self.database)
        self.library = Library(open_index(folder / "index"), SqlEntryFeed(self.database))

    def impacts(self, **limits: float) -> Impacts:
        rehearsal, past = SqlRehearsal(self.database), SqlPastQuestions(self.database)
        return Impacts(rehearsal, past, self.library, **limits)  # type: ignore[arg-type]

    async def asked(self, *questions: str, course: str = "k8s") -> None:
        log = reader_stores(self.database).questions
        for number, text in enumerate(questions):
            asked = AskedQuestion(
                id=f"q{course}{number}",
                text=text,
                language="en",
                course=course,
                ending=Ending.FOUND,
                at=AT + timedelta(minutes=number),
            )
            await log.add(asked, chat=CHAT, asker=READER)

    async def seeding(self, *seeds: Seed, **limits: float) -> Impact:
        _, impact = await self.impacts(**limits).of("k8s", lambda: self.seeds.save("k8s", seeds, at=LATER))
        return impact


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    await desk.database.migrate()
    await desk.courses.save(COURSE, at=AT)
    yield desk
    await desk.database.dispose()


def texts(compared: Sequence[Comparison]) -> list[str]:
    return [each.question for each in compared]


async def test_questions_that_would_get_another_answer_one_or_none(desk: Desk) -> None:
    await desk.seeds.save("k8s", [EXAM], at=AT)
    await desk.asked("And a node?", "When is the exam?", "Where do I park the car?", "！！")
    better = Seed(question="And a node?", answer="A machine that runs pods.", lesson="01-pods")
    parking = Seed(question="Where do I park the car?", answer="Behind the house.")
    impact = await desk.seeding(better, parking)
    assert impact.asked == 3  # one says nothing
    assert texts(impact.otherwise) == ["And a node?"]
    assert texts(impact.gained) == ["Where do I park the car?"]
    assert impact.lost == ()
    (told,) = impact.otherwise
    assert matches(told.before)[0].entry.answer == "A machine."
    assert matches(told.after)[0].entry.answer == "A machine that runs pods."


async def test_questions_that_would_have_no_answer_any_more(desk: Desk) -> None:
    await desk.asked("And a node?", "What is a pod?")
    without = with_lessons(replace(FIRST, comments=FIRST.comments[:1]), COURSE.lessons[1])
    _, impact = await desk.impacts().of("k8s", lambda: desk.courses.save(without, at=LATER))
    assert texts(impact.lost) == ["And a node?"]
    assert await desk.courses.save(COURSE, at=LATER) == SavedCourse()


async def test_what_is_told_is_what_then_happens(desk: Desk) -> None:
    questions = ["And a node?", "What is a pod?", "When is the exam?"]
    await desk.asked(*questions)
    changed = [EXAM, Seed(question="What is a pod?", answer="Peas.")]
    impact = await desk.seeding(*changed)
    told = {each.question: each.after for each in (*impact.otherwise, *impact.gained, *impact.lost)}
    assert set(told) == {"When is the exam?", "What is a pod?"}
    await desk.seeds.save("k8s", changed, at=LATER)
    for question in questions:
        then = await desk.library.ask(question, courses=("k8s",))
        if question in told:
            assert [m.entry.answer for m in matches(then)][:1] == [
                m.entry.answer for m in matches(told[question])
            ][:1]
            assert matches(then)[0].score == pytest.approx(matches(told[question])[0].score)


async def test_trying_leaves_the_index_and_the_folder_as_they_were(desk: Desk) -> None:
    await desk.asked("When is the exam?")
    await desk.library.refresh()
    held = {file.name: file.stat().st_mtime_ns for file in (desk.folder / "index").iterdir()}
    assert (await desk.seeding(EXAM)).any
    assert {file.name: file.stat().st_mtime_ns for file in (desk.folder / "index").iterdir()} == held
    assert not list(desk.folder.glob("overlay-*"))
    assert not isinstance(await desk.library.ask("When is the exam?"), Found)


async def test_the_answer_of_a_course_that_is_new(desk: Desk) -> None:
    await desk.asked("And a node?", course="")
    await desk.asked("What is a pod?", course="k8s")
    again = replace(COURSE, slug="new", title="New")
    _, impact = await desk.impacts().of("new", lambda: desk.courses.save(again, at=LATER))
    assert impact.asked == 1  # the other was put to another course


async def test_nothing_asked_and_nothing_changed_cost_nothing(desk: Desk) -> None:
    assert await desk.seeding(EXAM) == Impact()
    await desk.seeds.save("k8s", [EXAM], at=AT)
    await desk.asked("When is the exam?")
    assert await desk.seeding(EXAM) == Impact()


async def test_too_much_changed_is_said_and_too_many_questions_are_cut(desk: Desk) -> None:
    await desk.asked("When is the exam?", "And a node?")
    many = [replace(EXAM, question=f"{EXAM.question} {number}") for number in range(3)]
    assert await desk.seeding(*many, most=2) == Impact(asked=None)
    assert (await desk.seeding(EXAM, last=1)).asked == 1
    assert (await desk.seeding(EXAM, within=-1.0)).asked == 0


async def test_questions_that_have_to_do_with_no_changed_entry_are_not_asked_at_length(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a course with more entries than are measured for one question."""
    many = [Seed(question=f"What does the word {word} mean?", answer=word) for word in WORDS]
    await desk.seeds.save("k8s", many, at=AT)
    await desk.asked(*(f"{word}?" for word in WORDS[:20]))
    asked: list[str] = []
    ask = Answerer.ask

    def counted(self: Answerer, question: str, **how: Any) -> Any:
        asked.append(question)
        return ask(self, question, **how)

    monkeypatch.setattr(Answerer, "ask", counted)
    impact = await desk.seeding(Seed(question=many[0].question, answer="something else"))
    assert impact.asked == 20
    assert f"{WORDS[0]}?" in asked
    assert len(set(asked)) < 10


def test_asking_ends_in_time_with_the_newest() -> None:
    ticks = iter(range(100))
    asked = ((str(number), NotFound, NotFound) for number in range(10))
    compared = compare(asked, within=3, clock=lambda: float(next(ticks)))
    assert texts(compared) == ["0", "1", "2"]


async def test_readers_are_answered_while_a_change_is_tried(desk: Desk) -> None:
    await desk.asked(*(f"When is exam number {number}?" for number in range(100)))
    trying = asyncio.create_task(desk.seeding(EXAM))
    answered = 0
    while not trying.done():
        await desk.library.ask("And a node?")
        answered += 1
    assert (await trying).asked == 100
    assert answered > 3


async def test_an_overlay_left_by_a_killed_process_is_removed(desk: Desk) -> None:
    left, young = desk.folder / "overlay-old", desk.folder / "overlay-new"
    shutil.copytree(desk.folder / "index", left / "index")
    young.mkdir()
    os.utime(left, (0, 0))
    await desk.asked("When is the exam?")
    await desk.seeding(EXAM)
    assert not left.exists()
    assert young.exists()
