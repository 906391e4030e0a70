"""Many readers at once, and what a long run leaves behind."""

from __future__ import annotations

import asyncio
import time

from adapters.sql.inbox import SqlInbox
from adapters.telegram.limiter import Limiter
from bot.messages import Incoming, Message
from bot.replies import Button, Reply, Text
from tests.adapters.telegram_.conftest import Running
from tests.botapi.server import BotApi
from tests.botapi.updates import message

FAST = 10_000.0


async def card(incoming: Incoming) -> list[Reply]:
    assert isinstance(incoming, Message)
    return [Reply(spans=(Text(f"{incoming.text} {'答' * 300}"),), buttons=((Button("更多", "m:c1:t"),),))]


async def test_500_chats_at_once_each_get_their_answer_once(
    api: BotApi, running: Running, inbox: SqlInbox
) -> None:
    async with running(card, limiter=Limiter(per_second=FAST)) as adapter:
        await api.polled()
        start = time.monotonic()
        for reader in range(1, 501):
            api.push(message(str(reader), sender=reader))
        await api.call("sendMessage", 500, within=60)
        took = time.monotonic() - start
        for _ in range(200):
            await asyncio.sleep(0.05 if adapter._under_way else 0)
        assert await inbox.waiting("telegram:424242") == []
        assert not adapter._lanes._tasks
    sent = {call.data["chat_id"]: call.words.split()[0] for call in api.made("sendMessage")}
    assert sent == {str(reader): str(reader) for reader in range(1, 501)}
    assert len(api.made("sendMessage")) == 500
    # 2 s with two processors to itself; a wide margin for busy ones.
    assert took < 30


async def test_at_telegrams_rate_a_crowd_is_served_evenly(api: BotApi, running: Running) -> None:
    async with running(card, limiter=Limiter()):
        await api.polled()
        for reader in range(1, 101):
            api.push(message("q", sender=reader))
        await api.call("sendMessage", 100, within=30)
    times = [call.at for call in api.made("sendMessage")]
    assert times[-1] - times[0] >= 99 / 25 - 0.2
    per_second = max(sum(start <= each < start + 1 for each in times) for start in times)
    assert per_second <= 30
