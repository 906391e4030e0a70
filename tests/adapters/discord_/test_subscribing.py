"""Subscribing on Discord: options that are offered, a modal for the city, a thread of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from adapters.discord.client import CourseClient
from adapters.discord.schedules import cities, days, times
from bot.messages import Platform
from tests.adapters.discord_.support import Connected, Place, core, labels
from tests.bot.daily import Daily, daily

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def lessons(tmp_path: Path) -> AsyncIterator[Daily]:
    async with daily(tmp_path) as made:
        yield made


@pytest.fixture
def client(connected: Connected, lessons: Daily) -> CourseClient:
    made = core(subscriptions=lessons.post.subscriptions, compose=lessons.compose)
    return connected(lambda heard: made.handle(replace(heard, at=NOW)))


def manager(place: Place) -> Any:
    role = place.server.create_role("managers", permissions=discord.Permissions(manage_channels=True))
    return place.server.add_member(place.env.create_user("cy"), roles=[role])


async def test_the_options_are_one_line_in_the_end(client: CourseClient) -> None:
    async with simcord.run(client) as env:
        place = Place(env)
        options = {"course": "容器十讲", "time": "20:00", "days": "工作日", "city": "Asia/Tokyo"}
        done = await manager(place).slash(place.channel, "subscribe", **options)
        assert done.response
        assert "Subscribed to “容器十讲”" in done.response.content
        assert "20:00 on weekdays (Tokyo, UTC+9, now 09:00)" in done.response.content


async def test_the_city_is_asked_for_in_a_modal(client: CourseClient) -> None:
    async with simcord.run(client) as env:
        place = Place(env)
        boss = manager(place)
        asked = await boss.slash(place.channel, "subscribe", course="容器十讲", time="8pm")
        assert asked.response
        assert "Every day" in labels(asked.response)
        shown = await boss.click(asked.response, label="Every day")
        assert shown.modal
        assert shown.modal["title"] == "A lesson a day"
        done = await boss.submit_modal(shown, {"words": "Berlin"})
        assert [each.content.split("\n")[1] for each in done.followups] == [
            "20:00 every day (Berlin, UTC+1, now 01:00)"
        ]


async def test_a_thread_subscribes_for_itself(client: CourseClient, lessons: Daily) -> None:
    async with simcord.run(client) as env:
        place = Place(env)
        thread = await place.thread()
        await manager(place).slash(
            thread, "subscribe", course="容器十讲", time="8am", days="daily", city="UTC"
        )
        sent = [
            (each.chat.thread or each.chat.id)
            for each, _ in await lessons.sent(NOW.replace(hour=8), Platform.DISCORD)
        ]
        assert sent == [str(thread.id)]


def test_what_is_offered() -> None:
    assert times("", "en")[0] == "05:00"
    assert times("8", "en")[0] == "08:00"
    assert times("晚上八点半", "zh-Hans")[0] == "20:30"
    assert days("二四", "zh-Hans")[:2] == ["周二、周四", "每天"]
    assert cities("", "zh-Hans")[0] == ("上海", "Asia/Shanghai")
    assert cities("Shangai", "en") == [("Shanghai", "Asia/Shanghai")]
    assert cities("+5:30", "en") == [("UTC+05:30", "UTC+05:30")]
    assert cities("xyzzy", "en") == cities("", "en")
