"""A sign under a message of a server: the message and what it replied to are looked up and told to the core."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import discord

from adapters.discord import incoming, outgoing, posting
from bot.messages import Quoted, Reaction
from bot.ports import Handler

_PATIENCE = 5.0
"""Seconds for looking up a message."""


async def react(
    client: discord.Client,
    handle: Handler,
    event: discord.RawReactionActionEvent,
    member: discord.Member,
    *,
    at: datetime,
) -> None:
    """Tell the core of a sign, and say under the message what comes of it.

    Raises:
        discord.HTTPException: an answer was not accepted.
    """
    channel = client.get_channel(event.channel_id)
    if client.user is None or not isinstance(channel, discord.abc.Messageable):
        return
    message = await look_up(channel, event.message_id)
    about = await with_question(message, me=client.user.id) if message else None
    heard = Reaction(
        chat=incoming.chat(channel, channel_id=event.channel_id, in_server=True),
        sender=incoming.person(member),
        id=str(event.message_id),
        emoji=event.emoji.name,
        at=at,
        quoted=about,
    )
    posts = [post for reply in await handle(heard) for post in outgoing.posts(reply)]
    for index, post in enumerate(posts):
        name = posting.nonce("reaction", event.message_id, event.user_id, at, index)
        beneath = message.to_reference(fail_if_not_exists=False) if message and index == 0 else None
        await posting.say(channel, post, name=name, reply_to=beneath)


async def with_question(message: discord.Message, *, me: int, within: float = _PATIENCE) -> Quoted | None:
    """A message as one that is replied to, with the words of what it replies to itself."""
    about = incoming.quoted(message, me=me)
    reference = message.reference
    if about is None or about.replied or reference is None or reference.message_id is None:
        return about
    before = await look_up(message.channel, reference.message_id, within=within)
    return replace(about, replied=incoming.question(before, me=me)) if before else about


async def look_up(
    channel: discord.abc.Messageable, message_id: int, *, within: float = _PATIENCE
) -> discord.Message | None:
    """A message, asked of Discord; None where it does not say in time."""
    with suppress(discord.HTTPException, TimeoutError):
        async with asyncio.timeout(within):
            return await channel.fetch_message(message_id)
    return None
