"""A chat got another id: its subscribers and what waits to be sent go with it."""

from __future__ import annotations

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily.delivery_rows import due_values
from adapters.sql.daily.delivery_tables import delivery, subscriber
from adapters.sql.daily.enrolling import FREE, UNSENT
from bot.daily.deliveries import State
from bot.daily.subscriptions import SubscriberState
from bot.messages import Platform


async def move_subscribers(connection: AsyncConnection, platform: Platform, old: str, new: str) -> None:
    """Give subscribers and open deliveries of chat `old` the id `new`.

    A topic that is subscribed under the new id already stays so; its old subscription ends.
    """
    columns = subscriber.c
    of_old = and_(columns.platform == platform.value, columns.chat == old)
    taken = select(columns.thread).where(columns.platform == platform.value, columns.chat == new)
    threads = (await connection.scalars(taken)).all()
    doubled = select(columns.id).where(of_old, columns.thread.in_(threads))
    await connection.execute(
        update(delivery)
        .where(delivery.c.subscriber_id.in_(doubled), delivery.c.state.in_(UNSENT))
        .values(state=State.EXPIRED.value, last_error="the chat moved", **FREE)
    )
    await connection.execute(
        update(subscriber)
        .where(columns.id.in_(doubled))
        .values(state=SubscriberState.GONE.value, **due_values(None))
    )
    await connection.execute(
        update(subscriber).where(of_old, columns.thread.not_in(threads)).values(chat=new)
    )
    await connection.execute(
        update(delivery)
        .where(
            delivery.c.platform == platform.value,
            delivery.c.chat == old,
            delivery.c.state.in_((*UNSENT, State.SENDING.value)),
        )
        .values(chat=new)
    )
