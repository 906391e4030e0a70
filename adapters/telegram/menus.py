"""The command menus, in each language and for each audience; told to Telegram only where they differ."""

from __future__ import annotations

import logging

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from adapters.telegram.failures import problem
from adapters.telegram.outgoing import one_line
from bot.catalog import ENGLISH, SIMPLIFIED, catalog
from bot.commands import Audience, menu
from bot.messages import Platform

logger = logging.getLogger("coursebot.telegram")

# Telegram knows two-letter languages only; "" serves all others, as `negotiate` does.
_LANGUAGES = {"": ENGLISH, "zh": SIMPLIFIED}
_SCOPES: tuple[tuple[BotCommandScope, tuple[Audience, ...]], ...] = (
    (BotCommandScopeAllPrivateChats(), (Audience.PRIVATE,)),
    (BotCommandScopeAllGroupChats(), (Audience.GROUP,)),
    (BotCommandScopeAllChatAdministrators(), (Audience.GROUP, Audience.MANAGER)),
)
_DESCRIPTION = 256
"""Characters of a command's description at most: https://core.telegram.org/bots/api#botcommand."""


def menus() -> list[tuple[BotCommandScope, str, list[BotCommand]]]:
    """Every menu as (scope, language code, commands)."""
    return [
        (scope, code, _commands(language, audiences))
        for scope, audiences in _SCOPES
        for code, language in _LANGUAGES.items()
    ]


def _commands(language: str, audiences: tuple[Audience, ...]) -> list[BotCommand]:
    words = catalog(language)
    specs = {spec.name: spec for audience in audiences for spec in menu(Platform.TELEGRAM, audience)}
    return [BotCommand(spec.name, one_line(words.text(spec.help), _DESCRIPTION)) for spec in specs.values()]


async def publish(bot: Bot) -> int:
    """Set the menus that differ from what Telegram has; how many those were. Failing is logged, not raised."""
    changed = 0
    try:
        for scope, code, wanted in menus():
            there = await bot.get_my_commands(scope, code or None)
            if list(there) != wanted:
                await bot.set_my_commands(wanted, scope, code or None)
                changed += 1
    except TelegramError as error:
        logger.warning("menus not set: %s", problem(error).reason, extra={"action": "menus-failed"})
    return changed
