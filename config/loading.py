"""How the bot bears many readers: 500 asking at once, 10,000 questions on end, one who floods it.

The bot runs as a process of its own, with Telegram's adapter, its inbox and its stores on a disk, and without
Telegram's rate, under which no crowd could come about; the server that it talks to (`loopback.py`) runs here.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from config.loopback import TOKEN, Loopback
from config.settings import Settings
from config.speed import resident
from knowledge.figures import percentile

_AT_ONCE = 100
"""Questions under way while memory is watched."""
_PATIENCE = 600.0
_FIRST = 1_000_000
"""Number of the first reader; those of one measurement follow one another."""
_FLOOD, _OTHERS = 300, 50
"""Questions of the one who floods, and readers who ask meanwhile."""


_CORES = {"echo": "repeats what it hears", "real": "answers"}
_COLUMNS = ("asked", "p50 ms", "p99 ms", "a second", "memory MB")
HEAD = f"{'many readers in Telegram':<36}" + "".join(f"{name:>11}" for name in _COLUMNS)
"""The heading of the table."""


def lines(row: Mapping[str, Any]) -> list[str]:
    """A row of the table, and what is to be said to it."""
    core = _CORES[row["core"]]
    name = {
        "crowd": f"at once, the core {core}",
        "long": f"on end, the core {core}",
        "flood": f"{_OTHERS} while one floods it",
    }[row["what"]]
    rate = f"{row['questions'] / row['seconds']:.0f}" if "seconds" in row else "-"
    memory = f"{row['memory']:.0f}" if "memory" in row else "-"
    cells = (f"{row['questions']:,}", f"{row['p50']:.0f}", f"{row['p99']:.0f}", rate, memory)
    said = [f"{name:<36}" + "".join(f"{cell:>11}" for cell in cells)]
    if "on_the_way" in row:
        way = ", ".join(f"{memory:.0f} MB after {count:,}" for count, memory in row["on_the_way"].items())
        said.append(f"{'':<4}in memory: {way}")
    if "told" in row:
        said.append(f"{'':<4}the one who asked {row['flooded']} times was sent {row['told']} messages")
    return said


async def measured(
    courses: str, questions: Sequence[str], *, total: int, crowd: int
) -> AsyncIterator[dict[str, Any]]:
    """Rows for the table: each measurement with a core that repeats what it hears, and with the real one.

    Args:
        courses: folder of the courses that are asked.
        questions: what is asked, over and over.
        total: questions over which memory is watched; 0 for none.
        crowd: readers who ask at once.
    """
    for core in ("echo", "real"):
        with tempfile.TemporaryDirectory() as folder:
            async with Loopback() as api, _bot(api, core, folder, courses) as process:
                yield {"core": core, "what": "crowd"} | await _crowd(api, process, questions, crowd)
                if total:
                    yield {"core": core, "what": "long"} | await _long(api, process, questions, total)
                if core == "real":
                    yield {"core": core, "what": "flood"} | await _flood(api, questions)


async def _crowd(api: Loopback, process: Process, questions: Sequence[str], readers: int) -> dict[str, Any]:
    """Many ask at once, each for the first time; the times until their answers came."""
    await _ask_in_turn(api, questions, range(_FIRST, _FIRST + 20))  # what is loaded on first use
    api.took.clear()
    begun = time.perf_counter()
    for place in range(readers):
        api.ask(2 * _FIRST + place, questions[place % len(questions)])
    await api.answered(within=_PATIENCE)
    seconds = time.perf_counter() - begun
    return {"questions": readers, "seconds": seconds, **_times(api), "memory": resident(process.pid)}


async def _long(api: Loopback, process: Process, questions: Sequence[str], total: int) -> dict[str, Any]:
    """Question after question, each of another reader; what the process has in memory on the way."""
    api.took.clear()
    begun = time.perf_counter()
    memory: dict[int, float] = {}
    for place in range(total):
        api.ask(3 * _FIRST + place, f"{questions[place % len(questions)]} {place}")
        await api.answered(_AT_ONCE, within=_PATIENCE)
        if place + 1 in (total // 10, total // 2):
            memory[place + 1] = resident(process.pid)
    await api.answered(within=_PATIENCE)
    seconds = time.perf_counter() - begun
    memory[total] = resident(process.pid)
    return {
        "questions": total,
        "seconds": seconds,
        **_times(api),
        "memory": memory[total],
        "on_the_way": memory,
    }


async def _flood(api: Loopback, questions: Sequence[str]) -> dict[str, Any]:
    """One asks without a pause while others ask; the others' times, and how much the one was told."""
    api.took.clear()
    loud = 4 * _FIRST
    for place in range(_FLOOD):
        api.ask(loud, questions[place % len(questions)])
    others = range(loud + 1, loud + 1 + _OTHERS)
    for other in others:
        api.ask(other, questions[other % len(questions)])
    await api.answered(within=_PATIENCE)
    await asyncio.sleep(1)  # whatever else the loud one may be told
    api.took.pop(loud)
    return {"questions": _OTHERS, "flooded": _FLOOD, "told": api.said[loud], **_times(api)}


async def _ask_in_turn(api: Loopback, questions: Sequence[str], askers: range) -> None:
    for asker in askers:
        api.ask(asker, questions[asker % len(questions)])
        await api.answered(within=_PATIENCE)


def _times(api: Loopback) -> dict[str, float]:
    milliseconds = [each * 1000 for each in api.took.values()]
    return {"p50": percentile(milliseconds, 50), "p99": percentile(milliseconds, 99)}


@asynccontextmanager
async def _bot(api: Loopback, core: str, folder: str, courses: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "config.loading", core, api.url, folder, courses),
        cwd=Path(__file__).parents[1],
        env={"OPENBLAS_NUM_THREADS": "1", **os.environ},
        stdin=PIPE,
    )
    listened, ended = (asyncio.ensure_future(each) for each in (api.listened(), process.wait()))
    try:
        await asyncio.wait([listened, ended], return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            raise RuntimeError("the bot did not start")
        yield process
    finally:
        listened.cancel()
        if not ended.done():
            process.terminate()
        await ended


async def _serve(core: str, url: str, folder: str, courses: str) -> None:
    """Be the bot until terminated."""
    from adapters.telegram.adapter import Telegram
    from adapters.telegram.limiter import Limiter
    from adapters.telegram.turn import Inline
    from bot.messages import Incoming, Message
    from bot.ports import Handler
    from bot.replies import Reply, Text
    from config.stores import now
    from config.wiring import application
    from jobs.importing import courses_at, import_courses
    from knowledge.course import CourseOptions

    async def echo(heard: Incoming) -> list[Reply]:
        return [Reply(spans=(Text(heard.text if isinstance(heard, Message) else "?"),))]

    async with application(Settings(data=Path(folder))) as made:
        handle: Handler = echo
        inline: Inline | None = None
        if core == "real":
            found = courses_at(Path(courses), everything=True)
            await import_courses(found, await made.courses(), options=CourseOptions(), at=now())
            real = await made.core()
            handle, inline = real.handle, real.inline
            await made.library.refresh()
        bot = Telegram(
            TOKEN,
            inbox=await made.inbox(),
            now=now,
            base_url=url,
            inline=inline,
            limiter=Limiter(per_second=100_000, chat_spacing=0.0),
        )
        await bot.run(handle)


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
