"""Questions asked in messages, and the messages that answer them, so that an edited question gets its answer edited.

Which messages answer a question is kept by the store and outlives a restart; who asked, and which wording was
answered last, is kept here for a while.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import discord

from adapters.discord import posting
from adapters.discord.keeping import account
from adapters.discord.outgoing import Post
from bot.inbox import Inbox

T = TypeVar("T")

_REMEMBERED = 5000
"""Questions and answers whose asker and wording are remembered."""
_INTERACTION = "interaction"
"""In the place of a channel: how many parts of an interaction's answer are out."""
_LOOKED_THROUGH = 50
"""Messages after a question among which its answer is looked for."""


class Questions:
    """Answers questions where they were asked.

    Args:
        client: who answers.
        inbox: remembers the messages.
        now: the clock; aware times.
    """

    def __init__(self, client: discord.Client, inbox: Inbox, now: Callable[[], datetime]) -> None:
        self._client = client
        self._inbox = inbox
        self._now = now
        self._wordings: OrderedDict[int, datetime] = OrderedDict()
        self._askers: OrderedDict[int, int] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def in_turn(self, heard: discord.Message) -> asyncio.Lock:
        """What one person says in one channel is answered in order: a question may lean on the one before."""
        return self._locks.setdefault((heard.channel.id, heard.author.id), asyncio.Lock())

    def reworded(self, heard: discord.Message) -> bool:
        """Whether an edited message has a wording that was not seen yet."""
        if heard.edited_at is None or self._wordings.get(heard.id) == heard.edited_at:
            return False
        _remember(self._wordings, heard.id, heard.edited_at)
        return True

    def asker(self, answer: discord.Message | None) -> int | None:
        """Id of the person whom one of our messages answers, as far as it is known."""
        if answer is None:
            return None
        if answer.interaction_metadata is not None:
            return answer.interaction_metadata.user.id
        question = answer.reference.resolved if answer.reference else None
        if isinstance(question, discord.Message):
            return question.author.id
        return self._askers.get(answer.id)

    async def answer(
        self,
        heard: discord.Message,
        posts: Sequence[Post],
        *,
        edited: bool,
        wording: str,
        again: bool = False,
    ) -> None:
        """Answer under a message; an edited one by editing what answers it already.

        Args:
            heard: the message.
            posts: the answer.
            edited: whether the message is a new wording.
            wording: names the wording, so that Discord takes the same answer once.
            again: whether answering was begun before; then only what is missing is said.

        Raises:
            discord.HTTPException: Discord did not accept it.
        """
        channel = heard.channel
        name, place, question = account(self._client), str(channel.id), str(heard.id)
        old = list(await self._inbox.answer(name, place, question)) if edited or again else []
        out = await _out(heard, me=self._client.user) if again else []
        now = list(old)
        for index, post in enumerate(posts):
            if index < len(old) and (not edited or await _edited(channel, int(old[index]), post)):
                continue
            sent = next((each for each in out if _says(each, post)), None)
            if sent is None:
                # In a direct conversation it is clear what is answered.
                beneath = index == 0 and heard.guild is not None
                sent = await posting.say(
                    channel,
                    post,
                    name=posting.nonce(question, index, wording),
                    reply_to=heard.to_reference(fail_if_not_exists=False) if beneath else None,
                )
            now[index : index + 1] = [str(sent.id)]
            _remember(self._askers, sent.id, heard.author.id)
            # At once, so that a crash before the next part does not have this one said twice.
            await self._inbox.sent(name, place, question, now, at=self._now())
        for surplus in old[len(posts) :]:
            await _deleted(channel, int(surplus))
        if posts and len(old) > len(posts):
            await self._inbox.sent(name, place, question, now[: len(posts)], at=self._now())

    async def complete(
        self,
        interaction: discord.Interaction[Any],
        posts: Sequence[Post],
        *,
        hidden: bool,
        again: bool = False,
    ) -> None:
        """Answer an interaction that was put off with `defer(thinking=True)`; with nothing to say, take that back.

        Args:
            interaction: what is answered.
            posts: the answer.
            hidden: whether only the one who acted sees it.
            again: whether answering was begun before; then only what is missing is said.

        Raises:
            discord.HTTPException: Discord did not accept it.
        """
        if not posts:
            await interaction.delete_original_response()
            return
        name, asked = account(self._client), str(interaction.id)
        out = await self._inbox.answer(name, _INTERACTION, asked) if again else ()
        await posting.replace(interaction, posts[0])
        for index, post in enumerate(posts[1:], 2):
            if index > len(out):
                await posting.follow(interaction, post, hidden=hidden)
                told = [str(number) for number in range(1, index + 1)]
                await self._inbox.sent(name, _INTERACTION, asked, told, at=self._now())


async def _out(heard: discord.Message, *, me: discord.abc.Snowflake | None) -> list[discord.Message]:
    """What the bot said after that message: a crash may have come between saying it and noting it.

    For some minutes Discord itself would drop a second sending; a restart may take longer.
    """
    try:
        return [
            each
            async for each in heard.channel.history(after=heard, limit=_LOOKED_THROUGH, oldest_first=True)
            if me is not None and each.author.id == me.id
        ]
    except (discord.Forbidden, discord.NotFound):
        return []


def _says(sent: discord.Message, post: Post) -> bool:
    """Whether a message says what a post does."""
    descriptions = tuple(each.description or "" for each in sent.embeds)
    return sent.content.strip() == post.content.strip() and descriptions == post.embeds


async def _edited(channel: Any, message_id: int, post: Post) -> bool:
    """Put a post in the place of an earlier one; False when that is gone."""
    try:
        await posting.edit(channel, message_id, post)
    except discord.NotFound:
        return False
    return True


async def _deleted(channel: Any, message_id: int) -> None:
    try:
        await channel.get_partial_message(message_id).delete()
    except discord.NotFound:
        return


def _remember(kept: OrderedDict[int, T], key: int, value: T) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
