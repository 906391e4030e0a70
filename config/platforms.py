"""The platforms that readers talk on: which have a token, and how each is put together.

A platform's library is imported only when it is used; python-telegram-bot takes 0.3 s, discord.py 0.5 s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.messages import Platform
from bot.ports import Handler
from config.deliveries import Talking
from config.settings import Settings
from config.stores import now
from config.wiring import Application

if TYPE_CHECKING:
    from adapters.telegram.webhook import WebhookAddress

Ready = Callable[[str, str], None]
"""Told the platform and our name there once it is connected."""


@dataclass(frozen=True, slots=True)
class Platforms:
    """The platforms to run, by name, and the core behind them all."""

    adapters: Mapping[str, tuple[Platform, Talking]]
    handle: Handler


async def platforms(application: Application, *, ready: Ready) -> Platforms:
    """Every platform that has a token."""
    settings = application.settings
    core = await application.core()
    found: dict[str, tuple[Platform, Talking]] = {}
    if settings.telegram_token:
        from adapters.telegram.adapter import Telegram

        telegram = Telegram(
            settings.telegram_token,
            inbox=await application.inbox(),
            now=now,
            base_url=settings.telegram_base_url,
            webhook=_webhook(settings),
            inline=core.inline,
            staff=(await application.staff()).all,
            former=(await application.staff()).former,
            moves=(await application.readers()).chats,
            ready=lambda name: ready("Telegram", name),
        )
        application.files[Platform.TELEGRAM] = telegram
        found["Telegram"] = (Platform.TELEGRAM, telegram)
    if settings.discord_token:
        from adapters.discord.adapter import Discord

        discord = Discord(
            settings.discord_token,
            courses=await application.courses(),
            inbox=await application.inbox(),
            now=now,
            commands=settings.data / "discord-commands",
            message_content=settings.discord_message_content,
            save_emoji=settings.save_emoji,
            api=settings.discord_api_url,
            gateway=settings.discord_gateway_url,
            ready=lambda name: ready("Discord", name),
        )
        application.files[Platform.DISCORD] = discord
        application.directs[Platform.DISCORD] = discord
        found["Discord"] = (Platform.DISCORD, discord)
    return Platforms(found, core.handle)


def _webhook(settings: Settings) -> WebhookAddress | None:
    """Where Telegram is to call us, if it is."""
    from adapters.telegram.webhook import WebhookAddress

    if not settings.telegram_webhook_url:
        return None
    listen = settings.telegram_webhook_listen
    if not settings.telegram_webhook_secret:
        return WebhookAddress(url=settings.telegram_webhook_url, listen=listen)
    return WebhookAddress(
        url=settings.telegram_webhook_url, listen=listen, secret=settings.telegram_webhook_secret
    )
