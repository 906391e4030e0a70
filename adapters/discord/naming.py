r"""Commands as Discord names them: pure, from the one table and the catalogs.

A name must be lower case and match `^[-_'\p{L}\p{N}]{1,32}$`; a description has 1 to 100 characters
(https://discord.com/developers/docs/interactions/application-commands#application-command-object).
"""

from __future__ import annotations

import re

import discord
from discord import app_commands

from bot.catalog import ENGLISH, SIMPLIFIED, TRADITIONAL, catalog, has_han, traditional
from bot.commands import CommandSpec
from bot.rendering.excerpt import excerpt, utf16_length

LOCALES = {discord.Locale.chinese: SIMPLIFIED, discord.Locale.taiwan_chinese: TRADITIONAL}
"""The locales that get names of their own, with the catalog they come from; all others see English."""

MENU, SAVE = "discord.menu", "discord.save"
"""Catalog keys of the entries in a message's menu: for everyone, and for the team."""

_NAME = re.compile(r"[-_\w]{1,32}")
_DESCRIPTION = 100


def fit(name: str) -> str:
    """A command's or option's name as Discord accepts it, or empty."""
    lowered = name.lower()
    return lowered if _NAME.fullmatch(lowered) else ""


def description(key: str, language: str = ENGLISH) -> str:
    """What a command or option does, on one line."""
    words = " ".join(catalog(language).text(key).split())
    return excerpt(words, _DESCRIPTION, utf16_length).text or "…"


def command_name(spec: CommandSpec, language: str) -> str:
    """The command's name in that language: the first of its Chinese aliases; empty where it has none."""
    alias = next((each for each in spec.aliases if has_han(each) and fit(each)), "")
    return fit(traditional(alias)) if language == TRADITIONAL else fit(alias)


def option_name(hint: str, language: str = ENGLISH) -> str:
    """The name of what follows a command: the words of the hint where they are one, else in English its key."""
    name = fit(catalog(language).text(hint))
    return name or (fit(hint.rpartition(".")[2]) if language == ENGLISH else "")


class Names(app_commands.Translator):
    """Names and descriptions in Chinese.

    What to say stands in the extras of each `locale_str`: `spec` for a command's name, `hint` for an option's name,
    `key` for a sentence of the catalog.
    """

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The words in that locale, or None to show the English ones."""
        language = LOCALES.get(locale)
        if language is None:
            return None
        if isinstance(spec := string.extras.get("spec"), CommandSpec):
            return command_name(spec, language) or None
        if hint := string.extras.get("hint"):
            return option_name(str(hint), language) or None
        if key := string.extras.get("key"):
            return description(str(key), language)
        return None
