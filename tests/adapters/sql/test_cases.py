"""Cases: the same contract for both databases; taking them in also for the store of one process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.readers import reader_stores
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.case_tables import case_reader
from adapters.sql.team.cases import SqlCaseStore
from bot.messages import Chat, Person, Platform
from bot.opinions import Vote
from bot.readers import ReaderStores
from bot.session import session_stores
from bot.team.cases import CaseIntake, CaseState, Cause, Closing, Wish, Wording
from knowledge.model import Seed
from tests.adapters.sql.samples import AT, COURSE, ELSEWHERE, LATER

ADA, BO, CY = (Person(platform=Platform.TELEGRAM, id=name, name=name) for name in ("ada", "bo", "cy"))
PRIVATE = Chat(platform=Platform.TELEGRAM, id="ada")
GROUP = Chat(platform=Platform.DISCORD, id="9", thread="8", private=False)
WISH = Wish(
    question="怎么 debug 一个 pod？",
    course="k8s",
    language="zh-Hans",
    chat=PRIVATE,
    person=ADA,
    cause=Cause.NOT_FOUND,
    at=AT,
)
OTHER = replace(WISH, question="pod 要怎么调试", person=BO, chat=GROUP, language="en", at=LATER)
ANSWERED = Closing(state=CaseState.ANSWERED, answer="看日志。", by="telegram:1", by_name="顾")


@pytest.fixture
def cases(database: Database) -> SqlCaseStore:
    return SqlCaseStore(database, Pseudonyms(database))


@pytest.fixture(params=["database", "process"])
def intake(request: pytest.FixtureRequest, cases: SqlCaseStore) -> CaseIntake:
    return cases if request.param == "database" else session_stores().cases


# Taking in ---------------------------------------------------------------------------------------------------


async def test_a_reader_is_counted_once_in_a_case(intake: CaseIntake) -> None:
    first = await intake.report(WISH)
    again = await intake.report(replace(WISH, at=LATER))
    assert (first.opened, first.joined) == (True, True)
    assert (again.case, again.opened, again.joined) == (first.case, False, False)


async def test_the_same_words_are_the_same_case_and_other_words_join_where_they_are_told_to(
    intake: CaseIntake,
) -> None:
    first = await intake.report(WISH)
    same = await intake.report(replace(WISH, person=BO))
    joined = await intake.report(replace(OTHER, person=CY), case=first.case)
    apart = await intake.report(replace(OTHER, question="pod 是什么"))
    assert (same.case, same.opened, same.joined) == (first.case, False, True)
    assert (joined.case, joined.opened) == (first.case, False)
    assert apart.case != first.case
    assert apart.opened
    assert set(await intake.wordings("k8s")) == {
        Wording(apart.case, "pod 是什么"),
        Wording(first.case, WISH.question),
        Wording(first.case, OTHER.question),
    }
    assert await intake.wordings("go") == []


async def test_who_only_doubted_waits_once_they_ask(intake: CaseIntake) -> None:
    doubted = replace(WISH, cause=Cause.DOUBTED)
    assert (await intake.report(doubted)).joined
    assert not (await intake.report(doubted)).joined
    assert (await intake.report(replace(WISH, cause=Cause.ASKED))).joined
    assert not (await intake.report(WISH)).joined


async def test_what_one_person_brings_in_is_counted(intake: CaseIntake) -> None:
    await intake.report(WISH)
    await intake.report(replace(OTHER, person=ADA))
    hour = timedelta(hours=1)
    assert await intake.reported_since(AT - hour, person=ADA) == 2
    assert await intake.reported_since(AT, person=ADA) == 1
    assert await intake.reported_since(AT - hour, person=BO) == 0


async def test_the_same_question_at_the_same_time_opens_one_case(cases: SqlCaseStore) -> None:
    people = [Person(platform=Platform.TELEGRAM, id=str(n)) for n in range(20)]
    found = await asyncio.gather(*(cases.report(replace(WISH, person=person)) for person in people))
    assert len({each.case for each in found}) == 1
    assert sum(each.opened for each in found) == 1
    (case,) = await cases.open()
    assert (case.readers, case.waiting) == (20, 20)


async def test_signs_and_width_make_no_other_case(cases: SqlCaseStore) -> None:
    first = await cases.report(WISH)
    second = await cases.report(replace(WISH, question="怎么 Debug 一个 ＰＯＤ", person=BO))
    assert first.case == second.case
    assert (await cases.open())[0].variants == ()


async def test_all_who_found_an_answer_wrong_are_counted_and_none_of_them_is_told(
    cases: SqlCaseStore, readers: ReaderStores
) -> None:
    for person in (ADA, BO):
        await readers.votes.cast(Vote(up=False, question=WISH.question, ref="c1"), person=person, at=AT)
    await readers.votes.cast(Vote(up=True, question=WISH.question, ref="c1"), person=CY, at=AT)
    found = await cases.report(replace(WISH, person=BO, cause=Cause.DOUBTED, ref="c1"))
    case = await cases.case(found.case)
    assert case
    assert (case.readers, case.waiting, case.cause) == (2, 0, Cause.DOUBTED)
    assert await cases.waiters(found.case) == []


async def test_nobody_is_told_at_a_terminal(cases: SqlCaseStore) -> None:
    console = Platform.CONSOLE
    wish = replace(WISH, chat=Chat(platform=console, id=""), person=Person(platform=console, id="me"))
    found = await cases.report(wish)
    assert await cases.waiters(found.case) == []


async def test_votes_say_when_two_readers_find_an_answer_wrong(readers: ReaderStores) -> None:
    for stores in (readers, session_stores()):
        down = Vote(up=False, question="q", ref="c1")
        assert not (await stores.votes.cast(down, person=ADA, at=AT)).rejected
        assert not (await stores.votes.cast(down, person=ADA, at=AT)).rejected
        assert (await stores.votes.cast(down, person=BO, at=AT)).rejected


# The desk ----------------------------------------------------------------------------------------------------


async def test_a_case_has_its_words_its_variants_and_its_readers(cases: SqlCaseStore) -> None:
    found = await cases.report(WISH)
    await cases.report(OTHER, case=found.case)
    (case,) = await cases.open(frozenset({"k8s"}))
    assert (case.id, case.question, case.variants) == (found.case, WISH.question, (OTHER.question,))
    assert (case.readers, case.waiting, case.state, case.opened_at) == (2, 2, CaseState.OPEN, AT)
    assert await cases.open(frozenset({"go"})) == []
    assert await cases.case(99) is None


async def test_of_two_answers_the_first_counts_and_the_second_can_replace_it(cases: SqlCaseStore) -> None:
    number = (await cases.report(WISH)).case
    second = replace(ANSWERED, answer="用 kubectl debug。", by="discord:2", by_name="二")
    assert await cases.close(number, ANSWERED, at=AT)
    assert not await cases.close(number, second, at=LATER)
    case = await cases.case(number)
    assert case
    assert (case.answer, case.by_name, case.settled) == ("看日志。", "顾", False)
    draft = await cases.draft(number, second.answer, by=second.by, at=LATER)
    assert await cases.drafted(draft) == (number, second.answer, second.by)
    assert await cases.replace(number, second, at=LATER)
    case = await cases.case(number)
    assert case
    assert (case.answer, case.by) == (second.answer, second.by)
    assert await cases.drafted(draft) is None


async def test_closing_at_the_same_time_has_one_winner(cases: SqlCaseStore) -> None:
    number = (await cases.report(WISH)).case
    answers = [replace(ANSWERED, answer=str(n)) for n in range(8)]
    won = await asyncio.gather(*(cases.close(number, each, at=AT) for each in answers))
    assert sum(won) == 1
    case = await cases.case(number)
    assert case
    assert case.answer == str(won.index(True))


async def test_a_closed_case_takes_nobody_more(cases: SqlCaseStore) -> None:
    number = (await cases.report(WISH)).case
    await cases.close(number, ANSWERED, at=AT)
    late = await cases.report(replace(OTHER, person=CY), case=number)
    again = await cases.report(replace(WISH, person=BO))
    assert number not in {late.case, again.case}
    assert [each.person.id for each in await cases.waiters(number)] == ["ada"]


async def test_settling_forgets_who_and_where_the_readers_are(
    cases: SqlCaseStore, database: Database
) -> None:
    number = (await cases.report(WISH)).case
    await cases.report(OTHER, case=number)
    await cases.close(number, ANSWERED, at=AT)
    assert await cases.unsettled() == [number]
    first, second = await cases.waiters(number)
    assert (first.chat, first.person.id, first.language) == (PRIVATE, "ada", "zh-Hans")
    assert (second.chat, second.person.id, second.language) == (GROUP, "bo", "en")
    await cases.settle(number, at=LATER)
    assert (await cases.unsettled(), await cases.waiters(number)) == ([], [])
    assert await cases.worded([first.id, second.id]) == [WISH.question, OTHER.question]
    async with database.read() as connection:
        rows = (await connection.execute(select(case_reader))).all()
    assert {(row.platform, row.chat, row.thread, row.private, row.user_id) for row in rows} == {
        (None, None, None, None, None)
    }
    assert {row.person for row in rows} == {f"-{row.id}" for row in rows}


async def test_an_open_case_cannot_be_settled(cases: SqlCaseStore) -> None:
    number = (await cases.report(WISH)).case
    assert await cases.unsettled() == []
    assert not await cases.replace(number, ANSWERED, at=AT)


async def test_merging_moves_readers_and_counts_each_once(cases: SqlCaseStore) -> None:
    one, other = (await cases.report(WISH)).case, (await cases.report(OTHER)).case
    await cases.report(replace(OTHER, person=ADA, cause=Cause.DOUBTED))
    assert await cases.merge(other, one, at=LATER)
    assert not await cases.merge(other, one, at=LATER)
    (case,) = await cases.open()
    assert (case.id, case.readers, case.waiting, case.variants) == (one, 2, 2, (OTHER.question,))
    followed = await cases.case(other)
    assert followed
    assert followed.id == one
    assert (await cases.report(replace(OTHER, person=CY), case=other)).case == one


async def test_who_waits_in_one_case_and_doubts_in_the_other_still_waits(cases: SqlCaseStore) -> None:
    one = (await cases.report(replace(WISH, cause=Cause.DOUBTED))).case
    other = (await cases.report(replace(OTHER, person=ADA, chat=GROUP))).case
    assert await cases.merge(other, one, at=LATER)
    (waiter,) = await cases.waiters(one)
    assert (waiter.chat, waiter.person.id) == (GROUP, "ada")


async def test_crosswise_merging_leaves_one_case(cases: SqlCaseStore) -> None:
    one, other = (await cases.report(WISH)).case, (await cases.report(OTHER)).case
    done = await asyncio.gather(cases.merge(one, other, at=AT), cases.merge(other, one, at=AT))
    assert sorted(done) == [False, True]
    assert len(await cases.open()) == 1


async def test_an_ignored_question_does_not_come_back_by_itself(cases: SqlCaseStore) -> None:
    number = (await cases.report(WISH)).case
    assert await cases.close(number, Closing(state=CaseState.IGNORED, by="telegram:1"), at=AT)
    assert await cases.waiters(number) == []
    assert await cases.unsettled() == []
    again = await cases.report(replace(WISH, person=BO))
    assert (again.opened, again.joined, again.ignored) == (False, False, True)
    assert await cases.open() == []
    asked = await cases.report(replace(WISH, person=BO, cause=Cause.ASKED))
    assert asked.opened


async def test_handing_over_and_saying_the_course(cases: SqlCaseStore) -> None:
    number = (await cases.report(replace(WISH, course=""))).case
    assert await cases.hand(number, "discord:5")
    assert await cases.place(number, "k8s")
    case = await cases.case(number)
    assert case
    assert (case.assignee, case.course) == ("discord:5", "k8s")
    again = (await cases.report(replace(WISH, course="", person=BO))).case
    assert not await cases.place(again, "k8s")
    await cases.close(number, ANSWERED, at=AT)
    assert not await cases.hand(number, "discord:6")
    assert not await cases.place(number, "go")


# Comments ----------------------------------------------------------------------------------------------------


async def test_comments_without_their_answer_are_listed_until_somebody_deals_with_them(
    cases: SqlCaseStore, courses: SqlCourseStore, seeds: SqlSeedStore
) -> None:
    await courses.save(COURSE, at=AT)
    (featured,) = await cases.featured(frozenset({COURSE.slug}))
    assert (featured.text, featured.likes, featured.replies) == (ELSEWHERE.text, 0, 2)
    assert await cases.featured(frozenset({"another"})) == []
    number = await cases.about_comment(featured.ref, at=AT)
    assert number == await cases.about_comment(featured.ref, at=LATER)
    assert number is not None
    assert await cases.open() == []
    case = await cases.case(number)
    assert case
    assert (case.comment, case.lesson, case.course) == (featured.ref, featured.lesson, COURSE.slug)
    assert len(await cases.featured()) == 1
    await cases.close(number, Closing(state=CaseState.IGNORED, by="telegram:1"), at=AT)
    assert await cases.featured() == []
    assert await cases.about_comment("c999", at=AT) is None


async def test_a_comment_that_was_answered_another_way_is_not_listed(
    cases: SqlCaseStore, courses: SqlCourseStore, seeds: SqlSeedStore
) -> None:
    await courses.save(COURSE, at=AT)
    await seeds.save(COURSE.slug, [Seed(question=ELSEWHERE.text, answer="Because.")], at=AT)
    assert await cases.featured() == []


# Telling the team, and forgetting ----------------------------------------------------------------------------


async def test_new_cases_are_told_in_one_batch_once(cases: SqlCaseStore) -> None:
    minutes = timedelta(minutes=5)
    first = (await cases.report(WISH)).case
    await cases.batch(before=AT - minutes, at=AT)
    assert await cases.untold() == []
    second = (await cases.report(replace(OTHER, at=AT + minutes))).case
    await cases.report(replace(OTHER, person=CY, at=AT + minutes))
    await cases.batch(before=AT, at=AT + minutes)
    await cases.batch(before=AT, at=AT + minutes)
    (batch,) = await cases.untold()
    assert [case.id for case in await cases.batched(batch)] == [second, first]
    await cases.told(batch, at=LATER)
    await cases.batch(before=LATER, at=LATER)
    assert await cases.untold() == []


async def test_old_cases_are_forgotten_with_the_questions(cases: SqlCaseStore, database: Database) -> None:
    answered = (await cases.report(WISH)).case
    merged = (await cases.report(OTHER)).case
    await cases.merge(merged, answered, at=AT)
    await cases.close(answered, ANSWERED, at=AT)
    waiting = (await cases.report(replace(WISH, question="没人回答"))).case
    fresh = (await cases.report(replace(WISH, question="还有人问"))).case
    await cases.report(replace(WISH, question="还有人问", person=BO, at=LATER))
    assert await cases.purge(before=LATER) == 2
    assert await cases.case(waiting) is None
    # Who has not been told yet is told, however late.
    assert len(await cases.waiters(answered)) == 2
    await cases.settle(answered, at=AT)
    assert await cases.purge(before=LATER) == 1
    (left,) = await cases.open()
    assert (left.id, left.readers) == (fresh, 1)
    async with database.read() as connection:
        assert len((await connection.execute(text("SELECT * FROM case_reader"))).all()) == 1


async def test_erasing_and_moving_reach_the_readers_of_cases(cases: SqlCaseStore, database: Database) -> None:
    stores = reader_stores(database)
    number = (await cases.report(WISH)).case
    await cases.report(OTHER, case=number)
    await stores.chats.moved(Platform.DISCORD, "9", "10")
    assert [each.chat.id for each in await cases.waiters(number)] == ["ada", "10"]
    assert (await stores.personal.erase(ADA)).requests == 1
    assert [each.person.id for each in await cases.waiters(number)] == ["bo"]
    assert (await stores.personal.of(BO)).requests == 1
    await cases.close(number, ANSWERED, at=AT)
    await cases.settle(number, at=AT)
    assert (await stores.personal.of(BO)).requests == 0
