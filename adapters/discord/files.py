"""Files that readers sent, fetched from where Discord keeps them: in pieces, up to a limit."""

from __future__ import annotations

import aiohttp

from bot.messages import Attachment
from bot.ports import LARGEST_FILE
from bot.team.uploads import Gathered, gone, too_big

_TIMEOUT = aiohttp.ClientTimeout(total=120.0, connect=10.0)
_PIECE = 1 << 16


async def fetch(attachment: Attachment, *, limit: int = LARGEST_FILE) -> bytes:
    """The content of a file; as in `bot.ports.Files`."""
    if attachment.size > limit:
        raise too_big(attachment)
    gathered = Gathered(attachment, limit=limit)
    try:
        # Not by the library, which would take in the whole of a file whatever its size turns out to be.
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.get(attachment.id, raise_for_status=True) as response,
        ):
            async for piece in response.content.iter_chunked(_PIECE):
                gathered.add(piece)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        # Not chained: the library's message quotes the address, with which anybody could fetch the file.
        raise gone(attachment, type(error).__name__) from None
    return gathered.content
