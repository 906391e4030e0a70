"""The adapter against a Discord on loopback, and a core that repeats what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from adapters.discord.adapter import Discord
from bot.errors import Failure, SendError
from bot.messages import Chat, Incoming, Message, Platform
from bot.replies import Button, Reply, Text
from tests.discordapi import payloads

Made = Callable[..., Discord]
Running = Callable[..., AbstractAsyncContextManager[Discord]]

CHAT = Chat(platform=Platform.DISCORD, id=payloads.DM)


async def echo(incoming: Incoming) -> list[Reply]:
    """A core that repeats what it hears."""
    said = incoming.text if isinstance(incoming, Message) else type(incoming).__name__
    return [Reply(spans=(Text(f"heard: {said}"),), buttons=((Button("again", "o:abc"),),))]


async def sendable(made: Discord) -> None:
    """Wait until the adapter is connected to the last server."""
    async with asyncio.timeout(5):
        while True:
            try:
                await made.send(Chat(platform=Platform.DISCORD, id="nowhere"), Reply(spans=(Text("x"),)))
            except SendError as error:
                if error.failure is Failure.REFUSED:
                    return
            await asyncio.sleep(0.05)
