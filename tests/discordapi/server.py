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
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.discordapi import payloads
from tests.discordapi.gateway import Gateway
from tests.discordapi.limits import RefusedError, check_commands, check_message

TOKEN = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GtestT.testTOKENtestTOKENtestTOKENtestTOK"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was made: how, with what, and how it was answered."""

    method: str
    path: str
    data: Any
    status: int
    message_id: str = ""


@dataclass(slots=True)
class Trouble:
    """Something that goes wrong with a request.

    Attributes:
        status: answer with this status instead.
        code: and this error code.
        retry_after: for 429, seconds to wait.
        drop: close the connection instead of answering.
        delay: seconds before the answer.
        path: which requests it happens to: those whose path holds this.
        times: how many of them.
    """

    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    drop: bool = False
    delay: float = 0.0
    path: str = "/messages"
    times: int = 1


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
        self.commands: list[Any] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self._nonces: dict[tuple[str, str], str] = {}
        self._troubles: deque[Trouble] = deque()
        self._changed = asyncio.Condition()
        self.gateway = Gateway(token, message_content=message_content, heartbeat=heartbeat)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway"

    async def __aenter__(self) -> Self:
        application = web.Application()
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
        body = await request.read()
        data = json.loads(body) if body else None
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

    async def _trouble(self, request: web.Request, path: str) -> None:
        trouble = next((each for each in self._troubles if each.path in path), None)
        if trouble is None:
            return
        trouble.times -= 1
        if not trouble.times:
            self._troubles.remove(trouble)
        await asyncio.sleep(trouble.delay)
        if trouble.drop and request.transport:
            request.transport.close()
            await asyncio.sleep(0)
        if trouble.status:
            raise RefusedError(trouble.status, trouble.code, "on request", retry_after=trouble.retry_after)

    async def _answer(self, request: web.Request, path: str, data: Any) -> tuple[int, Any]:
        interaction = path.startswith(("/interactions/", "/webhooks/"))
        if not interaction and request.headers.get("Authorization") != f"Bot {self.token}":
            raise RefusedError(401, 0, "401: Unauthorized")
        await self._trouble(request, path)
        first, *rest = path.strip("/").split("/")
        answered = {
            "interactions": self._interaction,
            "webhooks": self._interaction,
            "channels": self._channel,
        }.get(first, self._own)(request.method, rest, data)
        if answered is None:
            raise RefusedError(404, 0, "404: Not Found")
        return answered

    def _own(self, method: str, rest: list[str], data: Any) -> tuple[int, Any] | None:
        """What the bot is, and its commands."""
        match method, rest:
            case "GET", ["@me"]:
                return 200, payloads.BOT
            case "GET", ["applications", "@me"]:
                return 200, payloads.application()
            case "PUT", [_, "commands"]:
                self.commands.append(check_commands(data))
                return 200, [
                    {"id": payloads.snowflake(), "version": "1", **each} for each in payloads.told(data)
                ]
        return None

    def _interaction(self, method: str, rest: list[str], data: Any) -> tuple[int, Any] | None:
        match method, rest:
            case "POST", [id_, _, "callback"]:
                return 200, {"interaction": {"id": id_, "type": 2, "response_message_loading": True}}
            case "POST", [_, _]:
                return 200, self._post("", data)
            case "PATCH", [_, _, "messages", "@original"]:
                check_message(data)
                return 200, payloads.message(author=payloads.BOT, **_kept(data))
            case "DELETE", [_, _, "messages", "@original"]:
                return 204, None
        return None

    def _channel(self, method: str, rest: list[str], data: Any) -> tuple[int, Any] | None:
        match method, rest:
            case "POST", [_, "typing"]:
                return 204, None
            case "POST", [channel, "messages"]:
                return 200, self._post(channel, data)
            case "PATCH" | "DELETE", [_, "messages", id_]:
                if id_ not in self.messages:
                    raise RefusedError(404, 10008, "Unknown Message")
                if method == "DELETE":
                    del self.messages[id_]
                    return 204, None
                check_message(data)
                self.messages[id_] |= _kept(data)
                return 200, self.messages[id_]
        return None

    def _post(self, channel: str, data: dict[str, Any]) -> dict[str, Any]:
        check_message(data)
        name = (channel, str(data.get("nonce", "")))
        if data.get("enforce_nonce") and name in self._nonces and self._nonces[name] in self.messages:
            return self.messages[self._nonces[name]]
        made = payloads.message(author=payloads.BOT, channel_id=channel or payloads.CHANNEL, **_kept(data))
        self.messages[made["id"]] = made
        self._nonces[name] = made["id"]
        return made


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "content": data.get("content") or "",
        "embeds": [{"type": "rich", **each} for each in data.get("embeds") or []],
        "components": data.get("components") or [],
        "flags": data.get("flags") or 0,
    }
