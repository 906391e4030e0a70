"""The plots of `coursebot evaluate` and `coursebot simulate`, as PNG files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.rendering.canvas import INK, Canvas
from knowledge.figures import Bin

_SIZE, _LEFT, _TOP, _RIGHT, _BOTTOM = 500, 90, 70, 30, 80
_FAINT, _BAR, _DOT = (210, 210, 210), (176, 204, 232), (20, 80, 150)


def reliability_plot(bins: Sequence[Bin], title: str) -> bytes:
    """What was said against what was true, as a PNG: a bar for each bin, a dot at its mean, the diagonal."""
    canvas = Canvas(_LEFT + _SIZE + _RIGHT, _TOP + _SIZE + _BOTTOM)
    for tenth in range(0, 11, 2):
        at = tenth * _SIZE // 10
        canvas.box(_LEFT, _y(tenth / 10), _LEFT + _SIZE, _y(tenth / 10), _FAINT)
        canvas.box(_LEFT + at, _TOP + _SIZE, _LEFT + at, _TOP + _SIZE + 6, INK)
        canvas.text(_LEFT + at, _TOP + _SIZE + 20, f"{tenth / 10:.1f}")
        canvas.text(_LEFT - 28, _y(tenth / 10), f"{tenth / 10:.1f}")
    for each in bins:
        canvas.box(_x(each.low) + 2, _y(each.right), _x(each.high) - 2, _TOP + _SIZE, _BAR)
    for step in range(_SIZE):
        if step // 6 % 2 == 0:
            canvas.box(_LEFT + step, _TOP + _SIZE - step - 1, _LEFT + step + 1, _TOP + _SIZE - step, INK)
    for each in bins:
        x, y = _x(each.said), _y(each.right)
        canvas.box(x - 4, y - 4, x + 4, y + 4, _DOT)
        middle = (_x(each.low) + _x(each.high)) // 2
        canvas.text(middle, _TOP - 16, str(each.count))
    canvas.box(_LEFT, _TOP, _LEFT, _TOP + _SIZE, INK)
    canvas.box(_LEFT, _TOP + _SIZE, _LEFT + _SIZE, _TOP + _SIZE, INK)
    canvas.text(_LEFT + _SIZE // 2, 20, title[:45])
    canvas.text(_LEFT - 20, _TOP - 16, "n=")
    canvas.text(_LEFT + _SIZE // 2, _TOP + _SIZE + 52, "probability that was said")
    canvas.text(24, _TOP + _SIZE // 2, "share that was right", upright=True)
    return canvas.png()


def _x(share: float) -> int:
    return _LEFT + round(share * _SIZE)


def _y(share: float) -> int:
    return _TOP + _SIZE - round(share * _SIZE)


_LINES = ((150, 150, 150), (20, 80, 150), (200, 110, 20), (160, 40, 60))


def shares_plot(shares: Mapping[str, Sequence[float]], title: str) -> bytes:
    """Shares (0..1) that grow from day to day, a line for each name, as a PNG."""
    canvas = Canvas(_LEFT + _SIZE + _RIGHT, _TOP + _SIZE + _BOTTOM)
    days = max(len(values) for values in shares.values())
    for tenth in range(0, 11, 2):
        canvas.box(_LEFT, _y(tenth / 10), _LEFT + _SIZE, _y(tenth / 10), _FAINT)
        canvas.text(_LEFT - 28, _y(tenth / 10), f"{tenth / 10:.1f}")
    for day in range(0, days + 1, max(1, days // 5)):
        x = _LEFT + round(day / days * _SIZE)
        canvas.box(x, _TOP + _SIZE, x, _TOP + _SIZE + 6, INK)
        canvas.text(x, _TOP + _SIZE + 20, str(day))
    ordered = sorted(shares.items(), key=lambda pair: -pair[1][-1])
    for number, (name, values) in enumerate(ordered):
        color = _LINES[number % len(_LINES)]
        points = [0.0, *values]
        for step in range(_SIZE + 1):
            place = step / _SIZE * (len(points) - 1)
            low = min(int(place), len(points) - 2)
            share = points[low] + (points[low + 1] - points[low]) * (place - low)
            canvas.box(_LEFT + step - 1, _y(share) - 1, _LEFT + step + 1, _y(share) + 1, color)
        y = _TOP + 24 + 22 * number
        canvas.box(_LEFT + 16, y - 3, _LEFT + 40, y + 3, color)
        canvas.text(_LEFT + 52 + 6 * len(name), y, name)
    canvas.box(_LEFT, _TOP, _LEFT, _TOP + _SIZE, INK)
    canvas.box(_LEFT, _TOP + _SIZE, _LEFT + _SIZE, _TOP + _SIZE, INK)
    canvas.text(_LEFT + _SIZE // 2, 20, title[:45])
    canvas.text(_LEFT + _SIZE // 2, _TOP + _SIZE + 52, "day")
    canvas.text(24, _TOP + _SIZE // 2, "share of all readers", upright=True)
    return canvas.png()
