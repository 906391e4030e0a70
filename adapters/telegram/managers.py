"""Who may manage a chat, asked of Telegram and remembered for a minute."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

_LASTS = 60.0
"""Seconds for which an answer is remembered: as long as a removed admin may stay one here."""
_KEPT = 5000


class Managers:
    """Answers from `getChatMember`, the only word on this that cannot be forged.

    Args:
        bot: the library's bot.
        clock: monotonic seconds.
    """

    def __init__(self, bot: Bot, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[bool, float]] = OrderedDict()

    async def manages(self, chat: str, person: str) -> bool:
        """Whether the person is an administrator there; False when Telegram does not say.

        A message in the name of a group or channel has a chat's id (below zero) for a sender: never a manager.
        """
        if person.startswith("-"):
            return False
        known = self._known.get((chat, person))
        if known and known[1] > self._clock():
            return known[0]
        try:
            member = await self._bot.get_chat_member(int(chat), int(person))
        except TelegramError:
            return False
        manages = member.status in {ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR}
        self._known[chat, person] = (manages, self._clock() + _LASTS)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return manages
