"""Taking today's digest before it is sent: its reader asked for it, so it counts as sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily import enrolling
from adapters.sql.daily.delivery_rows import deliveries, delivery_of, new_delivery
from adapters.sql.daily.delivery_tables import delivery, enrolment, subscriber
from bot.daily.deliveries import DIGEST, Delivery, State


async def take(connection: AsyncConnection, enrolment_id: int, *, on: date, at: datetime) -> Delivery | None:
    """The digest of that local date, counted as sent: the one there is, else a new one.

    None when the course has no more lessons, or when a digest is under way this moment.
    """
    place = (await connection.execute(_place(enrolment_id))).one_or_none()
    if place is None:
        return None
    its = (await connection.execute(_digests(place, on))).all()
    if any(row.state == State.SENDING.value for row in its):
        return None
    today = next((row for row in its if row.on_date == on), None)
    if today is not None and today.state == State.SENT.value:
        return await _read(connection, today.id)
    if today is not None and today.state in enrolling.UNSENT:
        lesson_id = today.lesson_id
    else:
        lesson_id = place.next_lesson
        # One that waits from an earlier day has this lesson too.
        await enrolling.drop_unsent(connection, [enrolment_id], "asked for", at=at)
    if lesson_id is None:
        return None
    number = await _sent(connection, place, today.id if today else None, lesson_id, on=on, at=at)
    await enrolling.advance(connection, enrolment_id, lesson_id, place.round)
    return await _read(connection, number)


def _place(enrolment_id: int) -> Any:
    columns = (
        enrolment.c.id.label("enrolment_id"),
        enrolment.c.subscriber_id,
        enrolment.c.course_id,
        enrolment.c.round,
        subscriber.c.platform,
        subscriber.c.chat,
        subscriber.c.thread,
        subscriber.c.private,
        subscriber.c.person,
        subscriber.c.language,
        enrolling.next_lesson().label("next_lesson"),
    )
    return select(*columns).select_from(enrolment).join(subscriber).where(enrolment.c.id == enrolment_id)


def _digests(place: Row[Any], on: date) -> Any:
    """The digest of that day, and what is open from another one."""
    return select(delivery.c.id, delivery.c.state, delivery.c.lesson_id, delivery.c.on_date).where(
        delivery.c.enrolment_id == place.enrolment_id,
        delivery.c.kind == DIGEST,
        (delivery.c.on_date == on) | delivery.c.state.in_((*enrolling.UNSENT, State.SENDING.value)),
    )


async def _sent(
    connection: AsyncConnection,
    place: Row[Any],
    number: int | None,
    lesson_id: int,
    *,
    on: date,
    at: datetime,
) -> int:
    """Write it as sent, over the one of that day if there is one; its number."""
    values = {"lesson_id": lesson_id, "round": place.round, "state": State.SENT.value}
    if number is not None:
        await connection.execute(
            update(delivery)
            .where(delivery.c.id == number)
            .values(**values, last_error="", changed_at=at, **enrolling.FREE)
        )
        return number
    row = new_delivery(
        kind=DIGEST,
        due_at=at,
        at=at,
        platform=place.platform,
        chat=place.chat,
        thread=place.thread,
        private=place.private,
        person=place.person,
        language=place.language,
        subscriber_id=place.subscriber_id,
        enrolment_id=place.enrolment_id,
        course_id=place.course_id,
        on_date=on,
        **values,
    )
    made: int = (await connection.execute(insert(delivery).values(row).returning(delivery.c.id))).scalar_one()
    return made


async def _read(connection: AsyncConnection, number: int) -> Delivery:
    return delivery_of((await connection.execute(deliveries().where(delivery.c.id == number))).one())
