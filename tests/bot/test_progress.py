"""Days in a row: what breaks them, and what does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.daily.progress import read_days, streaks
from bot.daily.subscriptions import LessonRead, Reading

MONDAY = date(2026, 1, 5)


def days(*offsets: int) -> list[date]:
    return [MONDAY + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("read", "sent", "today", "found"),
    [
        ([], [], 0, (0, 0)),
        ([0], [0], 0, (1, 1)),
        # Today breaks nothing yet; yesterday does.
        ([0, 1], [0, 1, 2], 2, (2, 2)),
        ([0, 1], [0, 1, 2], 3, (0, 2)),
        ([0, 1, 3], [0, 1, 2, 3], 3, (1, 2)),
        # Nothing came at the weekend, nor in a week's pause.
        ([3, 4, 7], [3, 4, 7], 7, (3, 3)),
        ([0, 7], [0, 7], 13, (2, 2)),
        # Read ahead on a day without a lesson.
        ([0, 5, 7], [0, 7], 7, (3, 3)),
        # A date that is still to come here, as the subscriber moved over the date line.
        ([0, 1], [0, 1], 0, (1, 1)),
    ],
)
def test_days_in_a_row(read: list[int], sent: list[int], today: int, found: tuple[int, int]) -> None:
    assert streaks(days(*read), days(*sent), today=days(today)[0]) == found


DATES = st.frozensets(st.integers(0, 40)).map(lambda offsets: days(*offsets))


@given(DATES, DATES, st.integers(0, 40))
def test_a_row_is_no_longer_than_the_days_that_were_read(
    read: list[date], sent: list[date], today: int
) -> None:
    current, longest = streaks(read, sent, today=days(today)[0])
    assert 0 <= current <= longest <= len(read)
    assert longest > 0 or not [day for day in read if day <= days(today)[0]]


def test_skipping_is_not_reading() -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    one, two, three = days(2, 1, 1)
    reads = [
        LessonRead(lesson="a", reading=Reading.DONE, on=one, at=at),
        LessonRead(lesson="b", reading=Reading.DONE, on=two, at=at),
        LessonRead(lesson="c", reading=Reading.DONE, on=three, at=at),
        LessonRead(lesson="d", reading=Reading.SKIPPED, on=one, at=at),
    ]
    assert list(read_days(reads).items()) == [(two, 2), (one, 1)]
