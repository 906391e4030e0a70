"""Subscribers and their courses: `bot.daily.subscriptions.SubscriptionStore` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily import enrolling, planning
from adapters.sql.daily.delivery_rows import (
    chat_values,
    deliveries,
    delivery_of,
    due_values,
    enrolment_of,
    enrolments,
    schedule_of,
    schedule_values,
    subscriber_of,
)
from adapters.sql.daily.delivery_tables import delivery, enrolment, lesson_read, subscriber
from adapters.sql.daily.taking import take
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.tables import course, lesson
from adapters.sql.together import Together
from adapters.sql.upserting import insert_new, upsert
from bot.daily.deliveries import DIGEST, Delivery, State
from bot.daily.schedule import Schedule
from bot.daily.subscriptions import (
    Enrolment,
    EnrolmentState,
    LessonRead,
    Reading,
    Subscriber,
    SubscriberState,
)
from bot.messages import Chat, Person
from knowledge.errors import CoursebotError


class SqlSubscriptionStore:
    """Implements `bot.daily.subscriptions.SubscriptionStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._looking = Together(self._blocked)

    async def of(self, chat: Chat) -> Subscriber | None:
        """The subscriber of that chat and thread, whatever its state."""
        async with self._database.read() as connection:
            return await _read(connection, _of(chat))

    async def get(self, subscriber: int) -> Subscriber | None:
        """The subscriber of that number."""
        async with self._database.read() as connection:
            return await _read(connection, _subscriber.c.id == subscriber)

    async def delivery(self, number: int, *, chat: Chat) -> Delivery | None:
        """The delivery of that number, if it went to that chat."""
        where = and_(
            delivery.c.id == number,
            delivery.c.platform == chat.platform.value,
            delivery.c.chat == chat.id,
            delivery.c.thread == chat.thread,
        )
        async with self._database.read() as connection:
            row = (await connection.execute(deliveries().where(where))).one_or_none()
        return delivery_of(row) if row else None

    async def subscribe(
        self, chat: Chat, *, person: Person, language: str, schedule: Schedule, at: datetime
    ) -> Subscriber:
        """Make the chat a subscriber, or give the one there is another schedule; active in any case."""
        who = await self._pseudonyms.person(person)
        async with self._database.write() as connection:
            found = (await connection.execute(select(subscriber).where(_of(chat)))).one_or_none()
            last_on = found.last_on if found else None
            row = {
                **chat_values(chat),
                "person": who,
                "language": language,
                **schedule_values(schedule),
                "state": SubscriberState.ACTIVE.value,
                "paused_until": None,
                "last_on": last_on,
                **due_values(schedule.next(at, after=last_on)),
                "created_at": found.created_at if found else at,
            }
            await upsert(connection, subscriber, [row], key=["platform", "chat", "thread"])
            made = await _read(connection, _of(chat))
        if made is None:
            raise RuntimeError("what was written is not there")
        return made

    async def enrol(self, subscriber: int, course: str, *, at: datetime) -> Enrolment:
        """Begin a course, or go on with one that was left or finished, where it was."""
        async with self._database.write() as connection:
            course_id = await connection.scalar(select(_course.c.id).where(_course.c.slug == course))
            if course_id is None:
                raise CoursebotError("course-unknown", course=course)
            row = {
                "subscriber_id": subscriber,
                "course_id": course_id,
                "position": 0,
                "round": 0,
                "state": EnrolmentState.ACTIVE.value,
                "started_at": at,
            }
            its = and_(enrolment.c.subscriber_id == subscriber, enrolment.c.course_id == course_id)
            if not await insert_new(connection, enrolment, row):
                active = EnrolmentState.ACTIVE.value
                await connection.execute(update(enrolment).where(its).values(state=active))
            return enrolment_of((await connection.execute(enrolments().where(its))).one())

    async def leave(self, enrolment: int, *, at: datetime) -> None:
        """Leave a course; whoever leaves the last one is gone. What is not under way is not sent."""
        left = EnrolmentState.LEFT.value
        async with self._database.write() as connection:
            await connection.execute(
                update(_enrolment).where(_enrolment.c.id == enrolment).values(state=left)
            )
            await enrolling.drop_unsent(connection, [enrolment], "unsubscribed", at=at)
            its = select(_enrolment.c.subscriber_id).where(_enrolment.c.id == enrolment).scalar_subquery()
            others = exists().where(_enrolment.c.subscriber_id == subscriber.c.id, _enrolment.c.state != left)
            await connection.execute(
                update(subscriber)
                .where(subscriber.c.id == its, ~others)
                .values(state=SubscriberState.GONE.value, paused_until=None, **due_values(None))
            )

    async def move(self, enrolment: int, position: int, *, at: datetime) -> None:
        """Go to another place; a digest that waits to be sent takes the lesson there, one under way stays."""
        async with self._database.write() as connection:
            await enrolling.move(connection, enrolment, position, at=at)

    async def pause(self, subscriber: int, *, until: date | None, at: datetime) -> None:
        """Send nothing for the local dates before `until` (None: until resumed)."""
        async with self._database.write() as connection:
            row = await _one(connection, subscriber)
            if row is None:
                return
            after = [day for day in (row.last_on, until - timedelta(days=1) if until else None) if day]
            due = schedule_of(row).next(at, after=max(after, default=None)) if until else None
            await _set(
                connection, row, state=SubscriberState.PAUSED.value, paused_until=until, **due_values(due)
            )
            ids = await connection.scalars(
                select(enrolment.c.id).where(enrolment.c.subscriber_id == subscriber)
            )
            await enrolling.drop_unsent(connection, ids.all(), "paused", at=at)

    async def resume(self, subscriber: int, *, at: datetime) -> None:
        """End a pause or a block."""
        async with self._database.write() as connection:
            row = await _one(connection, subscriber)
            if row is not None and row.state != SubscriberState.GONE.value:
                await _resume(connection, row, at)

    async def speak(self, chat: Chat, language: str) -> None:
        """Send in that language from now on, if the chat subscribes to anything."""
        async with self._database.write() as connection:
            await connection.execute(update(subscriber).where(_of(chat)).values(language=language))

    async def returned(self, chat: Chat, *, at: datetime) -> bool:
        """Somebody spoke in the chat: a blocked subscriber is active again, and blocked notices are sent."""
        if not await self._looking.do(chat):
            return False
        async with self._database.write() as connection:
            rows = await connection.execute(select(subscriber).where(_blocked_subscriber([chat])))
            for row in rows.all():
                await _resume(connection, row, at)
            await connection.execute(
                update(delivery)
                .where(_blocked_notice([chat]))
                .values(state=State.QUEUED.value, not_before=None, changed_at=at, **enrolling.FREE)
            )
        return True

    async def _blocked(self, chats: Sequence[Chat]) -> list[bool]:
        """In which of the chats anything is blocked."""
        async with self._database.read() as connection:
            found: set[tuple[str, str]] = set()
            for table, where in ((subscriber, _blocked_subscriber), (delivery, _blocked_notice)):
                query = select(table.c.platform, table.c.chat).where(where(chats))
                found |= {(row.platform, row.chat) for row in await connection.execute(query)}
        return [(chat.platform.value, chat.id) in found for chat in chats]

    async def take(self, enrolment: int, *, on: date, at: datetime) -> Delivery | None:
        """The digest of that local date, counted as sent; see the port."""
        async with self._database.write() as connection:
            return await take(connection, enrolment, on=on, at=at)

    async def due(self, *, at: datetime, limit: int = 100) -> list[Delivery]:
        """What would be planned at that time, the longest due first; nothing is, so its ids name nothing."""
        async with self._database.read() as connection:
            return await planning.preview(connection, at=at, limit=limit)

    async def mark(self, delivery: int, reading: Reading, *, on: date, at: datetime) -> bool:
        """Note that the lesson of a digest was read or skipped; False when it was noted before."""
        its = select(_delivery.c.enrolment_id, _delivery.c.lesson_id).where(_delivery.c.id == delivery)
        async with self._database.write() as connection:
            row = (await connection.execute(its)).one_or_none()
            if row is None or row.enrolment_id is None or row.lesson_id is None:
                return False
            values = {
                "enrolment_id": row.enrolment_id,
                "lesson_id": row.lesson_id,
                "reading": reading.value,
                "on_date": on,
                "at": at,
            }
            return await insert_new(connection, lesson_read, values)

    async def read(self, enrolment: int) -> list[LessonRead]:
        """The lessons its reader is through with, the earliest first."""
        query = (
            select(lesson_read, lesson.c.slug.label("lesson"))
            .join(lesson)
            .where(lesson_read.c.enrolment_id == enrolment)
            .order_by(lesson_read.c.at, lesson_read.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            LessonRead(lesson=row.lesson, reading=Reading(row.reading), on=row.on_date, at=row.at)
            for row in rows
        ]

    async def sent_on(self, subscriber: int) -> list[date]:
        """The local dates on which a lesson was sent, of any course, the earliest first."""
        columns = _delivery.c
        query = (
            select(columns.on_date)
            .where(
                columns.subscriber_id == subscriber,
                columns.kind == DIGEST,
                columns.state == State.SENT.value,
            )
            .distinct()
            .order_by(columns.on_date)
        )
        async with self._database.read() as connection:
            return [day for day in await connection.scalars(query) if day]


_subscriber, _enrolment, _course, _delivery = subscriber, enrolment, course, delivery


def _of(chat: Chat) -> Any:
    return and_(
        subscriber.c.platform == chat.platform.value,
        subscriber.c.chat == chat.id,
        subscriber.c.thread == chat.thread,
    )


def _at(table: Any, chats: Sequence[Chat]) -> Any:
    """Rows of any thread of the chats."""
    platforms = {chat.platform for chat in chats}
    return or_(
        *(
            and_(
                table.c.platform == platform.value,
                table.c.chat.in_({chat.id for chat in chats if chat.platform is platform}),
            )
            for platform in platforms
        )
    )


def _blocked_subscriber(chats: Sequence[Chat]) -> Any:
    return and_(_at(subscriber, chats), subscriber.c.state == SubscriberState.BLOCKED.value)


def _blocked_notice(chats: Sequence[Chat]) -> Any:
    return and_(_at(delivery, chats), delivery.c.state == State.BLOCKED.value, delivery.c.kind != DIGEST)


async def _read(connection: AsyncConnection, where: Any) -> Subscriber | None:
    row = (await connection.execute(select(subscriber).where(where))).one_or_none()
    if row is None:
        return None
    rows = await connection.execute(enrolments().where(enrolment.c.subscriber_id == row.id))
    return subscriber_of(row, rows.all())


async def _one(connection: AsyncConnection, id_: int) -> Row[Any] | None:
    return (await connection.execute(select(subscriber).where(subscriber.c.id == id_))).one_or_none()


async def _set(connection: AsyncConnection, row: Row[Any], **values: Any) -> None:
    await connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(**values))


async def _resume(connection: AsyncConnection, row: Row[Any], at: datetime) -> None:
    due = schedule_of(row).next(at, after=row.last_on)
    await _set(connection, row, state=SubscriberState.ACTIVE.value, paused_until=None, **due_values(due))
