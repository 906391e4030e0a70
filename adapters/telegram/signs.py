"""Signs of life while an answer is made: "typing", and the end of a pressed button's hourglass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from telegram import Bot
from telegram.constants import CallbackQueryLimit, ChatAction
from telegram.error import TelegramError

from adapters.telegram.outgoing import clean
from bot.messages import Chat
from bot.rendering.excerpt import utf16_length
from bot.replies import Reply

TYPING_AFTER = 0.7
"""Seconds after which an answer is slow."""
_TYPING_LASTS = 4.5
"""Seconds until "typing" is said again; Telegram shows it for 5."""
_HOURGLASS = 3.0
"""Seconds a pressed button may seem dead; Telegram gives up on it after some 10."""
TOAST = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
"""UTF-16 units of what is shown over the chat when a button was pressed."""
_GLANCE = 50
"""UTF-16 units that can be read before such a note fades; a longer one stays until it is closed."""


@asynccontextmanager
async def typing(bot: Bot, chat: Chat, *, after: float = TYPING_AFTER) -> AsyncIterator[None]:
    """Say "typing" in the chat while the block runs, if that takes long."""

    async def go_on() -> None:
        await asyncio.sleep(after)
        while True:
            thread = int(chat.thread) if chat.thread else None
            with suppress(TelegramError):
                await bot.send_chat_action(int(chat.id), ChatAction.TYPING, message_thread_id=thread)
            await asyncio.sleep(_TYPING_LASTS)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()


class Press:
    """A pressed button, which Telegram shows as busy until it is answered, once.

    Args:
        bot: the library's bot.
        id: of the callback query.
        within: seconds after which it is answered without words, whatever else takes longer.
    """

    def __init__(self, bot: Bot, id: str, *, within: float = _HOURGLASS) -> None:  # noqa: A002
        self._bot = bot
        self.id = id
        self._answered = False
        self._timer = asyncio.create_task(self._later(within))

    async def answer(self, text: str = "") -> bool:
        """Answer with a note, or without words; whether the reader has seen it."""
        if self._answered:
            return False
        self._answered = True
        self._timer.cancel()
        return await self._say(text)

    async def _later(self, within: float) -> None:
        await asyncio.sleep(within)
        if not self._answered:
            self._answered = True
            await self._say("")

    async def _say(self, text: str) -> bool:
        try:
            await self._bot.answer_callback_query(
                self.id, text or None, show_alert=utf16_length(text) > _GLANCE
            )
        except TelegramError:  # too old, most of the time: after a restart
            return False
        return True


def note(reply: Reply, chat: Chat) -> str:
    """A reply as a note over the chat, where it is one: for the presser alone, short, and nothing to press.

    Alone with the bot, what has several lines stays in the chat instead, where it can be read again.
    """
    text = clean(reply.text).strip()
    whole = (
        not reply.buttons and not reply.replaces and reply.document is None and utf16_length(text) <= TOAST
    )
    return text if reply.private and whole and not (chat.private and "\n" in text) else ""
