"""What was answered since a reader's last digest, for `adapters.sql.daily.digests`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily.delivery_tables import delivery, enrolment, subscriber
from adapters.sql.fingerprints import wording_key
from adapters.sql.reader_tables import question
from adapters.sql.said import comment_entries, comments, seed_entries, seeds
from adapters.sql.tables import comment, lesson, seed
from adapters.sql.team.case_tables import case_reader, reader_case
from adapters.sql.team.rulings import read_rulings
from bot.daily.deliveries import DIGEST, State
from bot.daily.digests import News
from knowledge.entry import Entry

_ANSWERED_AT_MOST = 500
"""Answers of a course since a digest that are looked through, the newest first."""
_ASKED_WITHIN = timedelta(days=180)
"""How old a reader's question may be that is told to be answered; the log keeps them no longer."""


async def read_news(connection: AsyncConnection, number: int) -> list[News]:
    """What was answered since the digest before the delivery of that number; see `bot.daily.digests.DigestSource`."""
    reading = (await connection.execute(_reading(number))).one_or_none()
    if reading is None:
        return []
    first = reading.previous is None
    since = reading.started_at if first else reading.previous
    answered = await _answered(connection, reading.course_id, since)
    if not answered:
        return []
    asked = await _asked(connection, reading.person, since) if reading.private else _Asked()
    sent = await _sent(connection, reading.enrolment_id, number)
    own = [entry for entry, _ in answered if asked.has(entry)]
    others = [entry for entry, lesson_id in answered if lesson_id in sent and entry not in own]
    return [News(entry=each, own=True) for each in own] + [
        News(entry=each) for each in ([] if first else others)
    ]


def _reading(number: int) -> Select[Any]:
    """Whose digest that is, in which course, and when the one before it was due."""
    earlier = delivery.alias()
    previous = (
        select(func.max(earlier.c.due_at))
        .where(
            earlier.c.enrolment_id == delivery.c.enrolment_id,
            earlier.c.kind == DIGEST,
            earlier.c.state == State.SENT.value,
            earlier.c.due_at < delivery.c.due_at,
        )
        .scalar_subquery()
    )
    return (
        select(
            enrolment.c.id.label("enrolment_id"),
            enrolment.c.course_id,
            enrolment.c.started_at,
            subscriber.c.person,
            subscriber.c.private,
            previous.label("previous"),
        )
        .select_from(delivery)
        .join(enrolment, enrolment.c.id == delivery.c.enrolment_id)
        .join(subscriber, subscriber.c.id == enrolment.c.subscriber_id)
        .where(delivery.c.id == number)
    )


async def _answered(
    connection: AsyncConnection, course_id: int, since: datetime
) -> list[tuple[Entry, int | None]]:
    """What was answered in a course after that time, with the id of its lesson, the newest first."""
    replied = await connection.execute(
        comments()
        .where(lesson.c.course_id == course_id, or_(seed.c.created_at > since, comment.c.answered_at > since))
        .limit(_ANSWERED_AT_MOST)
    )
    told = await connection.execute(
        seeds()
        .where(seed.c.course_id == course_id, seed.c.created_at > since)
        .order_by(seed.c.id.desc())
        .limit(_ANSWERED_AT_MOST)
    )
    replies, answers = replied.all(), told.all()
    if not (replies or answers):
        return []
    rulings = await read_rulings(connection, course_id)
    found = [(row.since, entry, row.lesson_id) for row, entry in comment_entries(replies, rulings)]
    found += [(row.created_at, entry, row.lesson_id) for row, entry in seed_entries(answers, rulings)]
    found.sort(key=lambda each: each[0], reverse=True)
    return [(entry, lesson_id) for _, entry, lesson_id in found]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a person asked: by the keys of the wordings, and by the entries that answered it in a case."""

    wordings: frozenset[str] = frozenset()
    refs: frozenset[str] = frozenset()

    def has(self, entry: Entry) -> bool:
        return entry.ref in self.refs or wording_key(entry.text) in self.wordings


async def _asked(connection: AsyncConnection, person: str, since: datetime) -> _Asked:
    """What a person (a keyed hash) asked the bot, or waits to be answered by the team."""
    logged = await connection.scalars(
        select(question.c.text).where(question.c.asker == person, question.c.at > since - _ASKED_WITHIN)
    )
    cases = await connection.execute(
        select(case_reader.c.question, reader_case.c.entry)
        .join(reader_case, reader_case.c.id == case_reader.c.case_id)
        .where(case_reader.c.person == person)
    )
    texts, refs = set(logged), set[str]()
    for text, entry in cases:
        texts.add(text)
        refs.add(entry)
    return _Asked(frozenset(map(wording_key, texts)), frozenset(refs - {""}))


async def _sent(connection: AsyncConnection, enrolment_id: int, before: int) -> Collection[int]:
    """Ids of the lessons that were sent for an enrolment, but for that of one delivery."""
    return frozenset(
        await connection.scalars(
            select(delivery.c.lesson_id).where(
                delivery.c.enrolment_id == enrolment_id,
                delivery.c.state == State.SENT.value,
                delivery.c.id != before,
            )
        )
    )
