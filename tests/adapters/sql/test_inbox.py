from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.sql import tables
from adapters.sql.database import Database
from adapters.sql.inbox import SqlInbox
from bot.inbox import Inbox
from tests.adapters.sql.samples import AT

ME = "telegram:1"


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return SqlInbox(database)


async def test_what_is_kept_waits_in_order_until_it_is_done(inbox: Inbox) -> None:
    kept = await inbox.keep(ME, [(7, "seven"), (3, "three")], at=AT)
    assert [(each.id, each.payload, each.received_at) for each in kept] == [
        (7, "seven", AT),
        (3, "three", AT),
    ]
    await inbox.done(ME, 7)
    assert [each.id for each in await inbox.waiting(ME)] == [3]


async def test_what_is_delivered_again_is_kept_once_and_given_back_only_while_it_waits(inbox: Inbox) -> None:
    await inbox.keep(ME, [(1, "one"), (2, "two")], at=AT)
    await inbox.done(ME, 1)
    again = await inbox.keep(ME, [(1, "changed"), (2, "changed"), (3, "three")], at=AT + timedelta(hours=1))
    assert [(each.id, each.payload) for each in again] == [(2, "two"), (3, "three")]


async def test_accounts_do_not_mix(inbox: Inbox) -> None:
    await inbox.keep(ME, [(1, "mine")], at=AT)
    assert await inbox.waiting("telegram:2") == []
    assert [each.payload for each in await inbox.keep("telegram:2", [(1, "theirs")], at=AT)] == ["theirs"]


async def test_what_is_begun_again_is_counted(inbox: Inbox) -> None:
    await inbox.keep(ME, [(1, "one"), (2, "two")], at=AT)
    await inbox.begun(ME, 1)
    await inbox.begun(ME, 1)
    assert [each.starts for each in await inbox.waiting(ME)] == [2, 0]


async def test_the_words_are_forgotten_once_answered(inbox: Inbox, database: Database) -> None:
    await inbox.keep(ME, [(1, "a reader's words")], at=AT)
    await inbox.done(ME, 1)
    async with database.read() as connection:
        assert (await connection.scalars(select(tables.inbox.c.payload))).all() == [""]


async def test_an_answer_is_known_by_its_question(inbox: Inbox) -> None:
    assert await inbox.answer(ME, "5", "9") == ()
    await inbox.sent(ME, "5", "9", ["10"], at=AT)
    await inbox.sent(ME, "5", "9", ["10", "11"], at=AT)
    assert await inbox.answer(ME, "5", "9") == ("10", "11")
    assert await inbox.answer(ME, "6", "9") == ()


async def test_old_things_are_forgotten_but_nothing_that_waits(inbox: Inbox) -> None:
    await inbox.keep(ME, [(1, "old"), (2, "waits")], at=AT)
    await inbox.done(ME, 1)
    await inbox.sent(ME, "5", "9", ["10"], at=AT)
    await inbox.prune(before=AT + timedelta(seconds=1))
    assert await inbox.answer(ME, "5", "9") == ()
    assert [each.id for each in await inbox.keep(ME, [(1, "again"), (2, "waits")], at=AT)] == [2, 1]


async def test_a_thousand_marks_at_once_share_transactions(inbox: Inbox) -> None:
    await inbox.keep(ME, [(number, "x") for number in range(1000)], at=AT)
    async with asyncio.timeout(5):
        await asyncio.gather(*(inbox.done(ME, number) for number in range(1000)))
    assert await inbox.waiting(ME) == []


async def test_a_mark_is_made_although_whoever_made_it_was_cancelled(inbox: Inbox) -> None:
    await inbox.keep(ME, [(1, "one"), (2, "two")], at=AT)
    task = asyncio.create_task(inbox.done(ME, 1))
    await asyncio.sleep(0)
    task.cancel()
    await inbox.done(ME, 2)
    assert await inbox.waiting(ME) == []


async def test_a_mark_that_cannot_be_made_is_an_error_for_each_and_the_next_is_made(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await inbox.keep(ME, [(1, "one"), (2, "two")], at=AT)
    with monkeypatch.context() as patch:
        patch.setattr(database, "write", lambda: 1 / 0)
        failed = await asyncio.gather(inbox.done(ME, 1), inbox.done(ME, 2), return_exceptions=True)
    assert [type(each) for each in failed] == [ZeroDivisionError] * 2
    await inbox.done(ME, 1)
    assert [each.id for each in await inbox.waiting(ME)] == [2]


async def test_nothing_to_keep_is_nothing(inbox: Inbox) -> None:
    assert await inbox.keep(ME, [], at=AT) == []


async def test_what_comes_together_is_kept_together_and_each_is_given_its_own(inbox: Inbox) -> None:
    await inbox.keep(ME, [(7, "seven")], at=AT)
    await inbox.done(ME, 7)
    kept = await asyncio.gather(
        *(
            inbox.keep(ME if number % 2 else "discord:1", [(number, str(number))], at=AT)
            for number in range(20)
        )
    )
    assert [[each.payload for each in some] for some in kept] == [
        [] if number == 7 else [str(number)] for number in range(20)
    ]
    await asyncio.gather(
        *(inbox.done(ME if number % 2 else "discord:1", number) for number in range(18)),
        *(inbox.sent(ME, "c", "q", [str(number)], at=AT) for number in range(3)),
        inbox.begun(ME, 19),
        inbox.begun(ME, 19),
    )
    assert [(each.id, each.starts) for each in await inbox.waiting(ME)] == [(19, 2)]
    assert [each.id for each in await inbox.waiting("discord:1")] == [18]
    assert await inbox.answer(ME, "c", "q") == ("2",)
