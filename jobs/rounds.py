"""Small jobs that are done again and again beside the conversation, none of which may stop another.

A round that is missed or comes late changes nothing: what is to be done is in the database.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done every so often.

    Attributes:
        name: for the log.
        every: how much time lies between two rounds; the first is at the start.
        do: does it, given the time.
    """

    name: str
    every: timedelta
    do: Callable[[datetime], Awaitable[object]]


class Rounds:
    """Does jobs when they are due.

    Args:
        jobs: what to do.
        now: the clock; aware times.
        pause: seconds between two looks at what is due.
    """

    def __init__(self, jobs: Sequence[Job], *, now: Callable[[], datetime], pause: float = 15.0) -> None:
        self._jobs = jobs
        self._now = now
        self._pause = pause
        self._done: dict[str, datetime] = {}

    async def run(self) -> None:
        """Do what is due until cancelled."""
        while True:
            await self.round()
            await asyncio.sleep(self._pause)

    async def round(self) -> None:
        """Do what is due once; never raises."""
        for job in self._jobs:
            at = self._now()
            last = self._done.get(job.name)
            # A clock that was put back must not keep a job waiting.
            if last is not None and timedelta() <= at - last < job.every:
                continue
            self._done[job.name] = at
            try:
                await job.do(at)
            except CoursebotError as error:
                logger.warning("%s: %s", job.name, error.key, extra={"action": "job-failed"})
            except Exception as error:  # noqa: BLE001 - the next round may do better
                # Without the message, which may quote a row.
                places = "".join(traceback.format_tb(error.__traceback__))
                logger.error("%s: %s\n%s", job.name, type(error).__name__, places)  # noqa: TRY400
