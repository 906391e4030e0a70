"""The command menus, in each language and for each audience; told to Telegram only where they differ."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from adapters.telegram.failures import problem
from adapters.telegram.outgoing import one_line
from bot.catalog import ENGLISH, SIMPLIFIED, catalog
from bot.commands import Audience, menu
from bot.messages import Person, Platform
from bot.team.roles import Member, Standing
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.telegram")

# Telegram knows two-letter languages only; "" serves all others, as `negotiate` does.
_LANGUAGES = {"": ENGLISH, "zh": SIMPLIFIED}
_SCOPES: tuple[tuple[BotCommandScope, tuple[Audience, ...]], ...] = (
    (BotCommandScopeAllPrivateChats(), (Audience.PRIVATE,)),
    (BotCommandScopeAllGroupChats(), (Audience.GROUP,)),
    (BotCommandScopeAllChatAdministrators(), (Audience.GROUP, Audience.MANAGER)),
)
Team = Callable[[], Awaitable[Sequence[Member]]]
"""Who has which role, as `bot.team.roles.StaffStore.all` says."""
Former = Callable[[], Awaitable[Sequence[Person]]]
"""Who has none any more, as `bot.team.roles.StaffStore.former` says."""

FOLLOWED_EVERY = 30.0
"""Seconds after which a change of the team is seen in the menus."""
_DESCRIPTION = 256
"""Characters of a command's description at most: https://core.telegram.org/bots/api#botcommand."""


def menus() -> list[tuple[BotCommandScope, str, list[BotCommand]]]:
    """Every menu as (scope, language code, commands)."""
    return [
        (scope, code, _commands(language, audiences))
        for scope, audiences in _SCOPES
        for code, language in _LANGUAGES.items()
    ]


def _commands(
    language: str, audiences: tuple[Audience, ...], standing: Standing | None = None
) -> list[BotCommand]:
    words = catalog(language)
    specs = {
        spec.name: spec for audience in audiences for spec in menu(Platform.TELEGRAM, audience, standing)
    }
    return [BotCommand(spec.name, one_line(words.text(spec.help), _DESCRIPTION)) for spec in specs.values()]


class Menus:
    """Keeps the menus of a bot.

    Args:
        bot: the library's bot.
        team: who has which role, or None for a bot without a team.
        former: who had one; their menus may be left from before the start.
    """

    def __init__(self, bot: Bot, team: Team | None = None, former: Former | None = None) -> None:
        self._bot = bot
        self._team = team
        self._former = former
        self._told: dict[str, Standing] = {}

    async def publish(self) -> int:
        """Set the menus that differ from what Telegram has; how many those were. Failing is logged, not raised."""
        changed = 0
        try:
            for scope, code, wanted in menus():
                changed += await self._set(scope, code, wanted)
        except TelegramError as error:
            logger.warning("menus not set: %s", problem(error).reason, extra={"action": "menus-failed"})
        return changed

    async def follow(self) -> None:
        """Give those who joined the team, alone with the bot, a menu with its commands, and take it from who left.

        Telegram knows no chat with somebody who never wrote to the bot: they get theirs once they did and the bot
        starts anew, or their role changes.
        """
        if self._team is None:
            return
        try:
            members = await self._team()
            if self._former:
                left = [each.id for each in await self._former() if each.platform is Platform.TELEGRAM]
                self._told |= dict.fromkeys(left, Standing())
                self._former = None
        except CoursebotError as error:
            logger.warning("team not read: %s", error.key, extra={"action": "menus-failed"})
            return
        theirs = [each for each in members if each.platform is Platform.TELEGRAM]
        now = {
            number: Standing(tuple(replace(each, since=None) for each in theirs if each.id == number))
            for number in {each.id for each in theirs}
        }
        for number in now.keys() | self._told.keys():
            if now.get(number) != self._told.get(number):
                await self._give(number, now.get(number))
        self._told = now

    async def _give(self, number: str, standing: Standing | None) -> None:
        scope = BotCommandScopeChat(int(number))
        try:
            for code, language in _LANGUAGES.items():
                if standing is None:
                    await self._bot.delete_my_commands(scope, code or None)
                else:
                    await self._set(scope, code, _commands(language, (Audience.PRIVATE,), standing))
        except TelegramError as error:
            logger.info("a menu was not set: %s", problem(error).reason, extra={"action": "menus-failed"})

    async def _set(self, scope: BotCommandScope, code: str, wanted: list[BotCommand]) -> bool:
        there = await self._bot.get_my_commands(scope, code or None)
        if list(there) == wanted:
            return False
        await self._bot.set_my_commands(wanted, scope, code or None)
        return True
