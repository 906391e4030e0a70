from __future__ import annotations

import asyncio
import time

import pytest

from adapters.telegram.lanes import Job, Lanes


def noting(done: list[str], name: str, seconds: float = 0.0) -> Job:
    async def job() -> None:
        await asyncio.sleep(seconds)
        done.append(name)

    return job


def nothing() -> None: ...


async def test_a_lane_keeps_its_order_and_lanes_run_side_by_side() -> None:
    done: list[str] = []
    lanes = Lanes()
    lanes.put("a", noting(done, "a1", 0.05))
    lanes.put("a", noting(done, "a2"))
    lanes.put("b", noting(done, "b"))
    assert len(lanes) > 0
    await asyncio.sleep(0.1)
    assert done == ["b", "a1", "a2"]
    assert len(lanes) == 0


async def test_a_fault_stops_neither_its_lane_nor_shows_what_it_quotes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []
    lanes = Lanes()

    async def faulty() -> None:
        raise ValueError("secret")

    lanes.put("a", faulty)
    lanes.put("a", noting(done, "next"))
    await asyncio.sleep(0.01)
    assert done == ["next"]
    assert "secret" not in caplog.text


async def test_closing_starts_nothing_new_waits_and_then_cancels() -> None:
    done: list[str] = []
    calls: list[float] = []
    lanes = Lanes()
    lanes.put("a", noting(done, "soon", 0.05))
    lanes.put("a", noting(done, "not started"))
    lanes.put("b", noting(done, "never", 60))
    await asyncio.sleep(0)
    start = time.monotonic()
    await lanes.close(grace=0.2, last=lambda: calls.append(time.monotonic() - start), after=0.1)
    lanes.put("c", noting(done, "too late"))
    await asyncio.sleep(0.01)
    assert done == ["soon"]
    assert calls[0] == pytest.approx(0.2, abs=0.1)
    assert time.monotonic() - start < 1.0


async def test_closing_with_nothing_to_do_takes_no_time() -> None:
    start = time.monotonic()
    await Lanes().close(grace=5, last=nothing, after=5)
    assert time.monotonic() - start < 0.1
