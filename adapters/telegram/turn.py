"""One update, from what was kept to what was said and marked as done.

    kept ─► parse ─► heard ─► core ─► parts ─► sent, each noted at once ─► done

After a restart it is done again from the start; the notes say how much of the answer is out already.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import TelegramError

from adapters.telegram import incoming, outgoing, signs
from adapters.telegram.failures import problem
from adapters.telegram.incoming import Delivery, Me
from adapters.telegram.managers import Managers
from adapters.telegram.outgoing import Part
from adapters.telegram.sender import Sender
from bot.commands import Audience, find
from bot.errors import Failure, SendError
from bot.inbox import Inbox, KeptUpdate
from bot.messages import ButtonPress, Chat, Command, Incoming, InlineQuery, Message, Platform, Reaction
from bot.ports import Handler
from bot.replies import InlineAnswer, Reply

logger = logging.getLogger("coursebot.telegram")

STARTS = 10
"""Times that an update is begun again after restarts; one that then still is not done may be what causes them."""
_SUSPECT = 2
"""Times from which on it is taken up alone, so that innocent ones beside it are not counted with it."""
_SUSPECTS = "suspects"
_AT_ONCE = 16
"""Questions that are worked on at the same time; sending does not count."""
_INLINE_LASTS = 300
"""Seconds for which Telegram may answer the same inline query of the same reader by itself."""
_INLINE_MOST = 50
"""Results of an inline query, by Telegram's limit."""

Inline = Callable[[InlineQuery], Awaitable[list[InlineAnswer]]]


