"""Which time zone a city's or country's name means: `places.toml`, the names of the IANA zones, and offsets.

Names are compared without case, accents, blanks and punctuation, in either script of Chinese.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from bot.catalog import ENGLISH, TRADITIONAL, traditional
from bot.daily.schedule import offset_name, zone
from knowledge.normalize import normalize

CANDIDATES = 6
"""Places offered at most where a name may mean several."""

_AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
_CLOSE = 78
"""Likeness from which a name may be a mistyped one, in percent: one letter of five, one character of three."""
_SHORTEST = 3
_FARTHEST_EAST, _FARTHEST_WEST = timedelta(hours=14), timedelta(hours=-12)

_OFFSET = re.compile(r"(?:utc|gmt|z)?\s*([+-])\s*(\d{1,2})(?:[:.]?([0-5]\d))?", re.ASCII)
_DIGITS = "零一二三四五六七八九十"
_SIDE = re.compile(r"([东西])(\d{1,2}|十?[一二三四五六七八九]|十)区?")
_UTC = {"utc", "gmt", "z", "zulu", "世界时", "格林尼治", "格林威治", "协调世界时", "零时区"}
_TAIL = re.compile(r"(?:标准)?(?:时间|时区)$|\s+(?:standard\s+)?(?:time\s*zone|timezone|time)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its name, and the time zone that is kept there."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class _Table:
    """The names of `places.toml`: key → places, and zone → how it is shown in Chinese and English."""

    places: dict[str, tuple[Place, ...]]
    shown: dict[str, tuple[str, str]]


def found(text: str) -> tuple[Place, ...]:
    """The places that go by exactly that name, or the offset that it is; several where it is ambiguous."""
    said = _TAIL.sub("", _plain(text))
    fixed = _offset(said)
    if fixed:
        return (Place(fixed, fixed),)
    key = _key(said)
    if not key:
        return ()
    if "/" in said:
        named = _zones().get(said.replace(" ", "_"))
        return (Place(_last(named), named),) if named else ()
    table = _table().places
    return table.get(key) or table.get(key.removesuffix("市")) or _by_zone().get(key, ())


def close(text: str) -> tuple[Place, ...]:
    """The places whose names are much like that one, the likest first, one for each zone."""
    key = _key(_TAIL.sub("", _plain(text)))
    if len(key) < _SHORTEST:
        return ()
    # One of three Chinese characters is a third of the name, and a word by itself.
    least = _CLOSE if key.isascii() else 60
    table = _table().places
    alike = process.extract(key, table.keys(), scorer=fuzz.ratio, score_cutoff=least, limit=4 * CANDIDATES)
    places = {place.zone: place for name, _, _ in reversed(alike) for place in reversed(table[name])}
    return tuple(reversed(places.values()))[:CANDIDATES]


def shown(name: str, language: str) -> str:
    """A zone by its best-known city, in one of the catalog's languages; an offset as it is."""
    names = _table().shown.get(name)
    if names is None:
        return _last(name)
    chinese, english = names
    if language == ENGLISH:
        return english
    return traditional(chinese) if language == TRADITIONAL else chinese


def offset_shown(name: str, now: datetime) -> str:
    """How far a zone is from UTC at an instant: `UTC+8`, `UTC-3:30`, `UTC`."""
    offset = now.astimezone(zone(name)).utcoffset() or timedelta(0)
    whole = offset_name(offset)
    return re.sub(
        r"([+-])0?(\d+):(\d\d)", lambda part: part[1] + part[2] + f":{part[3]}".removesuffix(":00"), whole
    )


def _plain(text: str) -> str:
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", normalize(text)).split())


def _key(text: str) -> str:
    """What names are compared by: letters and digits only, without accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(each for each in letters if each.isalnum())


def _offset(said: str) -> str | None:
    """The zone of `utc`, `utc+8`, `gmt-3:30`, `+08:00` or `东八区`."""
    if said in _UTC:
        return "UTC"
    written = _OFFSET.fullmatch(said)
    if written:
        sign, hours, minutes = written[1], int(written[2]), int(written[3] or 0)
    else:
        side = _SIDE.fullmatch(said)
        if side is None:
            return None
        sign, hours, minutes = "+" if side[1] == "东" else "-", _number(side[2]), 0
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    return offset_name(offset) if _FARTHEST_WEST <= offset <= _FARTHEST_EAST else None


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    return (10 if text[0] == "十" else 0) + (_DIGITS.index(text[-1]) if text != "十" else 0)


def _last(name: str) -> str:
    """A zone that the table does not have, by the last part of its name."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def _table() -> _Table:
    source = resources.files("bot.daily") / "places.toml"
    places: dict[str, tuple[Place, ...]] = {}
    shown: dict[str, tuple[str, str]] = {}
    for name, names in tomllib.loads(source.read_text(encoding="utf-8")).items():
        chinese, english = names["zh"].split(), [each.strip() for each in names["en"].split(",")]
        shown[name] = (chinese[0], english[0])
        for each in (*chinese, *english):
            # Taiwan has names of its own for some (永珍 is 万象), which no conversion of what is typed brings back.
            for key in {_key(_plain(each)), *([] if each.isascii() else [_key(_plain(traditional(each)))])}:
                places[key] = _with(places.get(key, ()), Place(each, name))
    return _Table(places, shown)


def _with(places: Sequence[Place], place: Place) -> tuple[Place, ...]:
    known = any(each.zone == place.zone for each in places)
    return tuple(places) if known else (*places, place)


@cache
def _zones() -> dict[str, str]:
    """The names of the IANA zones, by their lower-case form."""
    return {
        name.casefold(): name for name in sorted(available_timezones()) if name.startswith((*_AREAS, "Etc/"))
    }


@cache
def _by_zone() -> dict[str, tuple[Place, ...]]:
    """Zones by the last part of their names, for towns that the table leaves out."""
    places: dict[str, tuple[Place, ...]] = {}
    for name in _zones().values():
        if not name.startswith("Etc/"):
            key = _key(_plain(_last(name)))
            places[key] = (*places.get(key, ()), Place(_last(name), name))
    return places
