"""Rows of subscribers and deliveries as the values that `bot` knows, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from adapters.sql.daily.delivery_tables import delivery, enrolment
from adapters.sql.tables import course, lesson
from bot.daily.deliveries import Delivery, State
from bot.daily.schedule import Due, Schedule, weekdays_of, weekdays_text
from bot.daily.subscriptions import Enrolment, EnrolmentState, Subscriber, SubscriberState
from bot.messages import Chat, Platform


def chat_values(chat: Chat) -> dict[str, Any]:
    """A chat as columns."""
    return {
        "platform": chat.platform.value,
        "chat": chat.id,
        "thread": chat.thread,
        "private": chat.private,
    }


def chat_of(row: Any) -> Chat:
    """The chat of a row that has these columns."""
    return Chat(platform=Platform(row.platform), id=row.chat, thread=row.thread, private=row.private)


def deliveries() -> Select[Any]:
    """Deliveries with the slugs of their course and lesson."""
    return (
        select(delivery, course.c.slug.label("course"), lesson.c.slug.label("lesson"))
        .select_from(delivery)
        .outerjoin(course, course.c.id == delivery.c.course_id)
        .outerjoin(lesson, lesson.c.id == delivery.c.lesson_id)
    )


def delivery_of(row: Row[Any]) -> Delivery:
    """A row of `deliveries()`."""
    return Delivery(
        id=row.id,
        kind=row.kind,
        chat=chat_of(row),
        language=row.language,
        subject=json.loads(row.subject or "{}"),
        subscriber=row.subscriber_id,
        enrolment=row.enrolment_id,
        course=row.course or "",
        lesson=row.lesson or "",
        on=row.on_date,
        due_at=row.due_at,
        state=State(row.state),
        attempt=row.attempt,
        unknown_count=row.unknown_count,
        fence=row.fence,
        not_before=row.not_before,
        message_id=row.message_id,
        last_error=row.last_error,
    )


def new_delivery(*, kind: str, due_at: datetime, at: datetime, **values: Any) -> dict[str, Any]:
    """A queued delivery as columns; the address is among `values`."""
    empty = {
        "key": None,
        "person": "",
        "subject": "",
        "subscriber_id": None,
        "enrolment_id": None,
        "course_id": None,
        "lesson_id": None,
        "round": 0,
        "on_date": None,
        "state": State.QUEUED.value,
        "not_before": None,
        "attempt": 0,
        "unknown_count": 0,
        "fence": 0,
        "owner": "",
        "epoch": 0,
        "lease_until": None,
        "message_id": "",
        "last_error": "",
    }
    return empty | {"kind": kind, "due_at": due_at, "changed_at": at} | values


def enrolments() -> Select[Any]:
    """Enrolments with the slug of their course, in the order they were begun."""
    return select(enrolment, course.c.slug.label("course")).join(course).order_by(enrolment.c.id)


def enrolment_of(row: Row[Any]) -> Enrolment:
    """A row of `enrolments()`."""
    return Enrolment(
        id=row.id,
        course=row.course,
        position=row.position,
        round=row.round,
        state=EnrolmentState(row.state),
        started_at=row.started_at,
    )


def schedule_values(schedule: Schedule) -> dict[str, Any]:
    """A schedule as columns."""
    return {
        "zone": schedule.zone,
        "local_time": schedule.at,
        "weekdays": weekdays_text(schedule.weekdays),
    }


def schedule_of(row: Any) -> Schedule:
    """The schedule of a subscriber's row."""
    return Schedule(at=row.local_time, zone=row.zone, weekdays=weekdays_of(row.weekdays))


def due_values(due: Due | None) -> dict[str, Any]:
    """What is due next, as columns."""
    return {"next_on": due.day if due else None, "next_due_at": due.at if due else None}


def subscriber_of(row: Row[Any], rows: Iterable[Row[Any]]) -> Subscriber:
    """A row of the subscriber's, and those of `enrolments()` that are its own."""
    return Subscriber(
        id=row.id,
        chat=chat_of(row),
        language=row.language,
        schedule=schedule_of(row),
        state=SubscriberState(row.state),
        paused_until=row.paused_until,
        last_on=row.last_on,
        next=Due(row.next_on, row.next_due_at) if row.next_due_at else None,
        enrolments=tuple(enrolment_of(each) for each in rows),
    )