@dataclass(frozen=True, slots=True)
class _Post:
    """One message to send, or to put in the place of message `instead`."""

    part: Part
    markup: InlineKeyboardMarkup | None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A kept update, what it brings, and whether it is from before a restart."""

    kept: KeptUpdate
    delivery: Delivery
    again: bool

    @property
    def lane(self) -> str:
        """What must be done one after the other."""
        return self.delivery.place if self.kept.starts < _SUSPECT else _SUSPECTS


class Turns:
    """Takes updates, one call each.

    Args:
        bot: the library's bot.
        me: who that is.
        account: its name in the inbox.
        inbox: where updates are kept.
        sender: sends.
        managers: knows who may manage a chat.
        handle: the core.
        inline: the core's answers to inline queries, or None where there are none.
        now: the clock; aware times.
        failed: called when the token is refused.
    """

    def __init__(
        self,
        *,
        bot: Bot,
        me: Me,
        account: str,
        inbox: Inbox,
        sender: Sender,
        managers: Managers,
        handle: Handler,
        inline: Inline | None,
        now: Callable[[], datetime],
        failed: Callable[[SendError], None],
    ) -> None:
        self._bot = bot
        self._me = me
        self._account = account
        self._inbox = inbox
        self._sender = sender
        self._managers = managers
        self._handle = handle
        self._inline = inline
        self._now = now
        self._failed = failed
        self._busy = asyncio.Semaphore(_AT_ONCE)

    def read(self, kept: KeptUpdate, *, again: bool) -> Given:
        """What was kept, as what was heard."""
        try:
            raw = json.loads(kept.payload)
        except ValueError:
            raw = None
        known = isinstance(raw, dict)
        delivery = incoming.read(raw, self._me, at=kept.received_at) if known else Delivery()
        return Given(kept, delivery, again)

    def pressed(self, given: Given) -> signs.Press | None:
        """The button that was pressed, if one was; to be called at once, as Telegram does not wait long."""
        return signs.Press(self._bot, given.delivery.query) if given.delivery.query else None

    async def take(self, given: Given, press: signs.Press | None = None) -> None:
        """Answer one update and mark it as done; one that the network keeps from it stays for the next start."""
        kept = given.kept
        if kept.starts >= STARTS:
            logger.error(
                "update %d given up: begun %d times", kept.id, kept.starts, extra={"action": "poison"}
            )
        else:
            if given.again:
                await self._inbox.begun(self._account, kept.id)
            try:
                await self._answer(given.delivery, press, again=given.again)
            except SendError as error:
                logger.warning("an answer was not sent: %s", error, extra={"action": "not-sent"})
                if error.failure is Failure.DOWN:
                    self._failed(error)
                if error.failure in {Failure.DOWN, Failure.UNSENT}:
                    return
        await self._inbox.done(self._account, kept.id)

    async def _answer(self, delivery: Delivery, press: signs.Press | None, *, again: bool) -> None:
        if delivery.move:
            await self._sender.moved(delivery.move.old, delivery.move.new)
        heard = delivery.heard
        if isinstance(heard, InlineQuery):
            await self._answer_inline(heard)
        elif heard is not None:
            known = await self._with_rights(heard)
            quiet = isinstance(known, Reaction) or (isinstance(known, Message) and not known.addressed)
            async with self._busy, nullcontext() if quiet else signs.typing(self._bot, known.chat):
                replies = await self._handle(known)
            await self._say(known, replies, press, again=again)
        if press:
            await press.answer()

    async def _with_rights(self, heard: Incoming) -> Incoming:
        """The same, knowing whether its sender may manage the group, where that makes a difference."""
        if isinstance(heard, Message | Reaction) or heard.chat.private or heard.by_manager:
            return heard
        if isinstance(heard, Command):
            spec = find(heard.name, Platform.TELEGRAM)
            if spec is None or Audience.GROUP in spec.audiences:
                return heard
        may = await self._managers.manages(heard.chat.id, heard.sender.id)
        return replace(heard, by_manager=may)

    async def _answer_inline(self, query: InlineQuery) -> None:
        answers = await self._inline(query) if self._inline else []
        results = [result for each in answers if (result := outgoing.inline_result(each))]
        try:
            # Personal, as language and course are the reader's own.
            await self._bot.answer_inline_query(
                query.id, results[:_INLINE_MOST], cache_time=_INLINE_LASTS, is_personal=True
            )
        except TelegramError as error:
            logger.info("an inline query was not answered: %s", problem(error).reason)

    async def _say(
        self,
        heard: Incoming,
        replies: Sequence[Reply],
        press: signs.Press | None,
        *,
        again: bool,
    ) -> None:
        edited = isinstance(heard, Message) and heard.edited
        question = press.id if press else heard.id if isinstance(heard, Message | Command) else ""
        if isinstance(heard, Reaction):
            question = f"{heard.id} {heard.sender.id} {heard.emoji}"
        pressed = heard.message_id if isinstance(heard, ButtonPress) else ""
        posts: list[_Post] = []
        for reply in replies:
            if press and (text := signs.note(reply, heard.chat)) and await press.answer(text):
                continue
            posts += _posts(reply, pressed if reply.replaces else "")
        if not posts:
            return
        sent = (
            list(await self._inbox.answer(self._account, heard.chat.id, question)) if edited or again else []
        )
        about = heard.id if isinstance(heard, Reaction) else pressed or question
        to = "" if heard.chat.private else about
        for index, post in enumerate(posts):
            old = sent[index] if index < len(sent) else ""
            if old and not edited:
                continue  # out already, before a restart
            new = await self._post(heard.chat, post, old=old, reply_to=to if index == 0 else "")
            sent[index : index + 1] = [new]
            await self._inbox.sent(self._account, heard.chat.id, question, sent, at=self._now())
        if edited and len(sent) > len(posts):
            for surplus in sent[len(posts) :]:
                await self._sender.delete(heard.chat, surplus)
            kept = sent[: len(posts)]
            await self._inbox.sent(self._account, heard.chat.id, question, kept, at=self._now())

    async def _post(self, chat: Chat, post: _Post, *, old: str, reply_to: str) -> str:
        instead = post.instead or old
        if instead:
            return await self._sender.edit(chat, instead, post.part, markup=post.markup)
        return await self._sender.say(chat, post.part, markup=post.markup, reply_to=reply_to)


def _posts(reply: Reply, instead: str) -> list[_Post]:
    """A reply as messages: the first in place of message `instead` (or none), the buttons under the last."""
    said = outgoing.parts(reply)
    last = len(said) - 1
    return [
        _Post(part, outgoing.keyboard(reply) if index == last else None, instead if index == 0 else "")
        for index, part in enumerate(said)
    ]
