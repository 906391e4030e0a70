"""Which words a delivery has: each kind is composed by the part of the bot that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from bot.daily.deliveries import Compose, Delivery
from bot.replies import Reply


def by_kind(composers: Mapping[str, Compose]) -> Compose:
    """Compose each delivery with what is there for its kind; a kind that nobody knows any more says nothing."""

    async def compose(delivery: Delivery) -> Reply | None:
        composer = composers.get(delivery.kind)
        return await composer(delivery) if composer else None

    return compose
