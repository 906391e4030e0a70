"""Updates by webhook: Telegram calls us, and is told "received" only once the update is in the inbox.

A small server of its own, as the library's needs another web framework and says "received" before that.
TLS is a reverse proxy's business; this listens where that forwards to.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot

from adapters.telegram.incoming import KINDS
from adapters.telegram.polling import Keep
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.telegram")

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_LARGEST = 1 << 20
"""Bytes of an update that are read; Telegram's are a few kilobytes."""
_AT_ONCE = 40
"""Calls that Telegram makes at the same time; its own default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAddress:
    """Where Telegram calls us.

    Attributes:
        url: the public address, https; its path is the one served.
        listen: host and port to listen on, as `127.0.0.1:8443`.
        secret: what Telegram must say with each call, `[A-Za-z0-9_-]{1,256}`.
    """

    url: str
    listen: str = "127.0.0.1:8443"
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


class Webhook:
    """Receives updates at an address."""

    def __init__(self, bot: Bot, address: WebhookAddress, keep: Keep) -> None:
        self._bot = bot
        self._address = address
        self._keep = keep
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen, then tell Telegram.

        Raises:
            CoursebotError: "telegram-webhook" when nothing can listen there.
            TelegramError: Telegram does not take the address.
        """
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_post(urlsplit(self._address.url).path or "/", self._receive)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runner = runner
        host, _, port = self._address.listen.rpartition(":")
        try:
            await web.TCPSite(runner, host.strip("[]") or None, int(port)).start()
        except (OSError, ValueError) as error:
            raise CoursebotError("telegram-webhook", listen=self._address.listen, why=str(error)) from error
        await self._bot.set_webhook(
            self._address.url,
            secret_token=self._address.secret,
            allowed_updates=list(KINDS),
            max_connections=_AT_ONCE,
        )

    async def stop(self) -> None:
        """Stop listening. The webhook stays set: Telegram keeps what comes meanwhile for up to a day."""
        if self._runner:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        said = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(said.encode(), self._address.secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
            int(update["update_id"])
        except (ValueError, TypeError, KeyError):
            return web.Response(status=400)
        try:
            await self._keep([update])
        except Exception as error:  # noqa: BLE001 - whatever it is, Telegram is to call again
            logger.error("not kept: %s", type(error).__name__, extra={"action": "not-kept"})  # noqa: TRY400
            return web.Response(status=503)
        return web.Response()
