"""Files that readers sent, fetched from Telegram: asked for by id, then read in pieces up to a limit."""

from __future__ import annotations

import httpx
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from adapters.telegram.failures import problem
from bot.messages import Attachment
from bot.ports import LARGEST_FILE
from bot.uploads import Gathered, gone, too_big

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_TOO_BIG = "file is too big"


async def fetch(bot: Bot, attachment: Attachment, *, limit: int = LARGEST_FILE) -> bytes:
    """The content of a file; as in `bot.ports.Files`."""
    if attachment.size > limit:
        raise too_big(attachment)
    address = await _address(bot, attachment)
    gathered = Gathered(attachment, limit=limit)
    try:
        # Not by the library, which would take in the whole of a file whatever its size turns out to be.
        async with (
            httpx.AsyncClient(timeout=_TIMEOUT) as client,
            client.stream("GET", address) as response,
        ):
            response.raise_for_status()
            async for piece in response.aiter_bytes():
                gathered.add(piece)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # Not chained: the library's message quotes the address, which holds the token.
        raise gone(attachment, type(error).__name__) from None
    return gathered.content


async def _address(bot: Bot, attachment: Attachment) -> str:
    """Where the content is for the next hour."""
    try:
        found = await bot.get_file(attachment.id)
    except TelegramError as error:
        if isinstance(error, BadRequest) and _TOO_BIG in error.message.lower():
            raise too_big(attachment) from error
        raise gone(attachment, problem(error).reason) from None
    if not found.file_path:
        raise gone(attachment, "no address")
    return found.file_path
