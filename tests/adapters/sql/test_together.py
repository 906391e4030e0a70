from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from adapters.sql.together import MOST, Together


class Work:
    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def __call__(self, items: Sequence[int]) -> list[int]:
        await asyncio.sleep(0.001)
        if -1 in items:
            raise ValueError("-1")
        self.batches.append(list(items))
        return [item * 2 for item in items]


async def test_what_comes_meanwhile_is_done_together() -> None:
    work = Work()
    together = Together(work)
    results = await asyncio.gather(*(together.do(number) for number in range(MOST * 2)))
    assert results == [number * 2 for number in range(MOST * 2)]
    assert [len(batch) for batch in work.batches] == [1, MOST, MOST - 1]
    assert await together.do(7) == 14
    assert work.batches[-1] == [7]


async def test_a_failure_is_everyones_who_was_in_it_and_ends_there() -> None:
    together = Together(Work())
    items = (0, 1, -1)
    results = await asyncio.gather(*map(together.do, items), return_exceptions=True)
    assert [type(each) for each in results] == [int, ValueError, ValueError]
    assert await together.do(2) == 4


@pytest.mark.parametrize("cancelled", [0, 1, 2])
async def test_whoever_is_cancelled_costs_the_others_nothing(cancelled: int) -> None:
    work = Work()
    together = Together(work)
    tasks = [asyncio.create_task(together.do(number)) for number in range(3)]
    await asyncio.sleep(0)
    tasks[cancelled].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [each for number, each in enumerate(results) if number != cancelled] == [
        number * 2 for number in range(3) if number != cancelled
    ]
    assert isinstance(results[cancelled], asyncio.CancelledError)
    assert await together.do(5) == 10
