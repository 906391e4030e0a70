"""The reliability plot of `coursebot evaluate`, as a PNG."""

from __future__ import annotations

from collections.abc import Sequence

from bot.canvas import INK, Canvas
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
