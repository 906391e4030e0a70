"""Days, weekdays and schedules in words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.catalog import Catalog
from bot.daily import places
from bot.daily.schedule import EVERY_DAY, WEEKEND, WORKDAYS, Schedule, zone


def day_shown(words: Catalog, day: date, *, today: date) -> str:
    """A date as it is said on `today`: today, tomorrow, or weekday, day and month."""
    if day == today:
        return words.text("day.today")
    if day == today + timedelta(days=1):
        return words.text("day.tomorrow")
    month = words.text("day.months").split()[day.month - 1]
    weekday = words.text("day.weekdays").split()[day.weekday()]
    return words.text("day.date", weekday=weekday, day=day.day, month=month)


def weekdays_shown(words: Catalog, weekdays: frozenset[int]) -> str:
    """Which days of the week."""
    if weekdays == EVERY_DAY:
        return words.text("day.every")
    if weekdays == WORKDAYS:
        return words.text("day.workdays")
    if weekdays == WEEKEND:
        return words.text("day.weekend")
    names = words.text("day.weekdays").split()
    return words.text("day.these", days=[names[day - 1] for day in sorted(weekdays)])


def time_shown(at: time) -> str:
    """A time of day, as everywhere in the bot."""
    return f"{at:%H:%M}"


def zone_shown(words: Catalog, name: str, *, now: datetime) -> str:
    """A zone by its best-known city, how far it is from UTC, and what its clocks show, to be checked by the reader."""
    clock = time_shown(now.astimezone(zone(name)).time())
    offset = places.offset_shown(name, now)
    place = places.shown(name, words.language)
    if place.startswith("UTC"):
        return words.text("day.clock", place=offset, clock=clock)
    return words.text("day.place", place=place, offset=offset, clock=clock)


def schedule_shown(words: Catalog, schedule: Schedule, *, now: datetime) -> str:
    """When lessons come, and where that time is meant."""
    return words.text(
        "day.schedule",
        days=weekdays_shown(words, schedule.weekdays),
        time=time_shown(schedule.at),
        zone=zone_shown(words, schedule.zone, now=now),
    )
