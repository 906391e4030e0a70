"""How fast messages may leave: evenly, fairly, and not at all while Telegram has said to wait.

The library's own limiter lets 59 requests through in its first second, and forgets a "retry after" as soon as
any other request finishes; so this one spaces requests evenly and keeps its own deadline.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

PER_SECOND = 25.0
"""Messages a second in all; Telegram names about 30 (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)."""
CATCH_UP = 0.2
"""Seconds of turns that a busy machine was late for and that are made up for: five, which with the 25 of a second are
the 30 that Telegram names."""
CHAT_SPACING = 1.0
"""Seconds between two messages to one chat (same source)."""
PER_GROUP, GROUP_WINDOW = 20, 60.0
"""Messages to one group, within so many seconds (same source)."""

_CROWD = 2000
"""Chats remembered before those that are free again are forgotten."""


class LimiterClosedError(Exception):
    """The program is about to end: what has not got its turn by now gets it after the next start."""


@dataclass(slots=True)
class _Chat:
    """A chat: since when it is free, its last messages if it is a group, and who waits for it."""

    free_at: float = 0.0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=PER_GROUP))
    waiting: list[tuple[bool, int, asyncio.Future[None]]] = field(default_factory=list)

    def ready_at(self) -> float:
        full = len(self.recent) == PER_GROUP
        return max(self.free_at, self.recent[0] + GROUP_WINDOW if full else 0.0)

    def head(self) -> tuple[bool, int] | None:
        """Who is next here, as (bulk, number in line); those who gave up are passed over."""
        while self.waiting and self.waiting[0][2].done():
            heappop(self.waiting)
        return self.waiting[0][:2] if self.waiting else None


class Limiter:
    """Hands out turns to send, one after the other.

    Interactive replies go before bulk messages; within each, first come, first served, except that a chat which
    must still wait holds nobody up. For one process and one token: several would have to share the rate.

    Args:
        per_second: turns a second in all.
        chat_spacing: seconds between two turns of a chat.
        clock: monotonic seconds.
        sleep: waits so many seconds of that clock.
    """

    def __init__(
        self,
        *,
        per_second: float = PER_SECOND,
        chat_spacing: float = CHAT_SPACING,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval = 1.0 / per_second
        self._chat_spacing = chat_spacing
        self._clock = clock
        self._sleep = sleep
        self._chats: dict[str, _Chat] = {}
        self._numbers = count()
        self._next = 0.0
        self._resumes = 0.0
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def turn(self, chat: str, *, group: bool = False, bulk: bool = False) -> None:
        """Wait until a message may be sent to `chat` (its id), and take that turn.

        Raises:
            LimiterClosedError: the limiter was closed before the turn came.
        """
        if self._closed:
            raise LimiterClosedError
        place = self._chats.setdefault(chat, _Chat())
        if not group:
            place.recent.clear()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(place.waiting, (bulk, next(self._numbers), future))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._hand_out())
        await future
        if group:
            place.recent.append(self._clock())

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds from now; a pause that ends later stays in force."""
        self._resumes = max(self._resumes, self._clock() + seconds)

    @property
    def paused(self) -> float:
        """Seconds until anything is sent again; 0 while nothing holds."""
        return max(0.0, self._resumes - self._clock())

    def close(self) -> None:
        """Give no more turns; whoever waits is told so."""
        self._closed = True
        for chat in self._chats.values():
            for *_, future in chat.waiting:
                if not future.done():
                    future.set_exception(LimiterClosedError())
            chat.waiting.clear()
        if self._pump:
            self._pump.cancel()

    async def _hand_out(self) -> None:
        # Turns that nobody wanted are not made up for, only those that a busy machine was late for.
        self._next = max(self._next, self._clock())
        while True:
            heads = [(head, chat) for chat in self._chats.values() if (head := chat.head())]
            if not heads:
                return
            now = self._clock()
            opens = self._next = max(self._next, self._resumes)
            if opens > now:
                await self._sleep(opens - now)
                continue
            ready = [(head, chat) for head, chat in heads if chat.ready_at() <= now]
            if not ready:
                # No longer than one interval, as somebody may come whose chat is free.
                soonest = min(chat.ready_at() for _, chat in heads)
                await self._sleep(min(soonest - now, self._interval))
                self._next = max(self._next, self._clock())
                continue
            _, chat = min(ready, key=lambda each: each[0])
            heappop(chat.waiting)[2].set_result(None)
            # From the slot, not from now, where a sleep took a little too long: that must not slow the rate down.
            self._next = max(self._next, now - CATCH_UP) + self._interval
            chat.free_at = now + self._chat_spacing
            if len(self._chats) > _CROWD:
                self._forget(now)
            # Lets a group note its message before the next turn is given.
            await asyncio.sleep(0)

    def _forget(self, now: float) -> None:
        """Drop chats that nobody waits for and that no limit holds any more."""
        self._chats = {
            name: chat
            for name, chat in self._chats.items()
            if chat.waiting or chat.free_at > now or (chat.recent and chat.recent[-1] + GROUP_WINDOW > now)
        }
