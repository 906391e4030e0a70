"""How fast and how evenly lessons leave when many are due at once: `coursebot run` as a process, against loopback.

The rate is the real one, 25 messages a second, so a backlog of 10,000 would take 400 s; a part of it is measured.
Nothing is ever sent beyond this machine.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.telegram.limiter import PER_SECOND
from config.loopback import TOKEN, Loopback
from knowledge.figures import percentile

HEAD = "Lessons that are due at once, at the allowed rate:"
_ASKERS = 2_000_000_000
"""Numbers of those who ask meanwhile begin here; subscribers' begin at 1."""
_LEAD = 12.0
"""Seconds until they are due, in which the process starts."""
_BATCH = 5000
_PLANNED_WITHIN = 300.0


class Recording(Loopback):
    """The server, with the moment of each lesson that arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.lessons: list[float] = []

    def _send(self, chat: int) -> dict[str, Any]:
        if chat < _ASKERS:
            self.lessons.append(time.time())
        return super()._send(chat)


async def measured(
    samples: str, questions: list[str], *, due: int, seconds: float, held: int
) -> AsyncIterator[dict[str, Any]]:
    """A row for the backlog, one for a restart in the middle of it, one for many subscribers.

    Args:
        samples: folder of the course that is sent.
        questions: asked one a second meanwhile.
        due: subscribers who are due at the same moment.
        seconds: how much of the backlog is measured.
        held: subscribers with which memory is measured.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        await _imported(data, samples)
        at = datetime.now(UTC) + timedelta(seconds=_LEAD + due / 2000)
        await _subscribed(data, due, at)
        async with Recording() as server, _bot(data, server) as process:
            yield await _backlog(server, at, questions, seconds=seconds) | {"due": due}
            process.kill()
            await process.wait()
            yield await _restarted(data, server)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        await _imported(data, samples)
        await _subscribed(data, held, datetime.now(UTC) - timedelta(seconds=1))
        async with Recording() as server, _bot(data, server) as process:
            yield await _planned(data, process.pid, held)


def lines(row: dict[str, Any]) -> list[str]:
    """A row in words."""
    if row["what"] == "restart":
        return [f"  after kill -9, from start to the next lesson: {row['seconds']:.2f} s"]
    if row["what"] == "held":
        number, took, memory = f"{row['subscribers']:,}", row["seconds"], row["memory"]
        return [f"  {number} subscribers due at once: planned in {took:.0f} s, {memory:.0f} MB at most"]
    head = (
        f"  {row['due']:,} due at once, {row['seconds']:.0f} s of it measured: {row['rate']:.2f} a second, "
    )
    head += f"{row['share']:.1%} of the allowed {PER_SECOND:.0f}; the first after {row['first']:.2f} s"
    tail = f"  behind the allowed rate: p50 {row['p50']:.2f} s, p99 {row['p99']:.2f} s; answers meanwhile "
    tail += f"({row['answers']}): p50 {row['answer_p50']:.2f} s, p99 {row['answer_p99']:.2f} s"
    return [head, tail]


async def _backlog(
    server: Recording, at: datetime, questions: list[str], *, seconds: float
) -> dict[str, Any]:
    await asyncio.sleep(max(0.0, at.timestamp() - time.time()))
    asked = 0
    while time.time() < at.timestamp() + seconds:
        server.ask(_ASKERS + asked, questions[asked % len(questions)])
        asked += 1
        await asyncio.sleep(1.0)
    arrived = [each for each in server.lessons if each <= at.timestamp() + seconds]
    if len(arrived) < 2:
        raise RuntimeError("no lesson arrived")
    # The first turn is there at once, so n lessons take n - 1 turns.
    rate = (len(arrived) - 1) / (arrived[-1] - arrived[0])
    behind = [each - arrived[0] - place / PER_SECOND for place, each in enumerate(arrived)]
    took = list(server.took.values())
    return {
        "what": "backlog",
        "seconds": seconds,
        "lessons": len(arrived),
        "rate": rate,
        "share": rate / PER_SECOND,
        "first": arrived[0] - at.timestamp(),
        "p50": percentile(behind, 50),
        "p99": percentile(behind, 99),
        "answers": len(took),
        "answer_p50": percentile(took, 50),
        "answer_p99": percentile(took, 99),
    }


async def _restarted(data: Path, server: Recording) -> dict[str, Any]:
    before, started = len(server.lessons), time.time()
    async with _bot(data, server):
        async with asyncio.timeout(60):
            while len(server.lessons) == before:  # noqa: ASYNC110 (the server is in this very loop)
                await asyncio.sleep(0.01)
    return {"what": "restart", "seconds": server.lessons[before] - started}


async def _planned(data: Path, pid: int, held: int) -> dict[str, Any]:
    from adapters.sql.daily.delivery_desk import SqlDeliveryDesk
    from adapters.sql.database import Database

    started = time.time()
    database = Database(data / "coursebot.sqlite")
    desk = SqlDeliveryDesk(database)
    try:
        async with asyncio.timeout(_PLANNED_WITHIN):
            while sum((await desk.overview()).counts.values()) < held:  # noqa: ASYNC110 (of another process)
                await asyncio.sleep(0.5)
    finally:
        await database.dispose()
    return {
        "what": "held",
        "subscribers": held,
        "seconds": time.time() - started,
        "memory": _most_memory(pid),
    }


def _most_memory(pid: int) -> float:
    """Megabytes that a process had in memory at most."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


@asynccontextmanager
async def _bot(data: Path, server: Loopback) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = {"COURSEBOT_TELEGRAM_TOKEN": TOKEN, "COURSEBOT_TELEGRAM_BASE_URL": server.url}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COURSEBOT_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "config", "--data", str(data), "run"),
        env=kept | settings,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _imported(data: Path, samples: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "config", "--data", str(data), "import", samples, "--all"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    if await process.wait():
        raise RuntimeError("the sample courses cannot be imported")


async def _subscribed(data: Path, number: int, at: datetime) -> None:
    """That many subscribers, who are due at a moment, in one go."""
    from sqlalchemy import insert, select

    from adapters.sql.daily.delivery_tables import enrolment, subscriber
    from adapters.sql.database import Database
    from adapters.sql.tables import course

    database = Database(data / "coursebot.sqlite")
    try:
        async with database.write() as connection:
            course_id = await connection.scalar(select(course.c.id).order_by(course.c.id))
            for first in range(1, number + 1, _BATCH):
                some = range(first, min(first + _BATCH, number + 1))
                await connection.execute(insert(subscriber), [_subscriber(each, at) for each in some])
                await connection.execute(
                    insert(enrolment), [_enrolment(each, course_id or 0, at) for each in some]
                )
    finally:
        await database.dispose()


def _subscriber(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "platform": "telegram",
        "chat": str(number),
        "thread": "",
        "private": True,
        "person": "",
        "language": "zh-Hans",
        "zone": "UTC",
        "local_time": at.time().replace(microsecond=0),
        "weekdays": "1234567",
        "state": "active",
        "paused_until": None,
        "last_on": None,
        "next_on": at.date(),
        "next_due_at": at.replace(microsecond=0),
        "created_at": at,
    }


def _enrolment(number: int, course_id: int, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "subscriber_id": number,
        "course_id": course_id,
        "position": 0,
        "round": 0,
        "state": "active",
        "started_at": at,
    }
