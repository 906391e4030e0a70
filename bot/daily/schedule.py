"""When a subscriber's daily lesson is due: one instant for every local date, whatever a zone's clocks do.

A cron trigger for a local time fires twice where clocks go back over it (Berlin 02:30, New York 01:30, Lord Howe
01:45) and not at all where the day begins in a gap (Santiago, Cairo). So nothing here looks for the next time a clock
shows 08:00: a date is chosen first, and its instant follows from it. Whoever keeps the last date that was due gets
none twice, whatever time, days or zone are chosen in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EVERY_DAY = frozenset(range(1, 8))
"""ISO weekdays, Monday 1 to Sunday 7."""

WORKDAYS = frozenset({1, 2, 3, 4, 5})
"""Monday to Friday."""

WEEKEND = frozenset({6, 7})
"""Saturday and Sunday."""

_OFFSET = re.compile(r"UTC([+-])(\d{2}):(\d{2})", re.ASCII)
_FURTHEST = timedelta(hours=15)
"""No place is further from UTC: the date line's extremes are +14:00 and -12:00."""

_DAY = timedelta(days=1)
_SEARCHED = 21
"""Days looked at for the next one: a week, and room for a date that a place left out."""


def zone(name: str) -> tzinfo:
    """The zone of that name: `UTC`, an offset such as `UTC+05:30`, or an IANA name.

    Raises:
        ValueError: there is no such zone.
    """
    if name == "UTC":
        return UTC
    found = _OFFSET.fullmatch(name)
    if found:
        return _fixed(found[1], int(found[2]), int(found[3]))
    return _named(name)


def offset_name(offset: timedelta) -> str:
    """The name of a zone with that offset from UTC, in whole minutes, as `zone` takes it.

    Raises:
        ValueError: no place is as far from UTC as that.
    """
    if not offset:
        return "UTC"
    if abs(offset) > _FURTHEST:
        raise ValueError(f"{offset} is no offset of a place on Earth")
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{'-' if offset < timedelta(0) else '+'}{hours:02d}:{minutes:02d}"


def _fixed(sign: str, hours: int, minutes: int) -> tzinfo:
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > _FURTHEST:
        raise ValueError("no offset of a place on Earth")
    return timezone(-offset if sign == "-" else offset)


@lru_cache(maxsize=1024)
def _named(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # A name may also be that of a folder ("America"), or no file name at all.
        raise ValueError(f"no such time zone: {name!r}") from error


def weekdays_text(weekdays: frozenset[int]) -> str:
    """Weekdays in one short text, as it is stored: `12345` for Monday to Friday."""
    return "".join(str(day) for day in sorted(weekdays))


def weekdays_of(text: str) -> frozenset[int]:
    """The weekdays of such a text.

    Raises:
        ValueError: it names none, or something that is no weekday.
    """
    days = frozenset(int(each) for each in text)
    if not days or not days <= EVERY_DAY:
        raise ValueError(f"no weekdays: {text!r}")
    return days


@dataclass(frozen=True, slots=True)
class Due:
    """What is due.

    Attributes:
        day: the subscriber's local date that it is for.
        at: when, in UTC.
    """

    day: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a subscriber wants the lesson of the day.

    Attributes:
        at: the local time of day, without a zone.
        zone: name of the zone, as `zone()` takes it.
        weekdays: ISO weekdays (Monday 1 … Sunday 7), at least one.

    Raises:
        ValueError: one of them is not what it should be.
    """

    at: time
    zone: str
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if self.at.tzinfo is not None or self.at.fold:
            raise ValueError("a time of day has neither zone nor fold")
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("ISO weekdays are 1 to 7, and at least one is needed")
        zone(self.zone)

    def today(self, now: datetime) -> date:
        """The subscriber's local date at an instant."""
        return now.astimezone(zone(self.zone)).date()

    def instant(self, day: date) -> datetime | None:
        """When `day` is due there, in UTC, weekdays aside; None where that date was left out (Apia 2011-12-30).

        Where clocks show the time twice it is the first of them. Where they skip it, it is later by what they skip;
        or earlier by as much, if it would be the next date then (Nuuk, on the last Saturday of March at 23:30).
        """
        place = zone(self.zone)
        for fold in (0, 1):
            at = datetime.combine(day, self.at, tzinfo=place).replace(fold=fold).astimezone(UTC)
            if at.astimezone(place).date() == day:
                return at
        return None

    def next(self, now: datetime, *, after: date | None = None) -> Due:
        """The first that is due at `now` or later, for a date later than `after`.

        Args:
            now: an aware time.
            after: the last local date that something was due for, in whatever zone it was, or None.

        Raises:
            ValueError: `now` has no zone.
        """
        first = self._date_at(now) - _DAY
        if after is not None:
            first = max(first, after + _DAY)
        for due in self._from(first, _DAY):
            if due.at >= now:
                return due
        raise AssertionError("no week without its days")

    def last(self, now: datetime, *, after: date | None = None) -> Due | None:
        """The last that was due at `now` or before, for a date later than `after`; None where there is none.

        Without `after` there is always one.
        """
        for due in self._from(self._date_at(now) + _DAY, -_DAY):
            if after is not None and due.day <= after:
                return None
            if due.at <= now:
                return due
        raise AssertionError("no week without its days")

    def _date_at(self, now: datetime) -> date:
        if now.tzinfo is None:
            raise ValueError("an aware time is needed")
        return self.today(now)

    def _from(self, day: date, step: timedelta) -> Iterator[Due]:
        """What is due on the days from `day` on, forwards or backwards."""
        for _ in range(_SEARCHED):
            if day.isoweekday() in self.weekdays:
                at = self.instant(day)
                if at is not None:
                    yield Due(day, at)
            day += step
