"""What is kept of readers: the same contract for both databases, and for the stores of one process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import question
from adapters.sql.readers import reader_stores
from bot.messages import Chat, Person, Platform
from bot.opinions import Reason, Vote
from bot.ports import Preference
from bot.readers import AskedQuestion, ChatSetting, Ending, Finding, Holdings, ReaderStores
from bot.session import session_stores
from bot.team.cases import Cause, Wish
from tests.adapters.sql.samples import AT, LATER

ADA, BO = (Person(platform=Platform.TELEGRAM, id=name, name=name) for name in ("ada", "bo"))
GROUP = Chat(platform=Platform.TELEGRAM, id="-100", private=False)
TOPIC = replace(GROUP, thread="7")
PRIVATE = Chat(platform=Platform.TELEGRAM, id="ada")

ASKED = AskedQuestion(
    id="tok-1",
    text="什么是 pod？",
    language="zh-Hans",
    course="k8s",
    ending=Ending.FOUND,
    findings=(
        Finding(ref="c1", score=0.75, matched=("pod",), missing=("它",), wording="pod?"),
        Finding(ref="p2", score=0.5),
    ),
    at=AT,
)


WISH = Wish(question="q", course="k8s", language="en", chat=GROUP, person=ADA, cause=Cause.ASKED, at=AT)


@pytest.fixture(params=["database", "process"])
def stores(request: pytest.FixtureRequest, readers: ReaderStores) -> ReaderStores:
    return readers if request.param == "database" else session_stores()


async def test_preferences_are_each_persons_own(stores: ReaderStores) -> None:
    chosen = Preference(language="en", course="k8s")
    assert await stores.preferences.of(ADA) == Preference()
    await stores.preferences.save(ADA, Preference(language="zh-Hant"))
    await stores.preferences.save(ADA, chosen)
    assert await stores.preferences.of(replace(ADA, name="another")) == chosen
    assert await stores.preferences.of(BO) == Preference()
    assert await stores.preferences.of(replace(ADA, platform=Platform.DISCORD)) == Preference()


async def test_a_topic_has_its_own_setting_or_the_chats(stores: ReaderStores) -> None:
    whole, own = ChatSetting(course="k8s", unasked=True, hourly=3), ChatSetting(course="go")
    assert await stores.chats.of(GROUP) == ChatSetting()
    await stores.chats.save(GROUP, ChatSetting())
    await stores.chats.save(GROUP, whole)
    assert await stores.chats.of(TOPIC) == whole
    await stores.chats.save(TOPIC, own)
    assert (await stores.chats.of(TOPIC), await stores.chats.of(GROUP)) == (own, whole)
    assert await stores.chats.of(replace(GROUP, thread="8")) == whole


async def test_settings_move_with_their_chat(stores: ReaderStores) -> None:
    old, kept, newer = (ChatSetting(course=slug) for slug in ("old", "kept", "newer"))
    moved = replace(GROUP, id="-200")
    await stores.chats.save(GROUP, old)
    await stores.chats.save(TOPIC, kept)
    await stores.chats.save(moved, newer)
    await stores.chats.moved(Platform.TELEGRAM, "-100", "-200")
    await stores.chats.moved(Platform.TELEGRAM, "-100", "-200")
    assert await stores.chats.of(moved) == newer
    assert await stores.chats.of(replace(moved, thread="7")) == kept
    assert await stores.chats.of(GROUP) == ChatSetting()


async def test_a_question_is_recalled_in_its_chat(stores: ReaderStores) -> None:
    await stores.questions.add(ASKED, chat=GROUP, asker=ADA, message="5")
    assert await stores.questions.recall("tok-1", chat=GROUP, person=ADA) == ASKED
    assert await stores.questions.recall("tok-1", chat=GROUP, person=BO) == replace(ASKED, mine=False)
    assert await stores.questions.recall("tok-1", chat=PRIVATE, person=ADA) is None
    assert await stores.questions.recall("tok-1", chat=TOPIC, person=ADA) is None
    assert await stores.questions.recall("tok-2", chat=GROUP, person=ADA) is None


async def test_an_edited_message_is_one_question(stores: ReaderStores) -> None:
    await stores.questions.add(ASKED, chat=GROUP, asker=ADA, message="5")
    again = replace(ASKED, id="tok-2", text="什么是 node？", findings=(), ending=Ending.NOT_FOUND)
    await stores.questions.add(again, chat=GROUP, asker=ADA, message="5")
    found = await stores.questions.asked_as("5", chat=GROUP)
    assert found
    assert found.text == again.text
    assert await stores.questions.asked_as("5", chat=PRIVATE) is None
    assert await stores.questions.recall("tok-1", chat=GROUP, person=ADA) is None
    assert (await stores.personal.of(ADA)).questions == 1


async def test_unasked_answers_are_counted_in_each_chat(stores: ReaderStores) -> None:
    hour = timedelta(hours=1)
    for number, (at, unasked) in enumerate([(AT, True), (AT + hour, True), (AT + hour, False)]):
        asked = replace(ASKED, id=f"t{number}", at=at, unasked=unasked)
        await stores.questions.add(asked, chat=GROUP, asker=ADA)
    assert await stores.questions.unasked_since(AT, chat=GROUP) == 1
    assert await stores.questions.unasked_since(AT - hour, chat=GROUP) == 2
    assert await stores.questions.unasked_since(AT - hour, chat=TOPIC) == 0


async def test_the_last_answer_of_a_chat(stores: ReaderStores) -> None:
    assert await stores.questions.last_answer(GROUP) == ""
    other = replace(ASKED, findings=(Finding(ref="s9", score=0.9),))
    unsure = replace(ASKED, ending=Ending.UNSURE)
    for number, asked in enumerate((ASKED, other, unsure)):
        await stores.questions.add(
            replace(asked, id=f"t{number}", at=AT + timedelta(seconds=number)), chat=GROUP, asker=ADA
        )
    assert await stores.questions.last_answer(GROUP) == "s9"
    assert await stores.questions.last_answer(TOPIC) == ""


async def test_old_questions_are_forgotten(stores: ReaderStores) -> None:
    await stores.questions.add(ASKED, chat=GROUP, asker=ADA)
    await stores.questions.add(replace(ASKED, id="tok-2", at=LATER), chat=GROUP, asker=ADA)
    assert await stores.questions.purge(before=LATER) == 1
    assert await stores.questions.recall("tok-1", chat=GROUP, person=ADA) is None
    assert await stores.questions.recall("tok-2", chat=GROUP, person=ADA)


async def test_a_person_learns_what_is_kept_and_can_erase_it(stores: ReaderStores) -> None:
    for person in (ADA, BO):
        await stores.preferences.save(person, Preference(language="en"))
        asked = replace(ASKED, id=person.id)
        await stores.questions.add(asked, chat=GROUP, asker=person, message=person.id)
        await stores.votes.cast(Vote(up=True, question="q", ref="p1"), person=person, at=AT)
        await stores.cases.report(replace(WISH, person=person))
    all_of_it = Holdings(preferences=1, questions=1, votes=1, requests=1)
    assert await stores.personal.of(ADA) == all_of_it
    assert await stores.personal.erase(ADA) == all_of_it
    assert await stores.personal.of(ADA) == await stores.personal.erase(ADA) == Holdings()
    assert await stores.personal.of(BO) == all_of_it
    assert await stores.preferences.of(ADA) == Preference()
    assert await stores.questions.recall("ada", chat=GROUP, person=ADA) is None


async def test_votes_can_be_changed_and_repeating_one_changes_nothing(stores: ReaderStores) -> None:
    up, down = Vote(up=True, question="q", ref="p1"), Vote(up=False, question="q", ref="p1")
    why = replace(down, reason=Reason.OUTDATED)
    changes = [
        (await stores.votes.cast(vote, person=ADA, at=AT)).changed for vote in (up, up, down, why, why, up)
    ]
    assert changes == [True, False, True, True, False, True]
    assert (await stores.personal.of(ADA)).votes == 1


async def test_an_erased_question_is_kept_without_its_person(
    database: Database, readers: ReaderStores
) -> None:
    await readers.questions.add(ASKED, chat=PRIVATE, asker=ADA, message="5")
    await readers.personal.erase(ADA)
    async with database.read() as connection:
        row = (await connection.execute(select(question))).one()
    assert (row.text, row.asker, row.place, row.message) == (ASKED.text, None, None, None)


async def test_no_ids_of_people_are_stored_but_of_those_who_wait(
    database: Database, readers: ReaderStores
) -> None:
    reader = Person(platform=Platform.TELEGRAM, id="31415926", name="Ada Lovelace")
    chat = Chat(platform=Platform.TELEGRAM, id=reader.id)
    await readers.preferences.save(reader, Preference(language="en"))
    await readers.questions.add(ASKED, chat=chat, asker=reader, message="27182818")
    await readers.votes.cast(Vote(up=True, question="q", ref="c1"), person=reader, at=AT)
    async with database.read() as connection:
        for table in ("preference", "question", "vote"):
            stored = str((await connection.execute(text(f"SELECT * FROM {table}"))).all())  # noqa: S608
            assert not any(word in stored for word in (reader.id, "Lovelace", "27182818"))


async def test_hashes_differ_between_databases_and_last_within_one(
    database: Database, tmp_path: Path
) -> None:
    other = Database(f"sqlite:///{tmp_path}/other.db")
    await other.migrate()
    ours, again, theirs = [await Pseudonyms(each).person(ADA) for each in (database, database, other)]
    await other.dispose()
    assert ours == again != theirs
    assert len(ours) == 32


async def test_questions_at_once_are_all_written(readers: ReaderStores) -> None:
    log = readers.questions
    await asyncio.gather(
        *(log.add(replace(ASKED, id=f"t{n}"), chat=GROUP, asker=ADA, message=str(n)) for n in range(200))
    )
    assert (await readers.personal.of(ADA)).questions == 200


async def test_a_question_that_fails_or_is_cancelled_leaves_the_others(
    readers: ReaderStores, database: Database
) -> None:
    log = readers.questions
    tasks = [
        asyncio.create_task(log.add(replace(ASKED, id=f"t{n}"), chat=GROUP, asker=ADA, message=str(n)))
        for n in range(20)
    ]
    await asyncio.sleep(0.001)
    tasks[0].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [each for each in done[1:] if each is not None] == []
    assert (await readers.personal.of(ADA)).questions >= 19
    naive = replace(ASKED, id="naive", at=AT.replace(tzinfo=None))
    results = await asyncio.gather(log.add(naive, chat=GROUP, asker=ADA), return_exceptions=True)
    assert isinstance(results[0], Exception)
    await log.add(replace(ASKED, id="after"), chat=GROUP, asker=ADA)


async def test_everything_is_there_after_a_restart(database: Database, readers: ReaderStores) -> None:
    await readers.questions.add(ASKED, chat=GROUP, asker=ADA)
    restarted = reader_stores(database)
    assert await restarted.questions.recall("tok-1", chat=GROUP, person=ADA) == ASKED
