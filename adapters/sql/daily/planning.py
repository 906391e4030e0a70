"""Planning: which digests are due, each queued in the transaction that says when its subscriber is due next."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily import enrolling
from adapters.sql.daily.delivery_rows import chat_of, due_values, new_delivery, schedule_of
from adapters.sql.daily.delivery_tables import delivery, enrolment, subscriber
from adapters.sql.tables import course, lesson
from adapters.sql.upserting import insert_several
from bot.daily.deliveries import DIGEST, FINISHED, Delivery, Planned, State
from bot.daily.schedule import Due
from bot.daily.subscriptions import EnrolmentState, SubscriberState

logger = logging.getLogger("coursebot.deliveries")

_DAY = timedelta(days=1)


async def plan(connection: AsyncConnection, *, at: datetime, limit: int) -> Planned:
    """Queue the digests of up to `limit` subscribers that are due; see `bot.daily.deliveries.DeliveryStore.plan`."""
    query = due(at).limit(limit)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    rows = (await connection.execute(query)).all()
    if not rows:
        return Planned()
    days = {row.id: _days(row, at) for row in rows}
    today = {row.id: (row, found) for row in rows if (found := days[row.id][0])}
    places = (await connection.execute(_places(list(today)))).all()
    expired = await _expire_earlier(connection, [place.id for place in places], at=at)
    queued = await insert_several(
        connection,
        delivery,
        [_row(today, place, at) for place in places if place.next_lesson or place.position],
    )
    await _finish_or_go_on(connection, places)
    await connection.execute(
        update(subscriber)
        .where(subscriber.c.id == bindparam("number"))
        .values(
            state=SubscriberState.ACTIVE.value,
            paused_until=None,
            last_on=bindparam("last"),
            next_on=bindparam("next"),
            next_due_at=bindparam("next_at"),
        ),
        [_next(row, *days[row.id]) for row in rows],
    )
    return Planned(subscribers=len(rows), queued=queued, expired=expired)


NO_DELIVERY = 10**17
"""A number that no delivery has."""


async def preview(connection: AsyncConnection, *, at: datetime, limit: int) -> list[Delivery]:
    """What `plan` would queue; nothing is changed."""
    rows = (await connection.execute(due(at).limit(limit))).all()
    today = {row.id: (row, day) for row in rows if (day := _days(row, at)[0])}
    slugs = (course.c.slug.label("course"), lesson.c.slug.label("lesson"))
    places = (
        _places(list(today))
        .add_columns(*slugs)
        .join(course, course.c.id == enrolment.c.course_id)
        .outerjoin(lesson, lesson.c.id == enrolling.next_lesson())
    )
    previews: list[Delivery] = []
    for place in (await connection.execute(places)).all():
        if place.next_lesson is None and not place.position:
            continue
        who, its = today[place.subscriber_id]
        previews.append(
            Delivery(
                id=NO_DELIVERY,
                kind=DIGEST if place.next_lesson else FINISHED,
                chat=chat_of(who),
                language=who.language,
                subscriber=who.id,
                enrolment=place.id,
                course=place.course,
                lesson=place.lesson or "",
                on=its.day,
                due_at=its.at,
                state=State.QUEUED,
            )
        )
    return sorted(previews, key=lambda each: (each.due_at, each.subscriber or 0, each.enrolment or 0))


def due(at: datetime) -> Select[Any]:
    """Subscribers that are due, the longest first."""
    # While something is being sent to a subscriber, the next day waits: it may have to follow it.
    sending = exists().where(
        delivery.c.subscriber_id == subscriber.c.id, delivery.c.state == State.SENDING.value
    )
    states = (SubscriberState.ACTIVE.value, SubscriberState.PAUSED.value)
    return (
        select(subscriber)
        .where(subscriber.c.next_due_at <= at, subscriber.c.state.in_(states), ~sending)
        .order_by(subscriber.c.next_due_at, subscriber.c.id)
    )


def _days(row: Row[Any], at: datetime) -> tuple[Due | None, Due | None]:
    """The last day that is due, and the one after it."""
    try:
        schedule = schedule_of(row)
    except ValueError:
        # The operating system's time zones may have lost one; its subscriber waits until it is back.
        logger.warning("a time zone is not known any more", extra={"action": "zone-unknown"})
        return None, Due(row.next_on, at + _DAY)
    paused = row.paused_until - _DAY if row.paused_until else None
    after = max((day for day in (row.last_on, paused) if day), default=None)
    due = schedule.last(at, after=after)
    return due, schedule.next(at, after=due.day if due else after)


def _places(subscribers: Sequence[int]) -> Select[Any]:
    """Their enrolments that go on, each with its next lesson."""
    return select(enrolment, enrolling.next_lesson().label("next_lesson")).where(
        enrolment.c.subscriber_id.in_(subscribers), enrolment.c.state != EnrolmentState.LEFT.value
    )


async def _expire_earlier(connection: AsyncConnection, enrolments: Sequence[int], *, at: datetime) -> int:
    """What waits from an earlier day is not sent any more, but for what the operator holds."""
    states = [state for state in enrolling.UNSENT if state != State.HELD.value]
    changed = await connection.execute(
        update(delivery)
        .where(delivery.c.enrolment_id.in_(enrolments), delivery.c.state.in_(states))
        .values(state=State.EXPIRED.value, last_error="a later day is due", changed_at=at, **enrolling.FREE)
    )
    return changed.rowcount


def _row(today: dict[int, tuple[Row[Any], Due]], place: Row[Any], at: datetime) -> dict[str, Any]:
    """The day's digest, or in its place the word that the course has no more lessons."""
    who, day = today[place.subscriber_id]
    ended = place.next_lesson is None
    return new_delivery(
        kind=FINISHED if ended else DIGEST,
        key=f"finished:{place.id}:{place.round}:{place.position}" if ended else None,
        platform=who.platform,
        chat=who.chat,
        thread=who.thread,
        private=who.private,
        person=who.person,
        language=who.language,
        subscriber_id=who.id,
        enrolment_id=place.id,
        course_id=place.course_id,
        lesson_id=place.next_lesson,
        round=place.round,
        on_date=day.day,
        due_at=day.at,
        at=at,
    )


async def _finish_or_go_on(connection: AsyncConnection, places: Iterable[Row[Any]]) -> None:
    """An enrolment without a next lesson is finished; one whose course grew goes on."""
    changed: dict[EnrolmentState, list[int]] = defaultdict(list)
    for place in places:
        state = EnrolmentState.ACTIVE if place.next_lesson else EnrolmentState.FINISHED
        if place.state != state.value:
            changed[state].append(place.id)
    for state, ids in changed.items():
        await connection.execute(update(enrolment).where(enrolment.c.id.in_(ids)).values(state=state.value))


def _next(row: Row[Any], due: Due | None, following: Due | None) -> dict[str, Any]:
    values = due_values(following)
    return {
        "number": row.id,
        "last": due.day if due else row.last_on,
        "next": values["next_on"],
        "next_at": values["next_due_at"],
    }
