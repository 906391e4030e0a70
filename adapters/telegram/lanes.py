"""One chat's updates one after the other, many chats at once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

logger = logging.getLogger("coursebot.telegram")

_LAST = 0.5
"""Seconds for what was cancelled to give back its connections."""

Job = Callable[[], Awaitable[None]]


class Lanes:
    """Runs jobs: those of one lane in the order they came, those of different lanes side by side.

    A job that fails is logged by the type of its error only, which may quote a reader, and the lane goes on.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, deque[Job]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    def put(self, lane: str, job: Job) -> None:
        """Run `job` after the lane's earlier ones; not at all once the lanes are closed."""
        if self._closed:
            return
        self._jobs.setdefault(lane, deque()).append(job)
        if lane not in self._tasks:
            self._tasks[lane] = asyncio.create_task(self._drive(lane))

    def __len__(self) -> int:
        """Jobs that run or wait."""
        return sum(map(len, self._jobs.values())) + len(self._tasks)

    async def close(self, *, grace: float, last: Callable[[], None], after: float) -> None:
        """Start no more jobs and wait for those that run.

        Args:
            grace: seconds in which they may go on.
            last: called then, to make those end that still wait for something.
            after: seconds until whatever is left is cancelled.
        """
        self._closed = True
        for jobs in self._jobs.values():
            jobs.clear()
        for seconds, then in ((grace, last), (after, self._cancel)):
            if self._tasks:
                await asyncio.wait(self._tasks.values(), timeout=seconds)
            then()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=_LAST)

    def _cancel(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def _drive(self, lane: str) -> None:
        jobs = self._jobs[lane]
        try:
            while jobs:
                try:
                    await jobs.popleft()()
                except Exception as error:  # noqa: BLE001 - one update must not stop a chat
                    logger.error("an update failed: %s", type(error).__name__, extra={"action": "failed"})  # noqa: TRY400
        finally:
            del self._jobs[lane], self._tasks[lane]
