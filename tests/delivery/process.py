"""The engine in a process of its own, which a test ends where and when it wants.

Run as `python -m tests.delivery.process JSON`. Says "leads" once it does, and goes on until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.discord.adapter import Discord
from adapters.sql.daily import planning
from adapters.sql.database import Database
from adapters.sql.inbox import SqlInbox
from adapters.telegram.adapter import Telegram
from bot.daily.deliveries import Planned
from bot.messages import Platform
from tests.adapters.sql.delivering import Post
from tests.delivery.rig import Clock, rig, telegram
from tests.discordapi.server import TOKEN as DISCORD_TOKEN


@dataclass(slots=True)
class Running(Clock):
    """The machine's clock, or one in which `scale` seconds go by in one, from a moment on that processes share."""

    began: float = 0.0
    scale: float = 1.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.began, UTC) + timedelta(seconds=self.steady())

    def steady(self) -> float:
        return (time.time() - self.began) * self.scale

    def running(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(
    database: str,
    api: str,
    *,
    at: str = "",
    after: int = 1,
    rate: float = 20,
    began: float = 0,
    scale: float = 1.0,
    alone: bool = True,
    term: float = 30,
    discord: str = "",
) -> None:
    seen: Counter[str] = Counter()

    async def checkpoint(place: str) -> None:
        seen[place] += 1
        if place == at and seen[place] == after:
            die()

    if at == "planning":
        real = planning.plan

        async def plan(*args: Any, **more: Any) -> Planned:
            await real(*args, **more)
            die()
            return Planned()

        planning.plan = plan
    made = Database(database)
    post = Post.of(made)
    clock = Running(began=began or time.time(), scale=scale)
    platform = Platform.DISCORD if discord else Platform.TELEGRAM
    messenger: Any = _discord(post, clock, api, discord) if discord else _telegram(post, clock, api, rate)
    running = rig(
        post,
        messenger,
        clock=clock,
        platform=platform,
        owner=f"{os.getpid()}",
        alone=alone,
        checkpoint=checkpoint,
        term=timedelta(seconds=term * scale),
    )
    ticking = asyncio.create_task(running.engine.run())
    await running.lead()
    print("leads", flush=True)  # noqa: T201
    await asyncio.gather(ticking)


def _telegram(post: Post, clock: Running, api: str, rate: float) -> Telegram:
    @dataclass
    class Address:
        base_url: str

    return telegram(post, Address(api), clock, rate)  # type: ignore[arg-type]


def _discord(post: Post, clock: Running, api: str, gateway: str) -> Any:
    return Discord(
        DISCORD_TOKEN,
        courses=post.courses,
        inbox=SqlInbox(post.database),
        now=clock.now,
        api=api,
        gateway=gateway,
    )


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
