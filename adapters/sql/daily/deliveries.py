"""Deliveries on their way: `bot.daily.deliveries.DeliveryStore` in SQL.

Every change of state compares before it sets: it names the state, the owner, the epoch and the claim that it expects,
and a row that is different is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily import delivery_changes as changes
from adapters.sql.daily import enrolling, planning
from adapters.sql.daily.delivery_marks import BEAT, HOLD, raise_count, value_of
from adapters.sql.daily.delivery_rows import chat_values, deliveries, delivery_of, new_delivery
from adapters.sql.daily.delivery_tables import delivery, delivery_mark, lease
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.together import Together
from adapters.sql.upserting import insert_several
from bot.daily.deliveries import ALERT, Claimed, Delivery, Holder, Notice, Planned, State

_Change = Callable[[AsyncConnection], Coroutine[Any, Any, Any]]


class SqlDeliveryStore:
    """Implements `bot.daily.deliveries.DeliveryStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        # At full rate dozens of marks a second would each wait for the disk.
        self._changes = Together(self._change)

    async def notify(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Queue notices; how many are new."""
        rows = [
            new_delivery(
                kind=notice.kind,
                due_at=at,
                at=at,
                key=notice.key,
                **chat_values(notice.chat),
                person=await self._pseudonyms.person(notice.person) if notice.person else "",
                language=notice.language,
                subject=json.dumps(dict(notice.subject), ensure_ascii=False),
            )
            for notice in notices
        ]
        async with self._database.write() as connection:
            return await insert_several(connection, delivery, rows)

    async def plan(self, *, at: datetime, limit: int = 200) -> Planned:
        """Queue the digests of subscribers that are due; nothing while all is held."""
        if not await self._any(planning.due(at)):
            return Planned()
        async with self._database.write() as connection:
            if await value_of(connection, HOLD):
                return Planned()
            return await planning.plan(connection, at=at, limit=limit)

    async def claim(self, holder: Holder, *, at: datetime, until: datetime, limit: int) -> Claimed:
        """Take what is to be sent on the holder's platform, the longest due first."""
        queued = (
            select(delivery.c.id)
            .where(
                delivery.c.state == State.QUEUED.value,
                delivery.c.platform == holder.platform.value,
                delivery.c.due_at <= at,
                or_(delivery.c.not_before.is_(None), delivery.c.not_before <= at),
                _leads(holder, at),
                _free(),
            )
            .order_by(delivery.c.due_at, delivery.c.id)
            .limit(limit)
        )
        if not await self._any(queued):
            return Claimed()
        async with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                queued = queued.with_for_update(skip_locked=True)
            ids = (await connection.scalars(queued)).all()
            if not ids:
                return Claimed()
            await connection.execute(
                update(delivery)
                .where(delivery.c.id.in_(ids))
                .values(
                    state=State.CLAIMED.value,
                    owner=holder.owner,
                    epoch=holder.epoch,
                    fence=delivery.c.fence + 1,
                    lease_until=until,
                    changed_at=at,
                )
            )
            beat = await raise_count(connection, BEAT)
            found = deliveries().where(delivery.c.id.in_(ids)).order_by(delivery.c.due_at, delivery.c.id)
            return Claimed(tuple(delivery_of(row) for row in await connection.execute(found)), beat)

    async def arm(self, holder: Holder, delivery: Delivery, *, at: datetime) -> bool:
        """Claimed to sending, as the last thing before the wire; False: do not send."""
        mine = and_(_mine(holder, delivery, State.CLAIMED), _leads(holder, at), enrolling.WANTED, _free())

        async def change(connection: AsyncConnection) -> bool:
            return await changes.set_state(connection, mine, State.SENDING, at=at) == 1

        return bool(await self._changes.do(change))

    async def sent(self, delivery: Delivery, message_id: str, *, at: datetime) -> None:
        """Record that it was sent and, with it, move the enrolment on."""
        still_open = and_(_delivery.c.id == delivery.id, _delivery.c.state.in_((*_OPEN,)))

        async def change(connection: AsyncConnection) -> None:
            values = {"message_id": message_id, "last_error": "", **enrolling.FREE}
            if await changes.set_state(connection, still_open, State.SENT, at=at, **values):
                await changes.advance(connection, delivery.id)

        await self._changes.do(change)

    async def unsent(
        self,
        holder: Holder,
        delivery: Delivery,
        reason: str,
        *,
        counted: bool,
        retry_at: datetime,
        at: datetime,
    ) -> None:
        """Record that it certainly was not sent; queued again."""
        values = {
            "attempt": _delivery.c.attempt + int(counted),
            "not_before": retry_at,
            "last_error": reason,
            **enrolling.FREE,
        }
        mine = _mine(holder, delivery, State.SENDING, State.CLAIMED)
        await self._changes.do(
            lambda connection: changes.set_state(connection, mine, State.QUEUED, at=at, **values)
        )

    async def unknown(
        self,
        holder: Holder,
        delivery: Delivery,
        reason: str,
        *,
        resend: bool,
        retry_at: datetime,
        at: datetime,
    ) -> State:
        """Record that nobody knows: queued again the first time (`resend`), else unknown or held; which."""
        mine = _mine(holder, delivery, State.SENDING)

        async def change(connection: AsyncConnection) -> str:
            await changes.unknown(connection, mine, reason, resend=resend, retry_at=retry_at, at=at)
            found = await connection.scalar(select(_delivery.c.state).where(_delivery.c.id == delivery.id))
            return found or State.EXPIRED.value  # erased meanwhile

        return State(await self._changes.do(change))

    async def blocked(self, holder: Holder, delivery: Delivery, reason: str, *, at: datetime) -> None:
        """Record that the chat does not take our messages; its subscriber is blocked too, the place is kept."""
        mine = _mine(holder, delivery, State.SENDING, State.CLAIMED)

        async def change(connection: AsyncConnection) -> None:
            if await changes.set_state(
                connection, mine, State.BLOCKED, at=at, last_error=reason, **enrolling.FREE
            ):
                await changes.block(connection, delivery, reason, at=at)

        await self._changes.do(change)

    async def failed(self, holder: Holder, delivery: Delivery, reason: str, *, at: datetime) -> None:
        """Record that the platform does not accept this message."""
        mine = _mine(holder, delivery, State.SENDING, State.CLAIMED)
        values = {"last_error": reason, **enrolling.FREE}
        await self._changes.do(
            lambda connection: changes.set_state(connection, mine, State.FAILED, at=at, **values)
        )

    async def nothing(self, holder: Holder, delivery: Delivery, reason: str, *, at: datetime) -> None:
        """Record that there is nothing to say any more: claimed to expired."""
        mine = _mine(holder, delivery, State.CLAIMED)
        values = {"last_error": reason, **enrolling.FREE}
        await self._changes.do(
            lambda connection: changes.set_state(connection, mine, State.EXPIRED, at=at, **values)
        )

    async def unclaim(self, holder: Holder, deliveries: Sequence[Delivery], *, at: datetime) -> int:
        """Give claims back that were not armed; how many still were the holder's. What nobody wants is expired."""
        mine = [_mine(holder, each, State.CLAIMED) for each in deliveries]

        async def change(connection: AsyncConnection) -> int:
            changed = 0
            for its in mine:
                unwanted = and_(its, ~enrolling.WANTED)
                values = {"last_error": "not wanted any more", **enrolling.FREE}
                changed += await changes.set_state(connection, unwanted, State.EXPIRED, at=at, **values)
                changed += await changes.set_state(connection, its, State.QUEUED, at=at, **enrolling.FREE)
            return changed

        return int(await self._changes.do(change))

    async def recover(self, holder: Holder, *, busy: Collection[int] = (), resend: bool, at: datetime) -> int:
        """What earlier epochs left, or ours without being `busy` with it; how many."""
        left = and_(
            delivery.c.platform == holder.platform.value,
            or_(
                delivery.c.epoch != holder.epoch,
                delivery.c.owner != holder.owner,
                delivery.c.id.not_in(busy),
            ),
        )
        claimed = and_(left, delivery.c.state == State.CLAIMED.value)
        sending = and_(left, delivery.c.state == State.SENDING.value)
        async with self._database.write() as connection:
            found = await changes.set_state(connection, claimed, State.QUEUED, at=at, **enrolling.FREE)
            return found + await changes.unknown(
                connection, sending, "the process ended", resend=resend, retry_at=None, at=at
            )

    async def expire(self, *, before: datetime, at: datetime) -> int:
        """Expire what waits and was due before that time, forget whom older notices were for; how many expired."""
        late = and_(
            delivery.c.due_at < before, delivery.c.state.in_((State.QUEUED.value, State.UNKNOWN.value))
        )
        async with self._database.write() as connection:
            await changes.forget_notices(connection, before=before)
            return await changes.set_state(
                connection, late, State.EXPIRED, at=at, last_error="too late", **enrolling.FREE
            )

    async def _any(self, query: Select[Any]) -> bool:
        """Whether a query finds anything: each second nothing is due, and a look keeps nobody from writing."""
        async with self._database.read() as connection:
            return (await connection.execute(query.limit(1))).first() is not None

    async def _change(self, changes: Sequence[_Change]) -> list[Any]:
        async with self._database.write() as connection:
            return [await change(connection) for change in changes]


_delivery = delivery
_OPEN = (*enrolling.UNSENT, State.SENDING.value)


def _mine(holder: Holder, claimed: Delivery, *states: State) -> ColumnElement[bool]:
    """The delivery, as long as the holder's claim on it stands."""
    return and_(
        delivery.c.id == claimed.id,
        delivery.c.owner == holder.owner,
        delivery.c.epoch == holder.epoch,
        delivery.c.fence == claimed.fence,
        delivery.c.attempt == claimed.attempt,
        delivery.c.state.in_([state.value for state in states]),
    )


def _leads(holder: Holder, at: datetime) -> ColumnElement[bool]:
    return exists().where(
        lease.c.name == holder.platform.value,
        lease.c.owner == holder.owner,
        lease.c.epoch == holder.epoch,
        lease.c.until > at,
    )


def _free() -> ColumnElement[bool]:
    """A delivery that may be sent: any, or while all is held, what tells of that."""
    held = exists().where(delivery_mark.c.name == HOLD, delivery_mark.c.value != "")
    return or_(~held, delivery.c.kind == ALERT)
