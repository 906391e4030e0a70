"""The rate, on a clock of its own."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from adapters.telegram.limiter import Limiter, LimiterClosedError


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.late = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        await asyncio.sleep(0)
        self.now += seconds + self.late


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(clock=clock, sleep=clock.sleep)


class Log:
    """Takes turns and notes when they came."""

    def __init__(self, limiter: Limiter, clock: Clock) -> None:
        self._limiter, self._clock = limiter, clock
        self.given: list[tuple[str, float]] = []

    async def turn(self, chat: str, *, group: bool = False, bulk: bool = False, name: str = "") -> None:
        await self._limiter.turn(chat, group=group, bulk=bulk)
        self.given.append((name or chat, self._clock() - 100.0))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.given]


@pytest.fixture
def log(limiter: Limiter, clock: Clock) -> Log:
    return Log(limiter, clock)


async def test_twenty_five_a_second_evenly_from_the_first_on(log: Log) -> None:
    await asyncio.gather(*(log.turn(str(chat)) for chat in range(251)))
    times = [time for _, time in log.given]
    assert times[-1] == pytest.approx(10.0)
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert min(gaps) == pytest.approx(0.04)
    assert max(gaps) == pytest.approx(0.04)


async def test_one_a_second_to_a_chat_while_others_go_ahead(log: Log) -> None:
    await asyncio.gather(*(log.turn("a", name=f"a{number}") for number in range(3)), log.turn("b"))
    assert log.names == ["a0", "b", "a1", "a2"]
    assert [time for _, time in log.given] == pytest.approx([0.0, 0.04, 1.0, 2.0], abs=0.05)


async def test_twenty_a_minute_to_a_group(log: Log) -> None:
    await asyncio.gather(*(log.turn("-1", group=True) for _ in range(41)))
    times = [time for _, time in log.given]
    assert times[19] == pytest.approx(19.0, abs=0.05)
    for first, later in zip(times, times[20:], strict=False):
        assert later - first >= 60.0


async def test_who_asked_goes_before_what_nobody_asked_for(log: Log) -> None:
    digests = [asyncio.create_task(log.turn(f"d{number}", bulk=True)) for number in range(50)]
    await asyncio.sleep(0)
    reply = asyncio.create_task(log.turn("reply"))
    await asyncio.gather(*digests, reply)
    assert log.names.index("reply") <= 1
    assert [name for name in log.names if name != "reply"] == [f"d{number}" for number in range(50)]


async def test_also_within_one_chat(log: Log) -> None:
    tasks = [asyncio.create_task(log.turn("a", bulk=True, name=f"d{number}")) for number in range(3)]
    await asyncio.sleep(0)
    await asyncio.gather(*tasks, log.turn("a", name="reply"))
    assert log.names[:2] in (["d0", "reply"], ["reply", "d0"])


async def test_a_pause_holds_for_all_and_the_longest_counts(log: Log, limiter: Limiter) -> None:
    await log.turn("a")
    limiter.pause(30)
    limiter.pause(5)
    assert limiter.paused == 30
    await asyncio.gather(log.turn("b"), log.turn("c"))
    assert [time for _, time in log.given] == pytest.approx([0.0, 30.0, 30.04])
    assert limiter.paused == 0


async def test_a_pause_that_comes_while_others_wait_holds_them(log: Log, limiter: Limiter) -> None:
    tasks = [asyncio.create_task(log.turn(str(number))) for number in range(10)]
    await tasks[0]
    limiter.pause(10)
    await asyncio.gather(*tasks)
    assert log.given[-1][1] >= 10
    assert sum(time < 10 for _, time in log.given) <= 2


async def test_who_gives_up_waiting_takes_no_turn_of_the_chat(log: Log) -> None:
    await log.turn("a")
    patient = asyncio.create_task(log.turn("a", name="second"))
    hasty = asyncio.create_task(log.turn("a", name="hasty"))
    await asyncio.sleep(0)
    hasty.cancel()
    await patient
    await log.turn("a", name="third")
    assert log.names == ["a", "second", "third"]
    assert log.given[-1][1] == pytest.approx(2.0, abs=0.05)


async def test_closing_sends_away_who_waits_and_who_comes(log: Log, limiter: Limiter) -> None:
    limiter.pause(1000)
    waiting = asyncio.create_task(log.turn("a"))
    await asyncio.sleep(0)
    limiter.close()
    with pytest.raises(LimiterClosedError):
        await waiting
    with pytest.raises(LimiterClosedError):
        await log.turn("b")


async def test_chats_are_forgotten_once_they_are_free_again(limiter: Limiter, log: Log, clock: Clock) -> None:
    for chat in range(5000):
        await log.turn(str(chat))
    assert len(limiter._chats) <= 2001


async def test_a_machine_that_is_late_makes_up_for_a_few_turns_and_for_none_that_nobody_wanted(
    limiter: Limiter, clock: Clock, log: Log
) -> None:
    clock.late = 0.15
    await asyncio.gather(*(log.turn(str(chat)) for chat in range(251)))
    times = [time for _, time in log.given]
    assert times[-1] == pytest.approx(10.0, abs=0.2)
    for first, later in zip(times, times[31:], strict=False):
        assert later - first >= 1.0
    clock.late = 0.0
    clock.now += 60.0
    await asyncio.gather(*(log.turn(f"later {chat}") for chat in range(3)))
    assert log.given[-1][1] - log.given[-3][1] == pytest.approx(0.08)
