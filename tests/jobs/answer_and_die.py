"""Answers case 1 in the data folder of the first argument, and is killed at the point that the second one names."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.daily.deliveries import Notice
from bot.team.cases import CaseState, Closing
from bot.team.settling import Settling
from config.settings import Settings
from config.wiring import Application


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(folder: Path, point: str) -> None:
    application = Application(Settings(data=folder))
    cases, curating, outbox = (
        await application.cases(),
        await application.curating(),
        await application.deliveries(),
    )

    class Outbox:
        async def notify(self, notices: Sequence[Notice], *, at: datetime) -> int:
            if point == "saved":
                die()
            count = await outbox.notify(notices, at=at)
            if point == "queued":
                die()
            return count

    at = datetime(2026, 3, 2, tzinfo=UTC)
    closing = Closing(state=CaseState.ANSWERED, answer="看日志。", by="telegram:1")
    assert await cases.close(1, closing, at=at)
    if point == "closed":
        die()
    await Settling(cases, curating, Outbox()).settle(1, at=at)


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
