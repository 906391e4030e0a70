"""The least of a Bot API on loopback: enough for the bot to be asked by many and to be timed.

The server of the tests is strict and can fail; this one is quick, so that it is the bot that is measured.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from itertools import count
from typing import Any, Self

from aiohttp import web

TOKEN = "1:loopback"  # noqa: S105 (of no bot)
_BATCH = 100
"""Updates in one answer at most, as Telegram gives them."""


class Loopback:
    """The server: `ask` has somebody ask the bot, `waiting` and `took` say how it answers.

    Attributes:
        took: seconds from a question's being there to be fetched until its answer came, by the asker's number.
        said: how many messages each asker was sent.
    """

    def __init__(self) -> None:
        self.took: dict[int, float] = {}
        self.said: dict[int, int] = {}
        self.url = ""
        self._asked: dict[int, float] = {}
        self._updates: deque[dict[str, Any]] = deque()
        self._numbers = count(1)
        self._news = asyncio.Event()
        self._listening = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    def ask(self, asker: int, text: str) -> None:
        """Somebody writes to the bot in private."""
        person = {"id": asker, "is_bot": False, "first_name": "Reader", "language_code": "zh-hans"}
        number = next(self._numbers)
        message = {
            "message_id": number,
            "date": int(time.time()),
            "from": person,
            "chat": {"id": asker, "type": "private", "first_name": "Reader"},
            "text": text,
        }
        self._updates.append({"update_id": number, "message": message})
        self._asked.setdefault(asker, time.perf_counter())
        self._wake()

    @property
    def waiting(self) -> int:
        """Askers who have no answer yet."""
        return len(self._asked)

    async def listened(self, *, within: float = 60.0) -> None:
        """Wait until the bot asks for updates."""
        async with asyncio.timeout(within):
            await self._listening.wait()

    async def answered(self, left: int = 0, *, within: float) -> None:
        """Wait until no more than `left` askers wait for an answer."""
        async with asyncio.timeout(within):
            while self.waiting > left:
                await self._news.wait()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _serve(self, request: web.Request) -> web.Response:
        data = await request.post()
        match request.match_info["method"]:
            case "getMe":
                return _ok({"id": 1, "is_bot": True, "first_name": "Course", "username": "course_bot"})
            case "getUpdates":
                return _ok(await self._next(data))
            case "sendMessage":
                return _ok(self._send(int(str(data["chat_id"]))))
        return _ok(True)

    async def _next(self, data: Any) -> list[dict[str, Any]]:
        confirmed = int(str(data.get("offset", 0)))
        while self._updates and self._updates[0]["update_id"] < confirmed:
            self._updates.popleft()
        self._listening.set()
        try:
            async with asyncio.timeout(float(str(data.get("timeout", 0))) or 0.001):
                while not self._updates:
                    await self._news.wait()
        except TimeoutError:
            return []
        return [self._updates[place] for place in range(min(_BATCH, len(self._updates)))]

    def _send(self, chat: int) -> dict[str, Any]:
        if chat in self._asked:
            self.took[chat] = time.perf_counter() - self._asked.pop(chat)
        self.said[chat] = self.said.get(chat, 0) + 1
        self._wake()
        return {"message_id": next(self._numbers), "date": 0, "chat": {"id": chat, "type": "private"}}


def _ok(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})
