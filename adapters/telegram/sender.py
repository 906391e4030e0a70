"""Sending surely: rate, retries and fallbacks for every message that leaves."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from telegram import Bot, InlineKeyboardMarkup, InputFile, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import TelegramError

from adapters.telegram import outgoing
from adapters.telegram.failures import problem
from adapters.telegram.limiter import Limiter, LimiterClosedError
from adapters.telegram.outgoing import NO_PREVIEW, Part
from bot.errors import Failure, NotArmedError, SendError
from bot.messages import Chat, Platform
from bot.ports import Arm, ChatMoves, Receipt
from bot.replies import PICTURE, Reply

logger = logging.getLogger("coursebot.telegram")

PATIENCE = 900.0
"""Seconds for which an answer is worth being tried again; later nobody waits for it."""
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_MOVED = 1000
"""Chats that moved whose new ids are remembered; their settings are carried over by `ChatMoves`."""

_Call = Callable[[int, bool], Awaitable[str]]
"""Sends to a chat id; as plain text when the second argument says so; the message's id."""


class Sender:
    """Sends, edits and deletes messages of one bot.

    Args:
        bot: the library's bot, initialised.
        limiter: the rate.
        moves: told when a group has a new id; or None.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        bot: Bot,
        limiter: Limiter,
        *,
        moves: ChatMoves | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._limiter = limiter
        self._moves = moves
        self._sleep = sleep
        self._moved: OrderedDict[str, str] = OrderedDict()

    async def send(self, chat: Chat, reply: Reply, *, arm: Arm | None = None) -> Receipt:
        """Say something unasked; as in `bot.ports.Messenger`."""
        said = outgoing.parts(reply)
        if not said:
            raise SendError(Failure.REFUSED, "nothing to say")
        message = ""
        for number, part in enumerate(said, 1):
            markup = outgoing.keyboard(reply) if number == len(said) else None
            try:
                message = await self.say(chat, part, markup=markup, bulk=True, arm=arm)
                arm = None
            except LimiterClosedError:
                # Before the first part it is not armed; behind it a part is out.
                failure = Failure.UNKNOWN if number > 1 else Failure.UNSENT
                raise SendError(failure, "the program ends") from None
            except SendError as error:
                if number > 1 and error.failure is Failure.UNSENT:
                    raise SendError(Failure.UNKNOWN, f"cut short: {error.reason}") from error
                raise
        return Receipt(message)

    async def say(
        self,
        chat: Chat,
        part: Part,
        *,
        markup: InlineKeyboardMarkup | None = None,
        reply_to: str = "",
        bulk: bool = False,
        arm: Arm | None = None,
    ) -> str:
        """Send one message; its id.

        An interactive reply is tried again for `PATIENCE` while it certainly was not sent, and once when it may
        have been: a reader who sees an answer twice is better off than one who sees none. Of a `bulk` message
        every failure is reported instead.

        Raises:
            NotArmedError: `arm`, asked once its turn had come, took it back.
            SendError: it was not sent, or nobody knows.
        """

        async def call(chat_id: int, plain: bool) -> str:
            to = ReplyParameters(int(reply_to), allow_sending_without_reply=True) if reply_to else None
            words = part.plain if plain else part.html
            parse_mode = None if plain else ParseMode.HTML
            thread = int(chat.thread) if chat.thread else None
            if part.document is None:
                message = await self._bot.send_message(
                    chat_id,
                    words,
                    parse_mode=parse_mode,
                    message_thread_id=thread,
                    reply_markup=markup,
                    reply_parameters=to,
                    link_preview_options=NO_PREVIEW,
                )
                return str(message.message_id)
            file = InputFile(part.document.content, filename=part.document.name)
            send = self._bot.send_photo if part.document.type == PICTURE else self._bot.send_document
            message = await send(
                chat_id,
                file,
                caption=words or None,
                parse_mode=parse_mode,
                message_thread_id=thread,
                reply_markup=markup,
                reply_parameters=to,
            )
            return str(message.message_id)

        return await self._surely(chat, call, bulk=bulk, arm=arm)

    async def edit(
        self, chat: Chat, message: str, part: Part, *, markup: InlineKeyboardMarkup | None = None
    ) -> str:
        """Give a message of ours other words; its id, or that of a new one where it cannot be changed any more.

        A document takes the place of a message by coming after it is gone, for words cannot become one.

        Raises:
            SendError: as for `say`.
        """

        async def call(chat_id: int, plain: bool) -> str:
            await self._bot.edit_message_text(
                part.plain if plain else part.html,
                chat_id,
                int(message),
                parse_mode=None if plain else ParseMode.HTML,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            )
            return message

        if part.document is not None:
            await self.delete(chat, message)
            return await self.say(chat, part, markup=markup)
        changed = await self._surely(chat, call, same=message)
        return changed or await self.say(chat, part, markup=markup)

    async def delete(self, chat: Chat, message: str) -> None:
        """Take back a message of ours if that still can be done."""
        try:
            await self._bot.delete_message(int(self._now_at(chat)), int(message))
        except TelegramError as error:
            logger.info("not deleted: %s", problem(error).reason)

    async def moved(self, old: str, new: str) -> None:
        """Send to `new` from now on what is meant for `old`, and have its settings carried over."""
        if self._moved.get(old) == new:
            return
        self._moved[old] = new
        while len(self._moved) > _MOVED:
            self._moved.popitem(last=False)
        if self._moves:
            await self._moves.moved(Platform.TELEGRAM, old, new)

    def _now_at(self, chat: Chat) -> str:
        return self._moved.get(chat.id, chat.id)

    async def _surely(
        self, chat: Chat, call: _Call, *, bulk: bool = False, same: str = "", arm: Arm | None = None
    ) -> str:
        """The id of the message; "" when `same`, which was to be changed, is no more."""
        plain, unknown, waited, wait = False, False, 0.0, _FIRST_WAIT
        while True:
            place = self._now_at(chat)
            await self._limiter.turn(place, group=not chat.private, bulk=bulk)
            # Asked once: what may follow is the same message again, to another chat or as plain text.
            await _armed(arm)
            arm = None
            try:
                return await call(int(place), plain)
            except TelegramError as error:
                found = problem(error)
            if found.same:
                return same
            if found.gone and same:
                return ""
            if found.moved_to:
                await self.moved(place, found.moved_to)
                continue
            if found.failure is Failure.REFUSED and not plain:
                plain = True
                continue
            if found.retry_after:
                self._limiter.pause(found.retry_after)
            again = found.failure is Failure.UNSENT or (found.failure is Failure.UNKNOWN and not unknown)
            if bulk or not again or waited > PATIENCE:
                raise found.error()
            unknown = unknown or found.failure is Failure.UNKNOWN
            if found.retry_after:
                waited += found.retry_after
                continue
            logger.info("trying again: %s", found.reason)
            await self._sleep(wait)
            waited, wait = waited + wait, min(wait * 2, _LONGEST_WAIT)


async def _armed(arm: Arm | None) -> None:
    if arm is not None and not await arm():
        raise NotArmedError
