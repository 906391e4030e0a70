"""Processes that are killed, frozen or doubled: rows 1 to 6, 17, 18 and 23 of docs/delivery.md."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.sql.database import Database
from bot.daily.deliveries import State
from bot.messages import Platform
from tests.acceptance.command import ROOT
from tests.adapters.sql.delivering import START, Post, course
from tests.botapi.server import BotApi
from tests.delivery.rig import database, sent
from tests.discordapi.server import DiscordApi

READERS = 12


@asynccontextmanager
async def process(**options: Any) -> AsyncIterator[Process]:
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.delivery.process", json.dumps(options), cwd=ROOT, stdout=PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            os.kill(running.pid, signal.SIGCONT)
            running.kill()
        await running.communicate()


async def settled(post: Post, *, number: int = READERS, within: float = 30) -> None:
    """Wait until so many were sent and nothing is open."""
    async with asyncio.timeout(within):
        while True:
            counts = (await post.desk.overview()).counts
            if counts.get(State.SENT, 0) >= number and not counts.keys() & {
                State.QUEUED,
                State.CLAIMED,
                State.SENDING,
            }:
                return
            await asyncio.sleep(0.05)


async def readers(post: Post, number: int = READERS) -> None:
    for each in range(1, number + 1):
        await post.subscribed(each)


async def test_rows_01_to_06_kill_9_at_each_point_loses_nothing_and_repeats_only_what_was_accepted(
    tmp_path: Path, api: BotApi
) -> None:
    url = f"sqlite:///{tmp_path / 'coursebot.sqlite'}"
    async with database(tmp_path / "coursebot.sqlite") as post:
        await post.courses.save(course(), at=START)
        await readers(post)
        points = [
            ("planning", 1, {}),  # row 1: before the plan is committed
            ("planned", 1, {State.QUEUED: READERS}),  # row 2
            ("claimed", 1, {State.CLAIMED: READERS}),  # row 3
            ("armed", 1, {State.CLAIMED: READERS - 1, State.SENDING: 1}),  # row 4: before the wire
            ("accepted", 2, {State.CLAIMED: READERS - 2, State.SENDING: 1, State.SENT: 1}),  # row 5
            ("recorded", 2, {State.CLAIMED: READERS - 3, State.SENT: 3}),  # row 6
        ]
        for at, after, left in points:
            # So slowly that one is on its way at a time.
            async with process(database=url, api=api.base_url, at=at, after=after, rate=2) as killed:
                assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
            assert (await post.desk.overview()).counts == left, at
        async with process(database=url, api=api.base_url):
            await settled(post)
        arrived = Counter(number for number, _ in sent(api))
        assert set(arrived) == {1000 + each for each in range(1, READERS + 1)}
        # Telegram was told once more what it had accepted just before the process was killed (row 5), and no more.
        assert sum(arrived.values()) == READERS + 1
        places = [(await post.subscriber(each)).reading[0].position for each in range(1, READERS + 1)]
        assert places == [2] * READERS


async def test_row_05_on_discord_what_was_accepted_does_not_come_twice(tmp_path: Path) -> None:
    async with DiscordApi() as api, database(tmp_path / "coursebot.sqlite") as post:
        await post.courses.save(course(), at=START)
        for number in range(1, 7):
            await post.subscribed(number, platform=Platform.DISCORD)
        options = {
            "database": f"sqlite:///{tmp_path / 'coursebot.sqlite'}",
            "api": api.api_url,
            "discord": api.gateway_url,
        }
        async with process(**options, at="accepted", after=3) as killed:
            assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
        # As after the minutes for which Discord knows a message by its name: then it is found by its buttons.
        api.rooms.forget()
        async with process(**options):
            await settled(post, number=6)
        channels = [each["channel_id"] for each in api.messages.values()]
        assert sorted(channels) == [str(1000 + number) for number in range(1, 7)]


async def test_random_kills_lose_nothing_and_mix_up_nothing(tmp_path: Path, api: BotApi) -> None:
    kills, lessons, number = 2, 3, 20
    rng = random.Random(7)
    async with database(tmp_path / "coursebot.sqlite") as post:
        await post.courses.save(course(lessons), at=START)
        await readers(post, number)
        options = {
            "database": f"sqlite:///{tmp_path / 'coursebot.sqlite'}",
            "api": api.base_url,
            "rate": 25,
            "began": time.time(),
            "scale": 86_400 / 2,
        }
        for _ in range(kills):
            async with process(**options) as running:
                assert running.stdout is not None
                await asyncio.wait_for(running.stdout.readline(), 30)
                await asyncio.sleep(rng.uniform(0.2, 2.0))
                running.kill()
                await running.wait()
        async with process(**options):
            await _finished(post, number)
    copies = 0
    for reader in range(1001, 1001 + number):
        heard = [words for chat, words in sent(api) if chat == reader and words.startswith("digest")]
        once = [words for place, words in enumerate(heard) if not place or heard[place - 1] != words]
        assert once == [f"digest 0{lesson}" for lesson in range(1, lessons + 1)]
        copies += len(heard) - len(once)
    # What was on its way at a kill: at 25 a second and some milliseconds each, one or two.
    assert copies <= 3 * kills


async def _finished(post: Post, number: int) -> None:
    async with asyncio.timeout(60):
        while await post.number("enrolment WHERE state = 'finished'") < number:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_row_18_a_process_that_was_frozen_past_its_lease_sends_nothing(url: str, api: BotApi) -> None:
    made = Database(url)
    try:
        await made.migrate()
        post = Post.of(made)
        await post.courses.save(course(), at=START)
        await readers(post, 40)
        options = {"database": url, "api": api.base_url, "alone": False, "term": 2, "rate": 20}
        async with process(**options) as frozen:
            await api.until(lambda: len(sent(api)) >= 5, within=30)
            os.kill(frozen.pid, signal.SIGSTOP)
            before = len(sent(api))
            async with process(**options):
                await settled(post, number=40, within=60)
                after = len(sent(api))
                os.kill(frozen.pid, signal.SIGCONT)
                await asyncio.sleep(1.5)
                assert len(sent(api)) == after
        arrived = Counter(number for number, _ in sent(api))
        assert len(arrived) == 40
        # What was on the wire when it froze.
        assert sum(arrived.values()) <= 40 + 3
        assert before < 40
    finally:
        await made.dispose()


async def test_row_23_a_second_process_waits_until_the_first_is_gone(url: str, api: BotApi) -> None:
    made = Database(url)
    try:
        await made.migrate()
        post = Post.of(made)
        options = {"database": url, "api": api.base_url, "alone": False, "term": 2}
        async with process(**options) as first:
            assert first.stdout is not None
            assert await asyncio.wait_for(first.stdout.readline(), 30) == b"leads\n"
            async with process(**options) as second:
                await asyncio.sleep(2.5)
                assert api._polls <= 1
                first.kill()
                assert second.stdout is not None
                assert await asyncio.wait_for(second.stdout.readline(), 30) == b"leads\n"
        ((holder, _),) = (await post.desk.overview()).senders
        assert holder.epoch == 2
    finally:
        await made.dispose()
