"""The gateway: hello, identify, heartbeats, events with numbers, resuming with what was missed.

https://discord.com/developers/docs/events/gateway; compressed as the library asks, with zlib-stream.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from typing import Any

from aiohttp import WSMsgType, web

from tests.discordapi import payloads

_MESSAGE_CONTENT = 1 << 15


class Gateway:
    """One session at a time.

    Args:
        token: the only one it accepts.
        message_content: whether the message-content intent is granted.
        heartbeat: seconds between two heartbeats that it asks for.
    """

    def __init__(self, token: str, *, message_content: bool, heartbeat: float) -> None:
        self.token = token
        self.granted = message_content
        self._heartbeat = heartbeat
        self.resume_url = ""
        self.identified: list[dict[str, Any]] = []
        self.resumed: list[dict[str, Any]] = []
        self.heartbeats = 0
        self.closed_with: int | None = None
        self._session = ""
        self._events: list[dict[str, Any]] = []
        self._socket: web.WebSocketResponse | None = None
        self._deflate: Any = None
        self._ready = asyncio.Event()

    @property
    def connected(self) -> bool:
        return self._ready.is_set()

    async def dispatch(self, event: str, data: Any) -> None:
        """Tell the bot of an event, now or, while it is away, when it resumes."""
        async with asyncio.timeout(10):
            if not self._session:
                await self._ready.wait()
        told = {"op": 0, "t": event, "s": len(self._events) + 1, "d": data}
        self._events.append(told)
        if self._ready.is_set():
            await self._send(told)

    async def wait(self, *, within: float = 10.0) -> None:
        """Wait until the bot is connected."""
        async with asyncio.timeout(within):
            await self._ready.wait()

    async def drop(self, code: int | None = None) -> None:
        """Break the connection: with a close code, or without a word."""
        self._ready.clear()
        socket = self._socket
        if socket is None:
            return
        if code is None:
            transport = socket._req.transport if socket._req else None  # no public way to be rude
            if transport:
                transport.abort()
        else:
            await socket.close(code=code)

    async def reconnect(self) -> None:
        """Ask the bot to reconnect (op 7)."""
        self._ready.clear()
        await self._send({"op": 7, "d": None})

    async def close(self) -> None:
        if self._socket is not None and not self._socket.closed:
            await self._socket.close(code=1001)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        assert request.query["v"] == "10"
        assert request.query["encoding"] == "json"
        self._deflate = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._socket = socket
        await self._send({"op": 10, "d": {"heartbeat_interval": int(self._heartbeat * 1000)}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(json.loads(message.data))
        self.closed_with = socket.close_code
        if self._socket is socket:
            self._ready.clear()
        return socket

    async def _hear(self, said: dict[str, Any]) -> None:
        match said["op"]:
            case 1:
                self.heartbeats += 1
                # As long as the shortest way to Discord: the library notes when it sent only after it has, and
                # warns of a whole interval's delay when the reply is there before that.
                await asyncio.sleep(0.02)
                await self._send({"op": 11})
            case 2:
                await self._identify(said["d"])
            case 6:
                await self._resume(said["d"])

    async def _identify(self, data: dict[str, Any]) -> None:
        assert self._socket
        self.identified.append(data)
        if data["token"] != self.token:
            await self._socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & _MESSAGE_CONTENT and not self.granted:
            await self._socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        self._session = f"session-{len(self.identified)}"
        self._events = []
        ready = {
            "v": 10,
            "user": payloads.BOT,
            "guilds": [{"id": payloads.GUILD, "unavailable": True}],
            "session_id": self._session,
            "resume_gateway_url": self.resume_url,
            "application": {"id": payloads.APPLICATION, "flags": 0},
        }
        for event, told in (("READY", ready), ("GUILD_CREATE", payloads.guild())):
            self._events.append({"op": 0, "t": event, "s": len(self._events) + 1, "d": told})
            await self._send(self._events[-1])
        self._ready.set()

    async def _resume(self, data: dict[str, Any]) -> None:
        self.resumed.append(data)
        if data["session_id"] != self._session or data["token"] != self.token:
            await self._send({"op": 9, "d": False})
            return
        for event in self._events[data["seq"] :]:
            await self._send(event)
        await self._send({"op": 0, "t": "RESUMED", "s": len(self._events), "d": {}})
        self._ready.set()

    async def _send(self, said: dict[str, Any]) -> None:
        assert self._socket
        text = json.dumps(said)
        if self._socket.closed:
            return
        if self._deflate is None:
            await self._socket.send_str(text)
            return
        packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        await self._socket.send_bytes(packed)
