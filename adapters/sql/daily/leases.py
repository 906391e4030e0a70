"""Who may send on a platform: `bot.daily.deliveries.Leases` in SQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from adapters.sql.daily.delivery_tables import lease
from adapters.sql.database import Database
from adapters.sql.upserting import insert_missing
from bot.daily.deliveries import Holder
from bot.messages import Platform

_SKEW = timedelta(hours=1)
"""No two machines' clocks are further apart."""


class SqlLeases:
    """Implements `bot.daily.deliveries.Leases`; the times are the callers', no database's clock is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def acquire(
        self, platform: Platform, owner: str, *, at: datetime, until: datetime, takeover: bool = False
    ) -> Holder | None:
        """Take or renew the lease; None while another owner's has not run out."""
        name = platform.value
        async with self._database.write() as connection:
            free = {"name": name, "owner": "", "epoch": 0, "until": at}
            await insert_missing(connection, lease, [free])
            row = (
                await connection.execute(select(lease).where(lease.c.name == name).with_for_update())
            ).one()
            # One that ends much later than anybody's would was made while a clock was ahead; it would never end.
            valid = at < row.until < until + _SKEW
            if row.owner != owner and valid and not takeover:
                return None
            epoch = row.epoch if row.owner == owner else row.epoch + 1
            await connection.execute(
                update(lease).where(lease.c.name == name).values(owner=owner, epoch=epoch, until=until)
            )
        return Holder(platform, owner, epoch)

    async def release(self, holder: Holder, *, at: datetime) -> None:
        """Give the lease back at once."""
        mine = (
            (lease.c.name == holder.platform.value)
            & (lease.c.owner == holder.owner)
            & (lease.c.epoch == holder.epoch)
        )
        async with self._database.write() as connection:
            await connection.execute(update(lease).where(mine).values(until=at))
