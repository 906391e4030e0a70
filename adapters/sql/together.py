"""Doing together what comes at the same time: one transaction for many, when many ask at once.

A transaction costs about a millisecond, and a written one a wait for the disk; five hundred readers at once would
wait for five hundred of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 500
"""Items done together at most."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item, Result]):
    """An item, and in the end its result (in a tuple, as a result may be None) or its error."""

    item: Item
    result: tuple[Result] | None = None
    error: Exception | None = None


class Together(Generic[Item, Result]):
    """Does one item at once when nothing is being done, else with all others that wait.

    Args:
        work: does items in order and returns as many results; when it fails, all of them failed.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._work = work
        self._waiting: list[_Waiting[Item, Result]] = []
        self._busy = asyncio.Lock()

    async def do(self, item: Item) -> Result:
        """The item's result; what it waits for is done when this returns.

        Raises:
            Exception: what `work` raised.
        """
        mine = _Waiting[Item, Result](item)
        self._waiting.append(mine)
        try:
            async with self._busy:
                while mine.result is None and mine.error is None:
                    await self._some()
        finally:
            if mine in self._waiting:  # cancelled before its turn: nobody wants it done
                self._waiting.remove(mine)
        if mine.result is None:
            raise mine.error or RuntimeError("neither done nor failed")
        return mine.result[0]

    async def _some(self) -> None:
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            results = await self._work([each.item for each in batch])
        except Exception as error:  # noqa: BLE001 - raised again by everyone who waits for it
            for each in batch:
                each.error = error
        except BaseException:
            # Only whoever works is cancelled: the next one takes over what the others wait for.
            self._waiting = batch + self._waiting
            raise
        else:
            for each, result in zip(batch, results, strict=True):
                each.result = (result,)
