"""The slash command that subscribes: an option for each thing that its line can say, offered while it is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from adapters.discord import naming
from bot.catalog import ENGLISH, catalog
from bot.daily import places
from bot.daily.clock_words import clock_time
from bot.daily.dates import time_shown, weekdays_shown
from bot.daily.places import Place
from bot.daily.weekday_words import weekdays
from bot.handlers.daily.subscription_questions import CITIES, DAYS, TIMES
from knowledge.normalize import normalize

Interaction = discord.Interaction[Any]
Given = Callable[[Interaction, str], Awaitable[None]]
"""Takes the line that the options make together."""
Word = app_commands.Range[str, 0, 100]

_HINTS = {"course": "hint.course", "time": "hint.time", "days": "hint.days", "city": "hint.city"}
_ASKED = {
    "course": "subscribe.ask-course",
    "time": "subscribe.ask-time",
    "days": "subscribe.ask-days",
    "city": "subscribe.ask-zone",
}
_MOST = 25
"""Choices at most: Discord's limit, as in `choices.py`."""


def callback(given: Given) -> Callable[..., Any]:
    """What discord.py calls for `/subscribe`; it reads the options from the signature."""

    async def subscribe(
        interaction: Interaction, course: Word = "", time: Word = "", days: Word = "", city: Word = ""
    ) -> None:
        # What stands between these marks is a course, whatever words its title has.
        named = f"《{course}》" if course else ""
        await given(interaction, " ".join(each for each in (named, time, days, city) if each))

    names = {name: locale_str(naming.option_name(hint), hint=hint) for name, hint in _HINTS.items()}
    about = {name: locale_str(naming.description(key), key=key) for name, key in _ASKED.items()}
    app_commands.rename(**names)(subscribe)
    app_commands.describe(**about)(subscribe)
    return subscribe


def offered(command: app_commands.Command[Any, ..., Any]) -> None:
    """Offer times, days and cities for the command's options."""
    for name, offer in (("time", times), ("days", days), ("city", cities)):
        command.autocomplete(name)(_autocomplete(offer))


def times(typed: str, _language: str) -> list[str]:
    """Times of day: the one that was typed as one likes, then those that begin like that."""
    said = clock_time(normalize(typed))
    usual = sorted({f"{at[:2]}:{at[2:]}" for at in TIMES} | {f"{hour:02d}:00" for hour in range(5, 24)})
    begun = [each for each in usual if each.startswith((typed, f"0{typed}"))]
    return list(dict.fromkeys(([time_shown(said)] if said else []) + (begun or usual)))


def days(typed: str, language: str) -> list[str]:
    """Days of the week: those that were typed, then the usual ones."""
    said = weekdays(normalize(typed))
    words = catalog(language)
    return list(dict.fromkeys(weekdays_shown(words, each) for each in ([said] if said else []) + list(DAYS)))


def cities(typed: str, language: str) -> list[tuple[str, str]]:
    """Cities as (what is shown, name of the zone): those that were typed or nearly so, else the usual ones."""
    meant = (*places.found(typed), *places.close(typed)) if typed.strip() else ()
    named = meant or tuple(Place(places.shown(zone, language), zone) for zone in CITIES)
    return [(each.name, zone) for zone, each in {each.zone: each for each in reversed(named)}.items()][::-1]


def _autocomplete(offer: Callable[[str, str], Any]) -> Callable[[Interaction, str], Any]:
    async def choices(interaction: Interaction, current: str) -> list[Choice[str]]:
        language = naming.LOCALES.get(interaction.locale, ENGLISH)
        found = [each if isinstance(each, tuple) else (each, each) for each in offer(current[:100], language)]
        return [Choice(name=name[:100], value=value) for name, value in found[:_MOST]]

    return choices
