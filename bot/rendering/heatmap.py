"""A reader's weeks as a picture: a column for each week, a square for each day, the brighter the more lessons.

On a paper of its own, so that it looks the same in light and dark apps; with digits only, so that no font is needed
and no language is chosen. What the picture shows is said in its `alt` too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from bot.catalog import Catalog
from bot.rendering.canvas import Canvas, Color
from bot.replies import Document

WEEKS = 18
"""Weeks that are shown, this one included: on a phone the squares are still told apart."""

_SQUARE, _GAP, _EDGE, _TOP, _BOTTOM = 30, 6, 24, 52, 46
_STEP = _SQUARE + _GAP
_PAPER, _INK, _TODAY = (28, 33, 40), (200, 209, 217), (240, 246, 252)
# One hue from faint to bright, told apart by brightness alone, for those who do not see green.
_NOTHING: Color = (52, 59, 67)
_SHADES: tuple[Color, ...] = ((35, 124, 69), (52, 168, 84), (98, 214, 110), (180, 250, 184))


def heat_map(days: Mapping[date, int], *, today: date, weeks: int = WEEKS) -> bytes:
    """The weeks up to `today` as a PNG, Mondays on top, months above the week they begin in.

    Args:
        days: local date → lessons read on it.
        today: the reader's local date, which is framed; later days are left out.
        weeks: how many, from 1.
    """
    canvas = Canvas(2 * _EDGE + weeks * _STEP - _GAP, _TOP + 7 * _STEP - _GAP + _BOTTOM, paper=_PAPER)
    monday = _first(today, weeks)
    for day in _days(monday, today):
        week, weekday = divmod((day - monday).days, 7)
        left, top = _EDGE + week * _STEP, _TOP + weekday * _STEP
        if day == today:
            canvas.box(left - 3, top - 3, left + _SQUARE + 2, top + _SQUARE + 2, _TODAY)
            canvas.box(left - 1, top - 1, left + _SQUARE, top + _SQUARE, _PAPER)
        canvas.box(left, top, left + _SQUARE - 1, top + _SQUARE - 1, _shade(days.get(day, 0)))
        if day.day == 1:
            canvas.text(left + _SQUARE // 2, _TOP // 2, str(day.month), scale=3, ink=_INK)
    _legend(canvas)
    return canvas.png()


def progress_picture(words: Catalog, days: Mapping[date, int], *, today: date) -> Document:
    """The heat map of the last weeks, with what it shows in words."""
    shown = {day: days[day] for day in _days(_first(today, WEEKS), today) if days.get(day)}
    return Document(
        name="progress.png",
        content=heat_map(days, today=today),
        type="image/png",
        alt=words.text("heatmap.alt", weeks=WEEKS, count=len(shown), lessons=sum(shown.values())),
    )


def _first(today: date, weeks: int) -> date:
    """The Monday of the first week."""
    return today - timedelta(days=today.weekday() + 7 * (weeks - 1))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _shade(lessons: int) -> Color:
    return _SHADES[min(lessons, len(_SHADES)) - 1] if lessons > 0 else _NOTHING


def _legend(canvas: Canvas) -> None:
    """How many lessons each shade stands for."""
    height, width, _ = canvas.pixels.shape
    small, top = _SQUARE * 2 // 3, height - _BOTTOM + 16
    labels = ("0", *(str(number) for number in range(1, len(_SHADES))), f"{len(_SHADES)}+")
    step = small + 34
    left = width - _EDGE - step * len(labels)
    for label, color in zip(labels, (_NOTHING, *_SHADES), strict=True):
        canvas.box(left, top, left + small - 1, top + small - 1, color)
        canvas.text(left + small + 6 * len(label) + 4, top + small // 2, label, ink=_INK)
        left += step
