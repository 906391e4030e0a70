from __future__ import annotations

import struct
import zlib
from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import catalog
from bot.rendering.heatmap import WEEKS, heat_map, progress_picture

TODAY = date(2026, 3, 4)
"""A Wednesday: ten weeks up to it have 66 days."""
Pixel = tuple[int, ...]


def pixels(png: bytes) -> list[list[Pixel]]:
    """The picture, from a PNG of 8-bit RGB without filters; whatever is wrong with it raises."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + length
    width, height, depth, color, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, color) == (8, 2)
    raw = zlib.decompress(chunks[b"IDAT"])
    rows = [raw[row * (1 + 3 * width) :][: 1 + 3 * width] for row in range(height)]
    assert all(row[0] == 0 for row in rows)
    return [[tuple(row[1 + 3 * x : 4 + 3 * x]) for x in range(width)] for row in rows]


def squares(days: dict[date, int], weeks: int = 10) -> list[list[Pixel]]:
    """The colour of each day: a list for each weekday from Monday on, the weeks in order."""
    picture = pixels(heat_map(days, today=TODAY, weeks=weeks))
    return [
        [picture[52 + weekday * 36 + 15][24 + week * 36 + 15] for week in range(weeks)]
        for weekday in range(7)
    ]


def test_each_day_is_as_bright_as_its_lessons_are_many() -> None:
    days = {
        TODAY - timedelta(days=back): lessons for back, lessons in ((0, 1), (1, 2), (2, 3), (7, 4), (8, 9))
    }
    shown = squares(days)
    one, two, three = (shown[weekday][-1] for weekday in (2, 1, 0))
    four, nine = shown[2][-2], shown[1][-2]
    nothing = shown[0][0]
    assert sum(nothing) < sum(one) < sum(two) < sum(three) < sum(four)
    assert nine == four
    counted = Counter(color for row in shown for color in row)
    assert counted[nothing] == 66 - 5


def test_days_that_are_still_to_come_and_those_long_ago_are_not_shown() -> None:
    shown = squares({TODAY + timedelta(days=1): 3, TODAY - timedelta(days=400): 3})
    paper = pixels(heat_map({}, today=TODAY))[0][0]
    assert [row[-1] == paper for row in shown] == [False, False, False, True, True, True, True]
    assert len({color for row in shown for color in row}) == 2


def test_the_picture_is_said_in_words_too() -> None:
    days = {TODAY: 2, TODAY - timedelta(days=3): 1, TODAY - timedelta(days=999): 7}
    picture = progress_picture(catalog("en"), days, today=TODAY)
    assert picture.alt == "A calendar of the last 18 weeks: reading on 2 days, 3 lessons done."
    assert picture.type == "image/png"
    assert len(picture.content) < 10_000
    assert len(pixels(picture.content)[0]) > 36 * WEEKS


@given(st.dates(date(1, 7, 1), date(9999, 1, 1)), st.integers(1, 60), st.data())
def test_every_date_has_a_picture(today: date, weeks: int, data: st.DataObject) -> None:
    back = st.integers(-30, 500).map(lambda number: max(today.toordinal() - number, 1))
    days = data.draw(st.dictionaries(back.map(date.fromordinal), st.integers(-1, 99), max_size=9))
    if today.toordinal() > 7 * weeks:
        assert heat_map(days, today=today, weeks=weeks).startswith(b"\x89PNG")
