from __future__ import annotations

import asyncio
import io
import json
import socket
from typing import Any

import aiohttp
import pytest

from adapters.sql.inbox import SqlInbox
from adapters.telegram.webhook import WebhookAddress
from knowledge.errors import CoursebotError
from tests.adapters.telegram_.conftest import Running
from tests.botapi.server import BotApi
from tests.botapi.updates import message


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def address() -> WebhookAddress:
    return WebhookAddress(url="https://bot.example/hook/x1", listen=f"127.0.0.1:{free_port()}")


async def call(
    address: WebhookAddress, body: Any, *, secret: str | None = None, path: str = "/hook/x1"
) -> int:
    headers = {"X-Telegram-Bot-Api-Secret-Token": address.secret if secret is None else secret}
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://{address.listen}{path}", data=data, headers=headers) as response,
    ):
        return response.status


async def test_what_telegram_brings_is_answered(
    api: BotApi, running: Running, address: WebhookAddress
) -> None:
    async with running(webhook=address):
        assert api.webhook
        assert api.webhook["url"] == address.url
        assert api.webhook["secret_token"] == address.secret
        update = {"update_id": 1, **message("q")}
        assert await call(address, update) == 200
        assert (await api.call("sendMessage")).words == "heard: q"
        # Telegram calls again when it did not hear our word.
        assert await call(address, update) == 200
        await asyncio.sleep(0.2)
    assert len(api.made("sendMessage")) == 1
    assert api.webhook


async def test_nobody_else_gets_in(api: BotApi, running: Running, address: WebhookAddress) -> None:
    update = {"update_id": 1, **message("q")}
    async with running(webhook=address):
        assert await call(address, update, secret="") == 403
        assert await call(address, update, secret="wrong") == 403
        assert await call(address, update, path="/other") == 404
        assert await call(address, b"\xff{") == 400
        assert await call(address, {"no": "number"}) == 400
        assert await call(address, b"x" * (1_050_000)) == 413
        await asyncio.sleep(0.1)
    assert not api.made("sendMessage")


async def test_what_cannot_be_kept_is_to_be_brought_again(
    api: BotApi,
    running: Running,
    address: WebhookAddress,
    inbox: SqlInbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def full(*_: Any, **__: Any) -> Any:
        raise CoursebotError("database-full", path="x")

    async with running(webhook=address):
        monkeypatch.setattr(inbox, "keep", full)
        assert await call(address, {"update_id": 1, **message("q")}) == 503


async def test_an_address_where_nothing_can_listen_is_a_sentence(running: Running) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = WebhookAddress(url="https://x.y/", listen=f"127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(CoursebotError) as caught:
            async with running(webhook=address):
                pass
    assert caught.value.key == "telegram-webhook"


def test_the_secret_is_not_shown() -> None:
    address = WebhookAddress(url="https://x.y/")
    assert len(address.secret) >= 32
    assert address.secret not in repr(address)
