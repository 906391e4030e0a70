"""The order of the queue, and what fits into a few minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.team.cases import Case, CaseState, Cause
from bot.team.queueing import Asked, asked, fitting, ordered, seconds

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def case(number: int, readers: int, hours: float) -> Case:
    return Case(
        id=number,
        state=CaseState.OPEN,
        cause=Cause.ASKED,
        course="c",
        question="?",
        readers=readers,
        opened_at=AT - timedelta(hours=hours),
    )


def test_many_readers_and_a_long_wait_go_first_and_neither_beats_the_other_for_good() -> None:
    cases = [case(1, 1, 1), case(2, 5, 1), case(3, 1, 20), case(4, 0, 300)]
    assert [each.id for each in ordered(cases, AT)] == [4, 3, 2, 1]


def test_of_two_alike_the_older_number_goes_first_and_a_clock_that_ran_back_changes_nothing() -> None:
    assert [each.id for each in ordered([case(2, 1, -5), case(1, 1, -5)], AT)] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "course", "minutes"),
    [
        ("", "", None),
        ("5分钟", "", 5),
        ("容器 5分钟", "容器", 5),
        ("5 分鐘 容器", "容器", 5),
        ("Redis 10 min", "Redis", 10),
        ("Redis 10m", "Redis", 10),
        ("1小时", "", 60),
        ("2h kafka", "kafka", 120),
        ("Git 2", "Git 2", None),
        ("10x程序员工作法", "10x程序员工作法", None),
        ("第5分册", "第5分册", None),
        ("999 hours", "", 480),
    ],
)
def test_what_follows_the_command(arguments: str, course: str, minutes: int | None) -> None:
    budget = None if minutes is None else timedelta(minutes=minutes)
    assert asked(arguments) == Asked(course, budget)


def test_an_answer_that_is_there_already_takes_less_than_one_to_be_written() -> None:
    assert (
        seconds("怎么限制内存？", 0.9) < seconds("怎么限制内存？", 0.1) < seconds("怎么限制内存？" * 20, 0.1)
    )


@given(
    st.lists(st.tuples(st.integers(5, 200), st.integers(1, 9)), min_size=1, max_size=7), st.integers(0, 900)
)
def test_nothing_that_fits_would_satisfy_more_readers(items: list[tuple[int, int]], budget: int) -> None:
    costs, gains = [cost for cost, _ in items], [gain for _, gain in items]
    chosen = fitting(costs, gains, timedelta(seconds=budget))
    assert chosen == sorted(set(chosen))
    # Seconds are counted in steps of five, in the items' disfavour.
    steps = [-(-cost // 5) for cost in costs]
    room = budget // 5
    best = max(
        sum(gains[place] for place in some)
        for size in range(len(items) + 1)
        for some in combinations(range(len(items)), size)
        if sum(steps[place] for place in some) <= room
    )
    if best:
        assert sum(gains[place] for place in chosen) == best
        assert sum(costs[place] for place in chosen) <= budget
    else:
        assert chosen == [0]  # with no time for anything, still the first
