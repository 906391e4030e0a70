"""Changes of a delivery's state, within a transaction of the caller's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily import enrolling
from adapters.sql.daily.delivery_rows import due_values
from adapters.sql.daily.delivery_tables import delivery, subscriber
from bot.daily.deliveries import Delivery, State
from bot.daily.subscriptions import SubscriberState


async def set_state(
    connection: AsyncConnection, which: ColumnElement[bool], state: State, *, at: datetime, **values: Any
) -> int:
    """Set a state; of how many."""
    changed = await connection.execute(
        update(delivery).where(which).values(state=state.value, changed_at=at, **values)
    )
    return changed.rowcount


async def unknown(
    connection: AsyncConnection,
    which: ColumnElement[bool],
    reason: str,
    *,
    resend: bool,
    retry_at: datetime | None,
    at: datetime,
) -> int:
    """Nobody knows of these: the rule for it; how many."""
    ended = State.UNKNOWN.value if resend else State.HELD.value
    state = case((delivery.c.unknown_count == 0, State.QUEUED.value), else_=ended) if resend else ended
    changed = await connection.execute(
        update(delivery)
        .where(which)
        .values(
            state=state,
            unknown_count=delivery.c.unknown_count + 1,
            not_before=retry_at,
            last_error=reason,
            changed_at=at,
            **enrolling.FREE,
        )
    )
    return changed.rowcount


async def forget_notices(connection: AsyncConnection, *, before: datetime) -> None:
    """Of notices that ended before that time, forget whom they were for and what about."""
    ended = (State.SENT.value, State.EXPIRED.value, State.FAILED.value)
    which = and_(
        delivery.c.subscriber_id.is_(None),
        delivery.c.state.in_(ended),
        delivery.c.changed_at < before,
        delivery.c.chat != "",
    )
    await connection.execute(
        update(delivery).where(which).values(chat="", thread="", person="", subject="", message_id="")
    )


async def advance(connection: AsyncConnection, delivery_id: int) -> None:
    """What was sent moves its enrolment on."""
    columns = (delivery.c.enrolment_id, delivery.c.lesson_id, delivery.c.round)
    row = (await connection.execute(select(*columns).where(delivery.c.id == delivery_id))).one()
    if row.enrolment_id is not None and row.lesson_id is not None:
        await enrolling.advance(connection, row.enrolment_id, row.lesson_id, row.round)


async def block(connection: AsyncConnection, found: Delivery, reason: str, *, at: datetime) -> None:
    """The chat's subscriber is blocked, and with it all else that waits for the chat."""
    chat = found.chat
    its = and_(
        subscriber.c.platform == chat.platform.value,
        subscriber.c.chat == chat.id,
        subscriber.c.thread == chat.thread,
        subscriber.c.state != SubscriberState.GONE.value,
    )
    await connection.execute(
        update(subscriber).where(its).values(state=SubscriberState.BLOCKED.value, **due_values(None))
    )
    waiting = and_(
        delivery.c.platform == chat.platform.value,
        delivery.c.chat == chat.id,
        delivery.c.thread == chat.thread,
        delivery.c.state.in_(enrolling.UNSENT),
    )
    await set_state(connection, waiting, State.BLOCKED, at=at, last_error=reason, **enrolling.FREE)
