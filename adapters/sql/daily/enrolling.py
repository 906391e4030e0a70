"""Where an enrolment is in its course, and what a change of that means for a digest that waits.

Functions on a connection whose transaction is the caller's, shared by the stores of subscriptions and deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily.delivery_tables import delivery, enrolment, subscriber
from adapters.sql.tables import lesson
from bot.daily.deliveries import State
from bot.daily.subscriptions import EnrolmentState, SubscriberState

UNSENT = tuple(each.value for each in (State.QUEUED, State.CLAIMED, State.UNKNOWN, State.HELD))
"""The states of an open delivery that nobody is sending."""

FREE: dict[str, Any] = {"owner": "", "epoch": 0, "lease_until": None}
"""Columns of a delivery that nobody has claimed."""


WANTED = or_(
    delivery.c.enrolment_id.is_(None),
    exists().where(
        enrolment.c.id == delivery.c.enrolment_id,
        enrolment.c.state != EnrolmentState.LEFT.value,
        subscriber.c.id == enrolment.c.subscriber_id,
        subscriber.c.state == SubscriberState.ACTIVE.value,
    ),
)
"""Condition on a delivery: a notice, or a digest whose subscriber wants it at the moment."""


def next_lesson() -> ScalarSelect[Any]:
    """Id of the lesson that comes next for an enrolment of the surrounding query, or NULL."""
    sent = (
        exists()
        .where(
            delivery.c.enrolment_id == enrolment.c.id,
            delivery.c.round == enrolment.c.round,
            delivery.c.lesson_id == lesson.c.id,
            delivery.c.state == State.SENT.value,
        )
        # Left alone it would see only the query next to it, and ask whether anybody was sent the lesson.
        .correlate(lesson, enrolment)
    )
    return (
        select(lesson.c.id)
        .where(
            lesson.c.course_id == enrolment.c.course_id,
            lesson.c.retired_at.is_(None),
            lesson.c.position >= enrolment.c.position,
            ~sent,
        )
        .order_by(lesson.c.position, lesson.c.id)
        .limit(1)
        .correlate(enrolment)
        .scalar_subquery()
    )


async def advance(connection: AsyncConnection, enrolment_id: int, lesson_id: int, round_: int) -> None:
    """A lesson was sent: the enrolment goes on behind it, unless it was moved or is further on."""
    behind = select(lesson.c.position + 1).where(lesson.c.id == lesson_id).scalar_subquery()
    await connection.execute(
        update(enrolment)
        .where(enrolment.c.id == enrolment_id, enrolment.c.round == round_, enrolment.c.position < behind)
        .values(position=behind)
    )


async def drop_unsent(
    connection: AsyncConnection, enrolment_ids: Sequence[int], why: str, *, at: datetime
) -> int:
    """Expire the open deliveries of enrolments that nobody is sending; how many."""
    changed = await connection.execute(
        update(delivery)
        .where(delivery.c.enrolment_id.in_(enrolment_ids), delivery.c.state.in_(UNSENT))
        .values(state=State.EXPIRED.value, last_error=why, changed_at=at, **FREE)
    )
    return changed.rowcount


async def move(connection: AsyncConnection, enrolment_id: int, position: int, *, at: datetime) -> None:
    """Go to another place; a digest that waits takes the lesson there, or is expired where there is none."""
    await connection.execute(
        update(enrolment)
        .where(enrolment.c.id == enrolment_id)
        .values(position=position, round=enrolment.c.round + 1, state=EnrolmentState.ACTIVE.value)
    )
    place = (
        await connection.execute(
            select(enrolment.c.round, next_lesson().label("lesson_id")).where(enrolment.c.id == enrolment_id)
        )
    ).one_or_none()
    if place is None:
        return
    if place.lesson_id is None:
        await drop_unsent(connection, [enrolment_id], "moved behind the last lesson", at=at)
        return
    await connection.execute(
        update(delivery)
        .where(delivery.c.enrolment_id == enrolment_id, delivery.c.state.in_(UNSENT))
        .values(
            lesson_id=place.lesson_id,
            round=place.round,
            state=State.QUEUED.value,
            attempt=0,
            unknown_count=0,
            # Whoever has composed the other lesson cannot send it any more.
            fence=delivery.c.fence + 1,
            not_before=None,
            last_error="",
            changed_at=at,
            **FREE,
        )
    )
