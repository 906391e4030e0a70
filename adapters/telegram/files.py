"""Files that readers sent, fetched from Telegram: asked for by id, then read in pieces up to a limit."""

from __future__ import annotations

import aiohttp
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from adapters.telegram.failures import problem
from adapters.telegram.http import open_session
from bot.messages import Attachment
from bot.ports import LARGEST_FILE
from bot.team.uploads import Gathered, gone, too_big

_TIMEOUT = aiohttp.ClientTimeout(total=120.0, connect=10.0, sock_read=30.0)
_PIECE = 1 << 16
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
            open_session(1) as session,
            session.get(address, timeout=_TIMEOUT, raise_for_status=True) as response,
        ):
            async for piece in response.content.iter_chunked(_PIECE):
                gathered.add(piece)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
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
