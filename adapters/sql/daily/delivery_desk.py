"""What an operator sees of the deliveries, and decides: `bot.daily.delivery_desk.DeliveryDesk` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily import enrolling
from adapters.sql.daily.delivery_marks import ALARM, BEAT, HOLD, raise_count, set_value, value_of
from adapters.sql.daily.delivery_rows import deliveries, delivery_of
from adapters.sql.daily.delivery_tables import delivery, delivery_mark, lease
from adapters.sql.database import Database
from adapters.sql.reader_tables import secret
from bot.daily.deliveries import Delivery, Holder, State
from bot.daily.delivery_desk import Overview
from bot.messages import Platform

_UNSURE = (State.UNKNOWN, State.HELD)
_ENDED_BADLY = (*_UNSURE, State.BLOCKED, State.FAILED, State.EXPIRED)


class SqlDeliveryDesk:
    """Implements `bot.daily.delivery_desk.DeliveryDesk`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def overview(self) -> Overview:
        """The deliveries at a glance."""
        states = select(delivery.c.state, func.count()).group_by(delivery.c.state)
        async with self._database.read() as connection:
            counts = {State(row[0]): row[1] for row in await connection.execute(states)}
            leases = (await connection.execute(select(lease).order_by(lease.c.name))).all()
            marks = (await connection.execute(select(delivery_mark))).all()
        values = {row.name: row.value for row in marks}
        return Overview(
            counts=counts,
            hold=values.get(HOLD, ""),
            senders=[(Holder(Platform(row.name), row.owner, row.epoch), row.until) for row in leases],
            alarms={
                name.removeprefix(ALARM): datetime.fromisoformat(value)
                for name, value in sorted(values.items())
                if name.startswith(ALARM)
            },
        )

    async def deliveries(self, states: Sequence[State] = (), *, limit: int = 50) -> list[Delivery]:
        """Deliveries in these states (none: every one), the latest first."""
        query = deliveries().order_by(delivery.c.id.desc()).limit(limit)
        if states:
            query = query.where(delivery.c.state.in_([state.value for state in states]))
        async with self._database.read() as connection:
            return [delivery_of(row) for row in await connection.execute(query)]

    async def retry(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Queue again what is unknown, held, blocked, failed or expired; which of them it was possible for."""
        again = {"attempt": 0, "unknown_count": 0, "not_before": None}
        return await self._each(ids, _ENDED_BADLY, State.QUEUED, enrolling.WANTED, at=at, **again)

    async def hold(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Hold what is queued or claimed; which of them it was possible for."""
        return await self._each(ids, (State.QUEUED, State.CLAIMED, State.UNKNOWN), State.HELD, at=at)

    async def release(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Queue what is held; which of them it was possible for."""
        return await self._each(ids, (State.HELD,), State.QUEUED, at=at, not_before=None)

    async def settle(self, ids: Sequence[int], *, at: datetime) -> list[int]:
        """Count what is unknown or held as sent, and go on behind it; which of them it was possible for."""
        return await self._each(ids, _UNSURE, State.SENT, at=at)

    async def hold_all(self, reason: str) -> None:
        """Send nothing at all until `release_all`; an earlier reason stays."""
        async with self._database.write() as connection:
            if not await value_of(connection, HOLD):
                await set_value(connection, HOLD, reason)

    async def release_all(self, *, beat: int = 0) -> str:
        """Send again; the reason why nothing was sent, or empty."""
        async with self._database.write() as connection:
            reason = await value_of(connection, HOLD)
            await set_value(connection, HOLD, "")
            await raise_count(connection, BEAT, least=beat)
            return reason

    async def holding(self) -> str:
        """Why nothing is sent at all, or empty."""
        async with self._database.read() as connection:
            return await value_of(connection, HOLD)

    async def beat(self) -> tuple[str, int]:
        """Name of the database, and how often anything was claimed in it."""
        async with self._database.read() as connection:
            key = await connection.scalar(select(secret.c.value).where(secret.c.name == "pseudonyms"))
            count = int(await value_of(connection, BEAT) or 0)
        # Every database has a key of its own; the key itself is nobody's business.
        return blake2b((key or "").encode(), digest_size=6).hexdigest(), count

    async def alarm(self, name: str, *, at: datetime) -> None:
        """Keep when an alarm was raised."""
        async with self._database.write() as connection:
            await set_value(connection, f"{ALARM}{name}", at.isoformat())

    async def _each(
        self,
        ids: Sequence[int],
        of: Sequence[State],
        to: State,
        condition: ColumnElement[bool] | None = None,
        *,
        at: datetime,
        **values: Any,
    ) -> list[int]:
        """Bring each from one of these states to another, where the constraints allow it; which."""
        changed = []
        async with self._database.write() as connection:
            for number in ids:
                which = (delivery.c.id == number) & delivery.c.state.in_([state.value for state in of])
                if condition is not None:
                    which &= condition
                if await _change(connection, which, to, at=at, **values):
                    changed.append(number)
        return changed


async def _change(
    connection: AsyncConnection, which: ColumnElement[bool], to: State, *, at: datetime, **values: Any
) -> bool:
    # A claim of before is worth nothing afterwards.
    values |= {"fence": delivery.c.fence + 1, "changed_at": at, **enrolling.FREE}
    statement = update(delivery).where(which).values(state=to.value, **values)
    columns = (delivery.c.enrolment_id, delivery.c.lesson_id, delivery.c.round)
    try:
        async with connection.begin_nested():
            row = (await connection.execute(statement.returning(*columns))).one_or_none()
    except IntegrityError:  # another digest of the enrolment is open, or that lesson was sent meanwhile
        return False
    if row is None:
        return False
    if to is State.SENT and row.enrolment_id is not None and row.lesson_id is not None:
        await enrolling.advance(connection, row.enrolment_id, row.lesson_id, row.round)
    return True
