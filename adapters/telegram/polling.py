"""Updates by long polling: each batch is in the inbox before Telegram is told that it arrived.

The library confirms a batch with its next request while the updates are still in memory only. The request object
is the one public place between the wire and that: it keeps the batch, and hands the library no more than the
numbers to count on from. What cannot be kept counts as a failed request, so that the library asks for it again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Updater

from adapters.telegram.failures import Problem, problem
from adapters.telegram.http import AioRequest
from adapters.telegram.incoming import KINDS

logger = logging.getLogger("coursebot.telegram")

Raw = dict[str, Any]
Keep = Callable[[list[Raw]], Awaitable[None]]
"""Takes raw updates into safe keeping; raises when that fails."""
Failed = Callable[[Problem], None]
"""Told what ends the platform."""

_REFUSED = {401, 404}
"""What Telegram says to a token that was withdrawn, and to one that never was."""

HOLD = 25
"""Seconds that Telegram may hold a request while there is nothing new; below usual proxies' 30."""
_CONFLICTS = 3
"""Conflicts one after the other that mean a second program; one or two happen when a program was just restarted."""
_STOPPING = 1.0
"""Seconds that stopping may take; what is not confirmed by then comes again and is known from the inbox."""


class KeepingRequest(AioRequest):
    """The library's HTTP client for `getUpdates`."""

    def __init__(self) -> None:
        super().__init__(connections=1)
        self.keep: Keep | None = None
        self.refused: Failed | None = None

    async def do_request(self, url: str, method: str, *args: Any, **options: Any) -> tuple[int, bytes]:
        """Make the request and keep what it brings."""
        code, payload = await super().do_request(url, method, *args, **options)
        if code in _REFUSED and self.refused:
            # The library's loop would end without a word to us.
            self.refused(problem(InvalidToken()))
        if code != 200 or self.keep is None or not url.endswith("/getUpdates"):
            return code, payload
        answer = json.loads(payload)
        updates = answer.get("result")
        if not isinstance(updates, list) or not updates:
            return code, payload
        await self.keep(updates)
        answer["result"] = [{"update_id": each["update_id"]} for each in updates]
        return code, json.dumps(answer).encode()


class _Nowhere(asyncio.Queue[object]):
    """The library's queue of updates, which nobody needs: the inbox has them."""

    async def put(self, item: object) -> None:
        """Drop it."""


class Polling:
    """Asks Telegram for updates until it is stopped.

    Args:
        bot: the library's bot, initialised, with a `KeepingRequest`.
        failed: told when another program asks with the same token.
    """

    def __init__(self, bot: Bot, *, failed: Failed) -> None:
        self._updater = Updater(bot, _Nowhere())
        self._failed = failed
        self._conflicts = 0

    async def start(self) -> None:
        """Begin, once Telegram answers."""
        await self._updater.initialize()
        await self._updater.start_polling(
            timeout=timedelta(seconds=HOLD),
            bootstrap_retries=-1,
            allowed_updates=list(KINDS),
            error_callback=self._trouble,
        )

    async def stop(self) -> None:
        """Stop asking."""
        if not self._updater.running:
            return
        try:
            async with asyncio.timeout(_STOPPING):
                await self._updater.stop()
        except (TimeoutError, TelegramError):
            logger.info("polling was cut short")

    def _trouble(self, error: TelegramError) -> None:
        """Called by the library, which goes on trying whatever this says."""
        found = problem(error)
        self._conflicts = self._conflicts + 1 if isinstance(error, Conflict) else 0
        logger.warning("no updates: %s", found.reason, extra={"action": "polling-failed"})
        if self._conflicts >= _CONFLICTS:
            self._failed(found)
