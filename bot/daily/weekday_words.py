"""Days of the week as people write them: `工作日`, `一三五`, `周一到周五`, `mon,wed,fri`, `weekdays`."""

from __future__ import annotations

import re

from bot.daily.schedule import EVERY_DAY, WEEKEND, WORKDAYS

_NAMED = {
    **dict.fromkeys(
        ("每天", "每日", "天天", "日日", "daily", "everyday", "every day", "each day", "all days"), EVERY_DAY
    ),
    **dict.fromkeys(("工作日", "平日", "上班日", "每个工作日", "每工作日", "周中"), WORKDAYS),
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays", "work days", "working days"), WORKDAYS),
    **dict.fromkeys(("周末", "每周末", "双休日", "休息日", "weekend", "weekends", "every weekend"), WEEKEND),
}
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_ENGLISH = {
    "monday": 1,
    "tuesday": 2,
    "wednesday": 3,
    "thursday": 4,
    "friday": 5,
    "saturday": 6,
    "sunday": 7,
}
_SHORT = {"tues": 2, "wednes": 3, "weds": 3, "thur": 4, "thurs": 4} | {
    name[:3]: n for name, n in _ENGLISH.items()
}
_NAMES = _ENGLISH | _SHORT
_TOKEN = re.compile(
    r"(?P<prefix>[每逢]?(?:周|星期|礼拜))|(?P<day>[一二三四五六日天])|(?P<number>[1-7])"
    r"|(?P<word>[a-z]+)|(?P<span>[到至~-])|(?P<between>[\s、,，;/&+和及与])"
)
_SPANS = {"to", "through", "till", "until", "thru"}
_FILLERS = {"and", "every", "on", "each"}


def weekdays(text: str) -> frozenset[int] | None:
    """The ISO weekdays that a normalised text names, or None when it does not name them and nothing else."""
    said = re.sub("[\u2010-\u2015\u2212]", "-", text.strip())
    named = _NAMED.get(said)
    if named:
        return named
    return _listed(said)


def _listed(said: str) -> frozenset[int] | None:
    """A list, in which a range may go over the end of the week."""
    days: set[int] = set()
    last: int | None = None
    begun = prefixed = False
    at = 0
    while at < len(said):
        found = _TOKEN.match(said, at)
        if found is None:
            return None
        at = found.end()
        prefixed = prefixed or found.lastgroup == "prefix"
        if found.lastgroup == "span" or found[0] in _SPANS:
            if last is None or begun:
                return None
            begun = True
            continue
        day = _day(found, prefixed=prefixed)
        if day is None:
            if found.lastgroup in {"prefix", "between"} or found[0] in _FILLERS:
                continue
            return None
        days |= _range(last, day) if begun and last else {day}
        last, begun = day, False
    return frozenset(days) if days and not begun else None


def _day(found: re.Match[str], *, prefixed: bool) -> int | None:
    text = found[0]
    match found.lastgroup:
        case "day":
            return _CHINESE[text] if prefixed or text != "天" else None
        case "number":
            return int(text) if prefixed else None
        case "word":
            return _NAMES.get(text) or _NAMES.get(text.removesuffix("s"))
        case _:
            return None


def _range(first: int, last: int) -> set[int]:
    length = (last - first) % 7
    return {(first - 1 + step) % 7 + 1 for step in range(length + 1)}
