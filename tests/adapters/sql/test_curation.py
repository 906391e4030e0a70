"""Changing the team's answers: the same contract for both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.auditing import SqlAuditLog
from adapters.sql.team.curation import SqlCuration
from bot.team.audit import Action
from bot.team.curation import Rule, Ruling
from knowledge.entry import Source
from knowledge.errors import CoursebotError
from knowledge.model import Seed
from tests.adapters.sql.samples import ANSWERED, AT, COURSE, ELSEWHERE, LATER, QUESTION, Replica

ADA, BO = "telegram:1", "telegram:2"
SEED = Seed(question="What is a volume?", answer="A folder.", aliases=("volumes?",), author="Ada")
OTHER = Seed(question="Where does data live?", answer="On a disk.", aliases=("data?",))


@pytest.fixture
def curation(database: Database) -> SqlCuration:
    return SqlCuration(database)


@pytest.fixture
def log(database: Database) -> SqlAuditLog:
    return SqlAuditLog(database)


@pytest.fixture
async def replica(courses: SqlCourseStore, feed: SqlEntryFeed) -> Replica:
    await courses.save(COURSE, at=AT)
    return await Replica(feed).follow()


@pytest.fixture
async def ref(replica: Replica, seeds: SqlSeedStore) -> str:
    saved = await seeds.save("k8s", [SEED], at=AT, by=ADA)
    return saved.refs[0]


async def test_saving_is_logged_with_what_was_before(
    replica: Replica, seeds: SqlSeedStore, log: SqlAuditLog
) -> None:
    first = await seeds.save("k8s", [SEED, OTHER], at=AT, by=ADA)
    again = await seeds.save("k8s", [SEED, replace(OTHER, answer="In a volume.")], at=LATER)
    assert len(set(first.refs)) == 2
    assert again.refs == first.refs
    assert again.changes[0] == 0
    edited, two, one, _imported = await log.recent()
    assert (one.id, two.id, edited.id) == (*first.changes, again.changes[1])
    assert [each.by for each in (one, two, edited)] == [ADA, ADA, "operator"]
    assert (one.action, one.before, edited.action) == (Action.ADD, None, Action.EDIT)
    assert one.after == {
        "question": SEED.question,
        "answer": SEED.answer,
        "author": "Ada",
        "state": "active",
        "lesson": None,
        "aliases": ["volumes?"],
    }
    assert edited.before
    assert edited.after
    assert (edited.before["answer"], edited.after["answer"]) == ("On a disk.", "In a volume.")
    assert one.course == "k8s"


async def test_an_answer_is_changed_and_every_index_follows(
    replica: Replica, curation: SqlCuration, ref: str
) -> None:
    held = await curation.of(ref)
    assert held
    assert (held.seed, held.ref, held.course, held.created_at) == (SEED, ref, "k8s", AT)
    better = replace(SEED, question="What's a volume?", answer="A folder that stays.", lesson="01-pods")
    changed = await curation.edit(ref, better, revision=held.revision, by=BO, at=LATER)
    assert (changed.seed, changed.updated_at) == (better, LATER)
    entry = (await replica.follow()).entries[ref]
    assert (entry.text, entry.answer, entry.lesson) == (better.question, better.answer, "01-pods")


async def test_of_two_who_edit_the_second_is_told(curation: SqlCuration, ref: str) -> None:
    held = await curation.of(ref)
    assert held
    edits = [
        curation.edit(ref, replace(SEED, answer=answer), revision=held.revision, by=by, at=LATER)
        for answer, by in (("One.", ADA), ("Two.", BO))
    ]
    done = await asyncio.gather(*edits, return_exceptions=True)
    assert sum(isinstance(each, CoursebotError) and each.key == "curate-changed" for each in done) == 1


async def test_a_question_has_one_answer(curation: SqlCuration, seeds: SqlSeedStore, ref: str) -> None:
    await seeds.save("k8s", [OTHER], at=AT)
    with pytest.raises(CoursebotError, match="curate-taken"):
        await curation.edit(ref, replace(SEED, question="where does DATA live?"), by=ADA, at=LATER)
    with pytest.raises(CoursebotError, match="curate-no-lesson"):
        await curation.edit(ref, replace(SEED, lesson="99"), by=ADA, at=LATER)
    held = await curation.of(ref)
    assert held
    assert held.seed == SEED


async def test_what_is_deleted_is_gone_and_can_come_back(
    replica: Replica, curation: SqlCuration, ref: str
) -> None:
    await replica.follow()
    gone = await curation.delete(ref, by=ADA, at=LATER)
    assert ref not in (await replica.follow()).entries
    assert await curation.of(ref) is None
    for change in (curation.delete(ref, by=BO, at=LATER), curation.edit(ref, SEED, by=BO, at=LATER)):
        with pytest.raises(CoursebotError, match="curate-gone"):
            await change
    back = await curation.undo(gone.change, by=BO, at=LATER)
    assert (back.by, back.undoes, back.action) == (BO, gone.change, Action.ADD)
    assert (await replica.follow()).entries[ref].aliases == SEED.aliases


async def test_an_answer_to_a_comment_is_the_comments(
    replica: Replica, curation: SqlCuration, seeds: SqlSeedStore
) -> None:
    saved = await seeds.save("k8s", [Seed(question=ELSEWHERE.text, answer="Because.")], at=AT, by=ADA)
    ref = replica.ref(ELSEWHERE.text)
    assert saved.refs == (ref,)
    assert (await replica.follow()).entries[ref].source is Source.ADMIN
    held = await curation.of(ref)
    assert held
    assert held.own != ref
    await curation.edit(ref, replace(held.seed, answer="So."), by=ADA, at=LATER)
    assert (await replica.follow()).entries[ref].answer == "So."
    await curation.delete(ref, by=ADA, at=LATER)
    assert (await replica.follow()).entries[ref].source is Source.READER


async def test_each_change_can_be_taken_back_once_in_turn(
    replica: Replica, curation: SqlCuration, log: SqlAuditLog, ref: str
) -> None:
    added, _imported = await log.recent()
    first = await curation.edit(ref, replace(SEED, answer="One."), by=ADA, at=LATER)
    second = await curation.edit(ref, replace(SEED, answer="Two."), by=BO, at=LATER)
    with pytest.raises(CoursebotError, match="undo-later"):
        await curation.undo(first.change, by=ADA, at=LATER)
    undone = await asyncio.gather(
        *(curation.undo(second.change, by=by, at=LATER) for by in (ADA, BO)), return_exceptions=True
    )
    assert sum(isinstance(each, CoursebotError) and each.key == "undo-done" for each in undone) == 1
    assert (await replica.follow()).entries[ref].answer == "One."
    await curation.undo(first.change, by=ADA, at=LATER)
    assert (await replica.follow()).entries[ref].answer == SEED.answer
    await curation.undo(added.id, by=ADA, at=LATER)
    assert ref not in (await replica.follow()).entries
    with pytest.raises(CoursebotError, match="undo-none"):
        await curation.undo(10_000, by=ADA, at=LATER)
    assert [each.undone for each in await log.recent()] == [False, False, False, True, True, True, False]


async def test_a_question_gets_other_wordings(replica: Replica, curation: SqlCuration, ref: str) -> None:
    assert await curation.alias(ref, ["Volumes?", "vol"], by=ADA, at=LATER)
    assert (await replica.follow()).entries[ref].aliases == ("volumes?", "vol")
    assert await curation.alias(ref, ["VOL"], by=ADA, at=LATER) == 0
    comment = replica.ref(ANSWERED.text)
    given = await curation.alias(comment, ["nodes", "What is a node"], by=ADA, at=LATER)
    assert (await replica.follow()).entries[comment].aliases == ("nodes", "What is a node")
    undone = await curation.undo(given, by=ADA, at=LATER)
    assert (await replica.follow()).entries[comment].aliases == ()
    await curation.undo(undone.id, by=ADA, at=LATER)
    assert set((await replica.follow()).entries[comment].aliases) == {"nodes", "What is a node"}
    with pytest.raises(CoursebotError, match="curate-passage"):
        await curation.alias(replica.ref("Because."), ["why"], by=ADA, at=LATER)


async def test_two_answers_become_one_and_two_again(
    replica: Replica, curation: SqlCuration, seeds: SqlSeedStore, ref: str
) -> None:
    other = (await seeds.save("k8s", [OTHER], at=AT)).refs[0]
    merged = await curation.merge(other, ref, by=ADA, at=LATER)
    assert merged.seed.aliases == ("volumes?", OTHER.question, "data?")
    assert other not in (await replica.follow()).entries
    assert replica.entries[ref].aliases == merged.seed.aliases
    await curation.undo(merged.change, by=ADA, at=LATER)
    await replica.follow()
    assert replica.entries[ref].aliases == SEED.aliases
    assert replica.entries[other].answer == OTHER.answer
    for one, two in ((ref, ref), (other, "s999")):
        with pytest.raises(CoursebotError, match="curate-"):
            await curation.merge(one, two, by=ADA, at=LATER)


def ruling(rule: Rule, ref: str, question: str = "") -> Ruling:
    return Ruling(rule=rule, ref=ref, question=question, course="k8s", at=LATER)


async def test_a_pin_travels_with_its_entry(replica: Replica, curation: SqlCuration) -> None:
    passage, comment = replica.ref("Because."), replica.ref(QUESTION.text)
    pinned = await curation.rule(ruling(Rule.PIN, passage, "Why pods?"), by=ADA)
    assert await curation.rule(ruling(Rule.PIN, passage, "why pods"), by=BO) == 0
    entry = (await replica.follow()).entries[passage]
    assert entry.pins == entry.aliases == ("Why pods?",)
    moved = await curation.rule(ruling(Rule.PIN, comment, "why pods"), by=BO)
    await replica.follow()
    assert replica.entries[passage].pins == ()
    assert replica.entries[comment].pins == ("why pods",)
    await curation.undo(moved, by=BO, at=LATER + timedelta(minutes=1))
    await replica.follow()
    assert replica.entries[passage].pins == ("Why pods?",)
    assert replica.entries[comment].pins == ()
    with pytest.raises(CoursebotError, match="undo-"):
        await curation.undo(moved, by=BO, at=LATER)
    assert pinned
    assert [each.question for each in await curation.rulings("k8s")] == ["Why pods?"]


async def test_a_bar_hides_an_entry_for_one_question_or_for_good(
    replica: Replica, curation: SqlCuration, feed: SqlEntryFeed
) -> None:
    comment = replica.ref(QUESTION.text)
    await curation.rule(ruling(Rule.BAR, comment, "pods"), by=ADA)
    assert (await replica.follow()).entries[comment].bars == ("pods",)
    barred = await curation.rule(ruling(Rule.BAR, comment), by=ADA)
    assert comment not in (await replica.follow()).entries
    assert comment not in (await Replica(feed).follow()).entries
    assert len(replica.entries) in (await feed.sizes())["k8s"]
    await curation.undo(barred, by=ADA, at=LATER)
    assert (await replica.follow()).entries[comment].bars == ("pods",)
    assert await curation.lift(ruling(Rule.BAR, comment, "Pods?"), by=ADA)
    assert await curation.lift(ruling(Rule.BAR, comment, "Pods?"), by=ADA) == 0
    assert (await replica.follow()).entries[comment].bars == ()


@pytest.mark.parametrize(("first", "then"), [(Rule.PIN, Rule.BAR), (Rule.BAR, Rule.PIN)])
async def test_of_a_pin_and_a_bar_for_one_question_the_later_one_holds(
    replica: Replica, curation: SqlCuration, first: Rule, then: Rule
) -> None:
    comment = replica.ref(QUESTION.text)
    await curation.rule(ruling(first, comment, "Why pods?"), by=ADA)
    changed = await curation.rule(ruling(then, comment, "why pods"), by=BO)
    assert [each.rule for each in await curation.rulings("k8s")] == [then]
    entry = (await replica.follow()).entries[comment]
    assert (entry.pins, entry.bars) == ((("why pods",), ()) if then is Rule.PIN else ((), ("why pods",)))
    await curation.undo(changed, by=BO, at=LATER)
    assert await curation.rulings("k8s") == []
    await curation.rule(ruling(Rule.BAR, comment), by=ADA)
    await curation.rule(ruling(then, comment, "Why pods?"), by=ADA)
    assert len(await curation.rulings("k8s")) == 2


@pytest.mark.parametrize("kind", ["c", "s", "p"])
async def test_nothing_is_ruled_about_what_is_not_there(
    replica: Replica, curation: SqlCuration, kind: str
) -> None:
    with pytest.raises(CoursebotError, match="curate-gone"):
        await curation.rule(ruling(Rule.BAR, f"{kind}999"), by=ADA)
    unknown = replace(ruling(Rule.BAR, replica.ref("Because.")), course="go")
    with pytest.raises(CoursebotError, match="course-unknown"):
        await curation.rule(unknown, by=ADA)


async def test_a_bar_on_an_answer_follows_it_to_its_comment(
    replica: Replica, curation: SqlCuration, seeds: SqlSeedStore
) -> None:
    own = (await seeds.save("k8s", [Seed(question=ELSEWHERE.text, answer="Because.")], at=AT)).refs[0]
    held = await curation.of(own)
    assert held
    await curation.rule(ruling(Rule.BAR, held.own), by=ADA)
    assert own not in (await replica.follow()).entries
    assert held.own not in replica.entries
