"""Several platforms side by side: each stands and falls by itself, and all end together when told to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from bot.ports import ChatAdapter, Handler

logger = logging.getLogger("coursebot.run")


async def supervise(
    platforms: Mapping[str, ChatAdapter],
    handle: Handler,
    *,
    stop: asyncio.Event,
    fell: Callable[[str, Exception], None],
) -> bool:
    """Run every platform until `stop` is set or none is left.

    Args:
        platforms: by name.
        handle: the core.
        stop: set to end.
        fell: told which platform ended, and of what; the others run on.

    Returns:
        True when it was stopped, False when every platform had fallen.
    """
    tasks = {asyncio.create_task(adapter.run(handle), name=name): name for name, adapter in platforms.items()}
    stopping = asyncio.create_task(stop.wait())
    try:
        while tasks and not stop.is_set():
            done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in [each for each in tasks if each in done]:
                fell(tasks.pop(task), _reason(task))
        return stop.is_set()
    finally:
        stopping.cancel()
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                logger.warning("a platform did not end well: %s", type(outcome).__name__)


def _reason(task: asyncio.Task[None]) -> Exception:
    """Why a platform ended; that one which should go on forever just returned is a fault as well."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, Exception):
        return error
    return RuntimeError("ended without a reason")
