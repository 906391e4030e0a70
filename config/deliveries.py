"""The parts that send unasked, put together: a pump for each platform, led by one process, and what ticks them."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.messages import Platform
from bot.ports import ChatAdapter, Messenger
from config.stores import now
from config.wiring import Application
from jobs.alarms import Alarms, Alert
from jobs.beats import Beats
from jobs.clock import ClockGuard
from jobs.engine import Engine
from jobs.leading import Led
from jobs.outcomes import Outcomes
from jobs.pump import Pump
from jobs.rounds import Rounds
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.deliveries")

DISCORD_RATE = 25.0
"""Deliveries a second on Discord: half of the 50 requests that it takes from a bot in all, so that answers have the
other half (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit)."""
RESEND, HOLD = "resend", "hold"


class Talking(ChatAdapter, Messenger, Protocol):
    """An adapter that listens and sends."""


@dataclass(frozen=True, slots=True)
class Delivering:
    """The adapters as the process that leads runs them, and the engine behind them."""

    adapters: Mapping[str, ChatAdapter]
    engine: Engine


def beat_file(application: Application) -> Path:
    """The file by which a restored backup is told."""
    return application.settings.data / "deliveries.beat"


async def delivering(
    application: Application,
    adapters: Mapping[str, tuple[Platform, Talking]],
    *,
    waiting: Callable[[str], None],
    alert: Alert | None = None,
) -> Delivering:
    """What sends unasked on these platforms.

    Args:
        application: the other parts.
        adapters: by name.
        waiting: told the name of a platform on which another process leads.
        alert: tells the operators of an alarm.
    """
    settings = application.settings
    store, desk = await application.deliveries(), await application.desk()
    alone = (await application.database()).path is not None
    alarms = Alarms(desk, now=now, alert=alert)
    beats = Beats(beat_file(application))
    name, _ = await desk.beat()
    owner = secrets.token_hex(8)
    compose = await application.compose()
    pumps: list[Pump] = []
    led: dict[str, ChatAdapter] = {}
    for shown, (platform, adapter) in adapters.items():
        discord = platform is Platform.DISCORD
        outcomes = Outcomes(
            platform,
            store=store,
            alarms=alarms,
            now=now,
            # Discord drops a second sending by its name, and later one is found by its buttons.
            resend=discord or settings.unknown_deliveries != HOLD,
        )
        pump = Pump(
            platform=platform,
            messenger=adapter,
            store=store,
            compose=compose,
            outcomes=outcomes,
            now=now,
            per_second=DISCORD_RATE if discord else None,
            beat=lambda beat: beats.write(name, beat),
        )
        pumps.append(pump)
        led[shown] = Led(
            adapter,
            pump,
            await application.leases(),
            alarms,
            owner=owner,
            now=now,
            steady=steady,
            alone=alone,
            waiting=partial(waiting, shown),
        )
    engine = Engine(
        store=store,
        desk=desk,
        pumps=pumps,
        alarms=alarms,
        guard=ClockGuard(now=now, steady=steady),
        beats=beats,
        now=now,
    )
    return Delivering(led, engine)


@asynccontextmanager
async def ticking(runs: Engine | Rounds) -> AsyncIterator[None]:
    """Run the engine, or jobs, beside what is in the block; the end of it, which is a fault, ends nothing else."""
    task = asyncio.create_task(runs.run())
    task.add_done_callback(_ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _ended(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if isinstance(error, CoursebotError):
        logger.error("nothing is sent unasked: %s", error.key, extra={"action": "engine-ended"})
    elif error is not None:
        logger.error("nothing is sent unasked: %s", type(error).__name__, extra={"action": "engine-ended"})


def steady() -> float:
    """Seconds of a clock that nobody sets and that goes on while the machine sleeps, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
