"""A small Discord on loopback: REST and gateway, as strict as the real one with this bot, failing on request.

    async with DiscordApi() as api:
        await api.say(payloads.message("你好"))
        sent = await api.call("POST", "/messages")

Written from https://discord.com/developers/docs (gateway opcodes, message limits, error codes), not from the bot.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.discordapi import payloads
from tests.discordapi.gateway import Gateway
from tests.discordapi.limits import RefusedError
from tests.discordapi.rooms import Rooms
from tests.discordapi.troubles import Call, Trouble

TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GtestT.testTOKENtestTOKENtestTOKENtestTOK"


class DiscordApi:
    """The server. `api_url` and `gateway_url` are what COURSEBOT_DISCORD_API_URL and …_GATEWAY_URL are set to.

    Args:
        token: the only one it accepts.
        message_content: whether the message-content intent is granted.
        heartbeat: seconds between two heartbeats that it asks for.
    """

    def __init__(self, token: str = TOKEN, *, message_content: bool = False, heartbeat: float = 40.0) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.rooms = Rooms()
        self._troubles: deque[Trouble] = deque()
        self._changed = asyncio.Condition()
        self.gateway = Gateway(token, message_content=message_content, heartbeat=heartbeat)
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._files: dict[str, bytes] = {}

    @property
    def commands(self) -> list[Any]:
        """The bot's commands, each time they were told."""
        return self.rooms.commands

    @property
    def messages(self) -> dict[str, dict[str, Any]]:
        """The bot's messages that are there, by id."""
        return self.rooms.messages

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway"

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=50 << 20)
        application.router.add_get("/attachments/{id}/{name}", self._cdn)
        application.router.add_get("/gateway", self.gateway.serve)
        application.router.add_get("/resumed", self.gateway.serve)
        application.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.resume_url = f"ws://127.0.0.1:{self._port}/resumed"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.close()
        if self._runner:
            await self._runner.cleanup()

    def fail(self, trouble: Trouble) -> None:
        """Let something go wrong."""
        self._troubles.append(trouble)

    async def say(self, message: dict[str, Any]) -> dict[str, Any]:
        """Somebody writes a message."""
        self.rooms.said[message["id"]] = message
        await self.gateway.dispatch("MESSAGE_CREATE", message)
        return message

    async def call(
        self, method: str, path: str, *, count: int = 1, within: float = 5.0, ok: bool = True
    ) -> list[Call]:
        """The first `count` requests of that kind, once they are there."""

        def found() -> list[Call]:
            return [
                each
                for each in self.calls
                if each.method == method and path in each.path and (each.status < 400) is ok
            ]

        await self.until(lambda: len(found()) >= count, within=within)
        return found()[:count]

    async def until(self, condition: Callable[[], bool], *, within: float = 5.0) -> None:
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(condition)

    async def _rest(self, request: web.Request) -> web.Response:
        path = f"/{request.match_info['path']}"
        data = await _sent(request)
        status, answer, headers = 500, None, {}
        try:
            status, answer = await self._answer(request, path, data)
        except RefusedError as error:
            status, answer = error.status, {"message": error.message, "code": error.code}
            if status == 429:
                # Without this header the library takes it for a ban by Cloudflare.
                headers = {"Via": "1.1 google", "Retry-After": str(error.retry_after)}
                answer |= {"retry_after": error.retry_after, "global": False}
        async with self._changed:
            made = str(answer.get("id", "")) if isinstance(answer, dict) else ""
            self.calls.append(Call(request.method, path, data, status, made))
            self._changed.notify_all()
        if answer is None:
            return web.Response(status=status, headers=headers)
        return web.Response(
            status=status,
            body=json.dumps(answer).encode(),
            headers={"Content-Type": "application/json", **headers},
        )

    def attach(self, name: str, content: bytes, type_: str = "text/csv") -> dict[str, Any]:
        """A file on the CDN, as a message names it."""
        id_ = payloads.snowflake()
        self._files[id_] = content
        return {
            "id": id_,
            "filename": name,
            "size": len(content),
            "url": f"http://127.0.0.1:{self._port}/attachments/{id_}/{name}?ex=1&is=2&hm=3",
            "proxy_url": "",
            "content_type": type_,
        }

    async def _cdn(self, request: web.Request) -> web.Response:
        content = self._files.get(request.match_info["id"])
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content)

    async def _trouble(self, request: web.Request, path: str) -> float:
        """Let go wrong what is to; the seconds to wait once the request is done."""
        trouble = next((each for each in self._troubles if each.path in path), None)
        if trouble is None:
            return 0.0
        trouble.times -= 1
        if not trouble.times:
            self._troubles.remove(trouble)
        await asyncio.sleep(trouble.delay)
        if trouble.drop and request.transport:
            request.transport.close()
            await asyncio.sleep(0)
        if trouble.status:
            raise RefusedError(trouble.status, trouble.code, "on request", retry_after=trouble.retry_after)
        return trouble.late

    async def _answer(self, request: web.Request, path: str, data: Any) -> tuple[int, Any]:
        interaction = path.startswith(("/interactions/", "/webhooks/"))
        if not interaction and request.headers.get("Authorization") != f"Bot {self.token}":
            raise RefusedError(401, 0, "401: Unauthorized")
        late = await self._trouble(request, path)
        first, *rest = path.strip("/").split("/")
        answered = {
            "interactions": self.rooms.interaction,
            "webhooks": self.rooms.interaction,
            "channels": self.rooms.channel,
        }.get(first, self.rooms.own)(request.method, rest, data)
        if answered is None:
            raise RefusedError(404, 0, "404: Not Found")
        await asyncio.sleep(late)
        return answered


async def _sent(request: web.Request) -> Any:
    """The JSON of a request; with files, which come as a form, these are put beside their descriptions."""
    if not request.content_type.startswith("multipart/"):
        body = await request.read()
        return json.loads(body) if body else dict(request.query) or None
    form = await request.post()
    data: dict[str, Any] = json.loads(str(form["payload_json"]))
    files = {name: field for name, field in form.items() if isinstance(field, web.FileField)}
    described = data.get("attachments") or []
    if len(described) != len(files):
        raise AssertionError("attachments and files do not agree")
    for each in described:
        field = files[f"files[{each['id']}]"]
        each["filename"], each["content"] = field.filename, field.file.read()
    return data
