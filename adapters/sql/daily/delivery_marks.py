"""The engine's own memory, a few values by name: why it holds, how often it claimed, when it raised an alarm."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.daily.delivery_tables import delivery_mark
from adapters.sql.upserting import upsert

HOLD, BEAT, ALARM = "hold", "beat", "alarm:"
"""Why nothing is sent; how often anything was claimed; the beginning of an alarm's name."""


async def value_of(connection: AsyncConnection, name: str) -> str:
    """A value, or empty."""
    found = await connection.scalar(select(delivery_mark.c.value).where(delivery_mark.c.name == name))
    return found or ""


async def set_value(connection: AsyncConnection, name: str, value: str) -> None:
    """Keep a value."""
    await upsert(connection, delivery_mark, [{"name": name, "value": value}], key=["name"])


async def raise_count(connection: AsyncConnection, name: str, *, least: int = 0) -> int:
    """Raise a number by one, to `least` at least; the new number."""
    query = select(delivery_mark.c.value).where(delivery_mark.c.name == name).with_for_update()
    found = await connection.scalar(query)
    count = max(int(found or 0) + 1, least)
    await set_value(connection, name, str(count))
    return count
