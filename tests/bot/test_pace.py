from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.messages import Person, Platform
from bot.pace import Pace, Verdict

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GO, SLOW, SILENT = Verdict.GO, Verdict.SLOW, Verdict.SILENT


def person(name: str) -> Person:
    return Person(platform=Platform.TELEGRAM, id=name)


def verdicts(pace: Pace, name: str, *seconds: float) -> list[Verdict]:
    return [pace.verdict(person(name), at=NOW + timedelta(seconds=each)) for each in seconds]


def test_a_burst_is_fine_then_one_word_then_silence() -> None:
    pace = Pace(burst=5)
    assert verdicts(pace, "a", *[0.0] * 8) == [*[GO] * 5, SLOW, SILENT, SILENT]
    assert verdicts(pace, "b", 0) == [GO]


def test_one_more_each_three_seconds_and_no_second_word_until_it_was_quiet() -> None:
    pace = Pace(burst=2)
    assert verdicts(pace, "a", 0, 0, 0, 3, 3, 6, 6) == [GO, GO, SLOW, GO, SILENT, GO, SILENT]
    assert verdicts(pace, "a", 12, 12, 12) == [GO, GO, SLOW]


def test_a_clock_that_runs_backwards_gives_nothing_away() -> None:
    pace = Pace(burst=1)
    assert verdicts(pace, "a", 100, 0, 50, 100, 103) == [GO, SLOW, SILENT, SILENT, GO]


def test_people_of_two_platforms_are_two_people() -> None:
    pace = Pace(burst=1)
    assert verdicts(pace, "a", 0) == [GO]
    assert pace.verdict(Person(platform=Platform.DISCORD, id="a"), at=NOW) is GO


def test_memory_is_bounded_and_a_flood_does_not_forget_the_flooder() -> None:
    pace = Pace(burst=1, capacity=10)
    verdicts(pace, "flood", 0, 0)
    for number in range(100):
        verdicts(pace, str(number), 0)
        assert verdicts(pace, "flood", 0) == [SILENT]
    assert len(pace) == 10
