"""Aliases that come of votes: two readers make one, two take it back, and every index follows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from adapters.sql.courses import SqlCourseStore
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.seeds import SqlSeedStore
from bot.messages import Person, Platform
from bot.opinions import Counted, Reason, Vote, VoteStore
from bot.readers import ReaderStores
from knowledge.model import Seed
from tests.adapters.sql.samples import ANSWERED, AT, COURSE, LATER, QUESTION, Replica, with_comments

PEOPLE = [Person(platform=Platform.DISCORD, id=str(number)) for number in range(6)]
LEARNED = Counted(changed=True, learned=True)
PLAIN = Counted(changed=True)
REJECTED = Counted(changed=True, rejected=True)
SUSPENDED = Counted(changed=True, suspended=True, rejected=True)
NEW = "what are pods"


@pytest.fixture
async def replica(courses: SqlCourseStore, feed: SqlEntryFeed) -> Replica:
    await courses.save(COURSE, at=AT)
    return await Replica(feed).follow()


@pytest.fixture
def votes(readers: ReaderStores) -> VoteStore:
    return readers.votes


async def cast(
    votes: VoteStore, ref: str, directions: str, question: str = NEW, first: int = 0
) -> list[Counted]:
    return [
        await votes.cast(Vote(up=each == "+", question=question, ref=ref), person=person, at=LATER)
        for each, person in zip(directions, PEOPLE[first:], strict=False)
    ]


async def test_two_readers_make_an_alias_and_the_index_follows(votes: VoteStore, replica: Replica) -> None:
    ref, revision = replica.ref(QUESTION.text), replica.revision
    assert await cast(votes, ref, "+") == [PLAIN]
    assert (await replica.follow()).revision == revision
    assert await cast(votes, ref, "+", first=1) == [LEARNED]
    await replica.follow()
    assert replica.entries[ref].aliases == (NEW,)
    assert replica.upserted == {ref}
    assert replica.revision == revision + 1
    assert await cast(votes, ref, "+", first=2) == [PLAIN]
    assert (await replica.follow()).upserted == set()


async def test_one_reader_twice_is_one_reader(votes: VoteStore, replica: Replica) -> None:
    ref = replica.ref(QUESTION.text)
    assert await cast(votes, ref, "+") + await cast(votes, ref, "+") == [PLAIN, Counted(changed=False)]


async def test_how_it_is_typed_makes_no_difference(votes: VoteStore, replica: Replica) -> None:
    ref = replica.ref(QUESTION.text)
    await cast(votes, ref, "+", "What  are pods？")
    assert await cast(votes, ref, "+", "what are PODS", first=1) == [LEARNED]
    assert (await replica.follow()).entries[ref].aliases == ("what are PODS",)


async def test_two_readers_suspend_an_alias_and_admins_see_it(votes: VoteStore, replica: Replica) -> None:
    ref = replica.ref(QUESTION.text)
    await cast(votes, ref, "++")
    assert await cast(votes, ref, "--", first=2) == [PLAIN, SUSPENDED]
    assert (await replica.follow()).entries[ref].aliases == ()
    assert await cast(votes, ref, "+", first=4) == [REJECTED]
    why = Vote(up=False, reason=Reason.OFF, question=NEW, ref=ref)
    await votes.cast(why, person=PEOPLE[2], at=LATER)
    [disputed] = await votes.disputed()
    assert (disputed.ref, disputed.question, disputed.up, disputed.down) == (ref, NEW, 3, 2)
    assert (disputed.reasons, disputed.suspended) == ((Reason.OFF,), True)


async def test_readers_who_change_their_minds_bring_it_back(votes: VoteStore, replica: Replica) -> None:
    ref = replica.ref(QUESTION.text)
    await cast(votes, ref, "++--")
    assert await cast(votes, ref, "+", first=2) == [LEARNED]
    assert (await replica.follow()).entries[ref].aliases == (NEW,)


async def test_a_wrong_match_without_an_alias_is_seen_by_admins(votes: VoteStore, replica: Replica) -> None:
    ref = replica.ref("A pod is a group.")
    assert await cast(votes, ref, "--") == [PLAIN, REJECTED]
    [disputed] = await votes.disputed()
    assert (disputed.ref, disputed.down, disputed.suspended) == (ref, 2, False)
    assert await votes.disputed(limit=0) == []


@pytest.mark.parametrize("question", [QUESTION.text, "what is a pod", "？！", "x" * 201])
async def test_what_is_no_new_wording_becomes_none(votes: VoteStore, replica: Replica, question: str) -> None:
    ref, revision = replica.ref(QUESTION.text), replica.revision
    assert await cast(votes, ref, "++", question) == [PLAIN, PLAIN]
    assert (await replica.follow()).revision == revision


async def test_a_question_that_needs_the_one_before_it_becomes_none(
    votes: VoteStore, replica: Replica
) -> None:
    ref = replica.ref(QUESTION.text)
    for person in PEOPLE[:2]:
        vote = Vote(up=True, question="and why?", ref=ref, alone=False)
        assert await votes.cast(vote, person=person, at=AT) == PLAIN


@pytest.mark.parametrize("ref", ["c999", "s999", "p1", "p999"])
async def test_what_has_no_question_or_is_not_there_has_no_aliases(
    votes: VoteStore, replica: Replica, ref: str
) -> None:
    assert await cast(votes, ref, "++--") == [PLAIN, PLAIN, PLAIN, REJECTED]


async def test_answers_have_aliases_too_and_take_them_to_their_comment(
    votes: VoteStore, replica: Replica, seeds: SqlSeedStore, courses: SqlCourseStore
) -> None:
    await seeds.save("k8s", [Seed(question="When?", answer="Now.", aliases=("when is it",))], at=AT)
    ref = (await replica.follow()).ref("When?")
    assert await cast(votes, ref, "++", "When is it?") == [PLAIN, PLAIN]
    assert await cast(votes, ref, "++", "what time") == [PLAIN, LEARNED]
    assert (await replica.follow()).entries[ref].aliases == ("when is it", "what time")
    await courses.save(with_comments(QUESTION, ANSWERED, replace(QUESTION, text="When?")), at=LATER)
    await replica.follow()
    assert ref in replica.removed
    assert replica.entry("When?").aliases == ("when is it", "what time")
    comment = replica.ref("When?")
    assert await cast(votes, comment, "++", "at what hour") == [PLAIN, LEARNED]
    assert (await replica.follow()).entries[comment].aliases == ("when is it", "what time", "at what hour")


async def test_an_index_made_anew_has_the_same_aliases(
    votes: VoteStore, replica: Replica, feed: SqlEntryFeed
) -> None:
    await cast(votes, replica.ref(QUESTION.text), "++")
    await replica.follow()
    assert (await Replica(feed).follow()).entries == replica.entries


async def test_votes_at_the_same_time_make_one_alias(votes: VoteStore, replica: Replica) -> None:
    ref = replica.ref(QUESTION.text)
    vote = Vote(up=True, question=NEW, ref=ref)
    counted = await asyncio.gather(*(votes.cast(vote, person=each, at=AT) for each in PEOPLE))
    assert sum(each.learned for each in counted) == 1
    assert (await replica.follow()).entries[ref].aliases == (NEW,)
