"""A sign that an answer is being looked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import discord

_AFTER = 0.8
"""Seconds before the sign is shown; most answers are there by then, and each sign is a request."""
_AT_MOST = 60.0


@asynccontextmanager
async def typing(channel: discord.abc.Messageable | None) -> AsyncIterator[None]:
    """Show "is typing…" in the channel while the block takes long; nothing for None."""
    if channel is None:
        yield
        return
    sign = asyncio.create_task(_type(channel), name="discord-typing")
    try:
        yield
    finally:
        sign.cancel()


async def _type(channel: discord.abc.Messageable) -> None:
    await asyncio.sleep(_AFTER)
    with suppress(discord.DiscordException, aiohttp.ClientError, OSError):
        async with channel.typing():
            await asyncio.sleep(_AT_MOST)
