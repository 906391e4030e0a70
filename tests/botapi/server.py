"""A Bot API server on loopback that records what it is asked, is as strict as Telegram's, and fails on request.

    async with BotApi() as api:
        api.push(message("你好"))
        sent = await api.call("sendMessage")

Limits and descriptions are those of https://core.telegram.org/bots/api and of its server's source,
https://github.com/tdlib/telegram-bot-api.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.botapi.markup import MarkupError, parse
from tests.botapi.methods import Methods, Refused, Uploaded, need

TOKEN = "424242:AAtestTOKENtestTOKENtestTOKENtest_xyz"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was made: its method, parameters, when it came, and what it was answered with."""

    method: str
    data: dict[str, Any]
    at: float
    message_id: int = 0

    @property
    def words(self) -> str:
        """The text, or what stands under a file, without markup."""
        text = str(self.data.get("text") or self.data.get("caption") or "")
        return parse(text)[0] if self.data.get("parse_mode") == "HTML" else text

    @property
    def buttons(self) -> list[dict[str, Any]]:
        rows = self.data.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(slots=True)
class Trouble:
    """Something that goes wrong with a request.

    Attributes:
        code: answer with this code instead.
        description: and these words.
        parameters: and these, such as retry_after or migrate_to_chat_id.
        drop: close the connection "before" or "after" the request was accepted.
        delay: seconds to wait before the answer.
        when: which requests it happens to.
    """

    code: int = 0
    description: str = "Internal Server Error"
    parameters: dict[str, int] = field(default_factory=dict)
    drop: str = ""
    delay: float = 0.0
    when: Callable[[dict[str, Any]], bool] = lambda _: True


class BotApi(Methods):
    """The server. `base_url` is what COURSEBOT_TELEGRAM_BASE_URL is set to."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.calls: list[Call] = []
        self.webhook: dict[str, Any] | None = None
        self._troubles: dict[str, deque[Trouble]] = defaultdict(deque)
        self._updates: deque[dict[str, Any]] = deque()
        self._confirmed = 0
        self._next_update = 1000
        self._news = asyncio.Event()
        self._polls = 0
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def __aenter__(self, port: int = 0) -> Self:
        app = web.Application(client_max_size=50 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{bound}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    # What tests do.

    def push(self, update: dict[str, Any]) -> int:
        """Have the server deliver an update; its number."""
        number = self._next_update
        self._next_update += 1
        self._updates.append({"update_id": number, **update})
        if query := update.get("callback_query") or update.get("inline_query"):
            self.queries.add(query["id"])
        self._wake()
        return number

    def trouble(self, method: str, *troubles: Trouble) -> None:
        """Have the next requests for `method` go wrong, one each."""
        self._troubles[method].extend(troubles)

    async def troubled(self, method: str, *, within: float = 10.0) -> None:
        """Wait until everything that was to go wrong with `method` has gone wrong."""
        await self.until(lambda: not self._troubles[method], within=within)

    def made(self, method: str) -> list[Call]:
        """The requests for that method that were accepted, in order."""
        return [call for call in self.calls if call.method == method]

    async def call(self, method: str, number: int = 1, *, within: float = 10.0) -> Call:
        """The `number`th accepted request for that method, waited for."""
        await self.until(lambda: len(self.made(method)) >= number, within=within)
        return self.made(method)[number - 1]

    async def confirmed(self, update: int, *, within: float = 10.0) -> None:
        """Wait until that update's receipt was confirmed."""
        await self.until(lambda: self._confirmed > update, within=within)

    async def polled(self, *, within: float = 10.0) -> None:
        """Wait until somebody waits for updates."""
        await self.until(lambda: self._polls > 0, within=within)

    async def until(self, true: Callable[[], bool], *, within: float = 10.0) -> None:
        """Wait until something is true of the server."""
        async with asyncio.timeout(within):
            while not true():
                await self._news.wait()

    # What the bot sees.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _answer(Refused(401, "Unauthorized"))
        data = await _parameters(request)
        trouble = self._trouble_for(method, data)
        if trouble and trouble.drop == "before":
            return _drop(request)
        if trouble and trouble.code:
            await asyncio.sleep(trouble.delay)
            return _answer(Refused(trouble.code, trouble.description, **trouble.parameters))
        handler = getattr(self, f"_do_{method}", None)
        if handler is None:
            return _answer(Refused(404, "Not Found: method not found"))
        try:
            result = await handler(data)
        except (Refused, MarkupError) as error:
            if isinstance(error, MarkupError):
                error = Refused(400, f"Bad Request: can't parse entities: {error}")
            return _answer(error)
        if method != "getUpdates":
            message = result.get("message_id", 0) if isinstance(result, dict) else 0
            self.calls.append(Call(method, data, time.monotonic(), message))
            self._wake()
        if trouble:
            await asyncio.sleep(trouble.delay)
            if trouble.drop == "after":
                return _drop(request)
        return web.json_response({"ok": True, "result": result})

    def _trouble_for(self, method: str, data: dict[str, Any]) -> Trouble | None:
        waiting = self._troubles[method]
        if not waiting or not waiting[0].when(data):
            return None
        self._wake()
        return waiting.popleft()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _do_getUpdates(self, data: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(data.get("offset") or 0)
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        self._confirmed = max(self._confirmed, offset)
        self._polls += 1
        self._wake()
        try:
            async with asyncio.timeout(float(data.get("timeout") or 0) or 0.001):
                while not self._updates:
                    await self._news.wait()
        except TimeoutError:
            pass
        finally:
            self._polls -= 1
        return list(self._updates)[: int(data.get("limit") or 100)]

    async def _do_deleteWebhook(self, _: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = None
        return True

    async def _do_setWebhook(self, data: dict[str, Any]) -> bool:  # noqa: N802
        need(data, "url")
        self.webhook = data
        return True

    async def _download(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["path"].removeprefix("documents/")
        if request.match_info["token"] != self.token or name not in self.files:
            return web.Response(status=404)
        trouble = self._trouble_for("file", {"file_id": name})
        if trouble and trouble.drop:
            return _drop(request)
        return web.Response(body=self.files[name], status=trouble.code if trouble else 200)


async def _parameters(request: web.Request) -> dict[str, Any]:
    """What was sent as a form, with JSON in its fields read."""
    data: dict[str, Any] = {}
    for name, value in {**request.query, **await request.post()}.items():
        data[name] = value
        if isinstance(value, web.FileField):
            data[name] = Uploaded(value.filename, value.file.read())
        elif isinstance(value, str) and value[:1] in {"{", "["} and name not in {"text", "caption"}:
            data[name] = json.loads(value)
    for name in ("disable_notification", "show_alert", "is_personal"):
        if name in data:
            data[name] = data[name] == "true"
    return data


def _answer(error: Refused) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


def _drop(request: web.Request) -> web.StreamResponse:
    """Close the connection without a word."""
    if request.transport:
        request.transport.abort()
    return web.Response()
