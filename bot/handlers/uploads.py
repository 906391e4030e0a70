"""Files that somebody sends to the bot."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handlers.scene import Scene, Services
from bot.messages import Attachment
from bot.replies import Reply


async def uploaded(
    services: Services, scene: Scene, text: str, files: Sequence[Attachment]
) -> list[Reply] | None:
    """What comes of files that were sent with a text, which may be empty; None where the text alone counts.

    A reader's file is not looked at: what they wrote under it is their question, and without that they get a word;
    among others, not even that.
    """
    if text:
        return None
    return [scene.say("upload.not-read")] if files and scene.chat.private else []
