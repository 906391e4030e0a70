"""Erasing what a person subscribed to, and what was or is to be sent to them."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily.delivery_tables import delivery, enrolment, lesson_read, subscriber


async def erase_subscriptions(connection: AsyncConnection, who: str) -> None:
    """Forget the subscriptions of a person (a keyed hash); a group's stays, without the one who made it."""
    theirs = select(subscriber.c.id).where(subscriber.c.person == who, subscriber.c.private)
    courses = select(enrolment.c.id).where(enrolment.c.subscriber_id.in_(theirs))
    to_them = (delivery.c.person == who) & delivery.c.private
    await connection.execute(delete(lesson_read).where(lesson_read.c.enrolment_id.in_(courses)))
    await connection.execute(delete(delivery).where(or_(to_them, delivery.c.subscriber_id.in_(theirs))))
    await connection.execute(delete(enrolment).where(enrolment.c.subscriber_id.in_(theirs)))
    await connection.execute(delete(subscriber).where(subscriber.c.person == who, subscriber.c.private))
    for table in (subscriber, delivery):
        await connection.execute(update(table).where(table.c.person == who).values(person=""))
