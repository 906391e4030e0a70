"""What is kept of readers and their questions has an end; `/privacy` tells readers when."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.forms import KEPT as FORMS_KEPT
from bot.readers import ReaderStores
from bot.team.cases import CaseStore
from jobs.rounds import Job

logger = logging.getLogger("coursebot.jobs")

DAILY = timedelta(days=1)


def housekeeping(readers: ReaderStores, cases: CaseStore, *, kept: timedelta) -> Job:
    """Each day forget what is too old.

    Args:
        readers: has the question log and the forms.
        cases: the cases.
        kept: how long questions are kept.
    """

    async def forget(at: datetime) -> None:
        questions = await readers.questions.purge(before=at - kept)
        forgotten = await cases.purge(before=at - kept)
        await readers.forms.purge(before=at - FORMS_KEPT)
        if questions or forgotten:
            logger.info(
                "forgotten: %d questions, %d cases", questions, forgotten, extra={"action": "forgotten"}
            )

    return Job("housekeeping", DAILY, forget)


def each_minute(name: str, do: Callable[[datetime], Awaitable[object]]) -> Job:
    """A job of every minute."""
    return Job(name, timedelta(minutes=1), do)
