"""Questions asked in messages, and the messages that answer them, so that an edited question gets its answer edited.

Which messages answer a question is kept by the store and outlives a restart; who asked, and which wording was
answered last, is kept here for a while.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary

import discord

from adapters.discord import posting
from adapters.discord.outgoing import Post

T = TypeVar("T")

_REMEMBERED = 5000
"""Questions and answers whose asker and wording are remembered."""


class Answers(Protocol):
    """Remembers which messages answer a question; `bot.ports.Inbox` is one."""

    async def sent(
        self, account: str, chat: str, question: str, messages: Sequence[str], *, at: datetime
    ) -> None:
        """Remember which messages make up the answer to a question, in order (all, not only new ones)."""
        ...

    async def answer(self, account: str, chat: str, question: str) -> tuple[str, ...]:
        """The messages that make up the answer to a question, in order; empty when none is known."""
        ...

    async def prune(self, *, before: datetime) -> None:
        """Forget what was sent before that time."""
        ...


class Questions:
    """Answers questions where they were asked.

    Args:
        client: who answers.
        answers: remembers the messages.
        now: the clock; aware times.
    """

    def __init__(self, client: discord.Client, answers: Answers, now: Callable[[], datetime]) -> None:
        self._client = client
        self._answers = answers
        self._now = now
        self._wordings: OrderedDict[int, datetime] = OrderedDict()
        self._askers: OrderedDict[int, int] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, question: str) -> asyncio.Lock:
        """What keeps an edit waiting until the first wording is answered."""
        return self._locks.setdefault(question, asyncio.Lock())

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

    async def answer(self, heard: discord.Message, posts: Sequence[Post], *, edited: bool) -> None:
        """Answer under a message; an edited one by editing what answers it already.

        Raises:
            discord.HTTPException: Discord did not accept it.
        """
        channel = heard.channel
        account = f"discord:{self._client.user.id if self._client.user else 0}"
        place, question = str(channel.id), str(heard.id)
        old = list(await self._answers.answer(account, place, question)) if edited else []
        now: list[str] = []
        try:
            for index, post in enumerate(posts):
                if index < len(old) and await _edited(channel, int(old[index]), post):
                    now.append(old[index])
                    continue
                # In a direct conversation it is clear what is answered.
                beneath = index == 0 and heard.guild is not None
                sent = await posting.say(
                    channel,
                    post,
                    name=posting.nonce(question, index, heard.edited_at),
                    reply_to=heard.to_reference(fail_if_not_exists=False) if beneath else None,
                )
                now.append(str(sent.id))
                _remember(self._askers, sent.id, heard.author.id)
        finally:
            if now:
                await self._answers.sent(account, place, question, now, at=self._now())
        for surplus in old[len(posts) :]:
            await _deleted(channel, int(surplus))


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
