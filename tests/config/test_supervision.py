from __future__ import annotations

import asyncio

from bot.messages import Incoming
from bot.ports import Handler
from bot.replies import Reply
from config.supervision import supervise
from knowledge.errors import CoursebotError


async def core(_: Incoming) -> list[Reply]:
    return []


class Platform:
    """Runs until cancelled, or ends as told."""

    def __init__(
        self, ends: BaseException | None = None, *, after: float = 0.0, returns: bool = False
    ) -> None:
        self._ends, self._after, self._returns = ends, after, returns
        self.state = "new"

    async def run(self, handle: Handler) -> None:
        self.state = "running"
        try:
            if self._ends or self._returns:
                await asyncio.sleep(self._after)
                if self._ends:
                    raise self._ends
                return
            await asyncio.Event().wait()
        finally:
            self.state = "ended"


class Fallen:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(self, name: str, error: Exception) -> None:
        self.seen.append((name, type(error).__name__))


async def test_one_platforms_fall_does_not_touch_the_other() -> None:
    stop, fallen = asyncio.Event(), Fallen()
    steady, weak = Platform(), Platform(CoursebotError("telegram-token"))
    running = asyncio.create_task(supervise({"a": weak, "b": steady}, core, stop=stop, fell=fallen))
    await asyncio.sleep(0.05)
    assert fallen.seen == [("a", "CoursebotError")]
    assert steady.state == "running"
    stop.set()
    assert await running is True
    assert steady.state == "ended"


async def test_when_all_have_fallen_it_is_over() -> None:
    fallen = Fallen()
    platforms = {
        "a": Platform(ValueError()),
        "b": Platform(KeyError(), after=0.02),
        "c": Platform(returns=True),
    }
    async with asyncio.timeout(5):
        assert await supervise(platforms, core, stop=asyncio.Event(), fell=fallen) is False
    assert sorted(fallen.seen) == [("a", "ValueError"), ("b", "KeyError"), ("c", "RuntimeError")]


async def test_cancelling_ends_every_platform() -> None:
    platforms = {"a": Platform(), "b": Platform()}
    running = asyncio.create_task(supervise(platforms, core, stop=asyncio.Event(), fell=Fallen()))
    await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert {each.state for each in platforms.values()} == {"ended"}
