"""A time of day as people write it: `08:00`, `8点半`, `晚上八点`, `8pm`, `noon`."""

from __future__ import annotations

import re
from datetime import time

_COLON = re.compile(r"(?:at\s+)?(\d{1,2})[:.h](\d{2})(?::00)?\s*(am|pm|a\.m\.?|p\.m\.?)?", re.ASCII)
_DIGITS_ONLY = re.compile(r"([01]\d|2[0-3])([0-5]\d)", re.ASCII)
_ENGLISH = re.compile(r"(?:at\s+)?(\d{1,2})\s*(am|pm|a\.m\.?|p\.m\.?|o'?clock)(?:\s+sharp)?", re.ASCII)
_NUMBER = r"\d{1,2}|[零〇一二两三四五六七八九十]{1,3}"
_PART = r"早上|早晨|清早|清晨|上午|中午|正午|下午|午后|傍晚|晚上|夜晚|夜里|夜间|半夜|深夜|午夜|凌晨|早|晚"
_CHINESE = re.compile(
    rf"({_PART})?\s*({_NUMBER})\s*(?:点|时|:)(?:钟|整)?\s*(?:(半)|([一三])刻|(?:零|过)?({_NUMBER})分?)?\s*(?:整)?",
    re.ASCII,
)
_NAMED = {
    "noon": time(12),
    "midday": time(12),
    "正午": time(12),
    "中午": time(12),
    "midnight": time(0),
    "午夜": time(0),
    "半夜": time(0),
    "零点": time(0),
}
_FIGURES = {figure: value for value, figure in enumerate("零一二三四五六七八九十")} | {"〇": 0, "两": 2}
_EARLY = frozenset({"早上", "早晨", "清早", "清晨", "上午", "早"})
_AFTER_NOON = frozenset({"下午", "午后", "傍晚"})
_EVENING = frozenset({"晚上", "夜晚", "晚"})
_NIGHT = frozenset({"夜里", "夜间", "半夜", "深夜", "午夜"})


def clock_time(text: str) -> time | None:
    """The time that a normalised text says, or None when it says none, or one that no clock shows."""
    said = text.strip()
    if said in _NAMED:
        return _NAMED[said]
    written = _COLON.fullmatch(said)
    if written:
        return _twelve(int(written[1]), int(written[2]), written[3] or "")
    digits = _DIGITS_ONLY.fullmatch(said)
    if digits:
        return _valid(int(digits[1]), int(digits[2]))
    english = _ENGLISH.fullmatch(said)
    if english:
        return _twelve(int(english[1]), 0, english[2])
    chinese = _CHINESE.fullmatch(said)
    return _spoken(chinese) if chinese else None


def _spoken(found: re.Match[str]) -> time | None:
    part, hours, half, quarters, minutes = found.groups()
    hour, minute = _number(hours), 0
    if half:
        minute = 30
    elif quarters:
        minute = 15 * _FIGURES[quarters]
    elif minutes:
        spoken = _number(minutes)
        if spoken is None:
            return None
        minute = spoken
    return None if hour is None else _valid(_hour(part or "", hour), minute)


def _hour(part: str, hour: int) -> int:
    """The hour of 24 that is meant by one of 12 in a part of the day; -1 where there is none such."""
    if part in _EARLY or part == "凌晨":
        return hour % 12 if part == "凌晨" and hour == 12 else hour if hour <= 12 else -1
    if not part or hour > 12:
        return hour
    if part in _AFTER_NOON:
        return hour % 12 + 12
    if part in {"中午", "正午"}:
        return hour + 12 if hour < 10 else hour
    if part in _EVENING:
        return 24 if hour == 12 else hour + 12
    return hour % 12 if hour == 12 or hour < 8 else hour + 12


def _twelve(hour: int, minute: int, half: str) -> time | None:
    """A time with `am` or `pm`, or with neither."""
    if half.startswith("a"):
        return _valid(hour % 12, minute) if 1 <= hour <= 12 else None
    if half.startswith("p"):
        return (
            _valid(hour % 12 + 12, minute) if 1 <= hour <= 12 else _valid(hour, minute) if hour > 12 else None
        )
    return _valid(hour, minute)


def _valid(hour: int, minute: int) -> time | None:
    if (hour, minute) == (24, 0):
        return time(0)
    return time(hour, minute) if 0 <= hour < 24 and 0 <= minute < 60 else None


def _number(text: str) -> int | None:
    """A number up to 59 in figures of either kind."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        values = [_FIGURES[each] for each in text]
        return values[0] if len(values) == 1 else values[1] if len(values) == 2 and not values[0] else None
    if len(tens) > 1 or len(ones) > 1 or tens in {"零", "〇"} or ones in {"零", "〇"}:
        return None
    return (_FIGURES[tens] if tens else 1) * 10 + (_FIGURES[ones] if ones else 0)
