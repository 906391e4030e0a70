"""Files on their way in: gathered piece by piece up to a limit, and the words for what goes wrong."""

from __future__ import annotations

import logging

from bot.messages import Attachment
from bot.ports import LARGEST_FILE
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.uploads")


class Gathered:
    """The content of a file as it comes in.

    Args:
        attachment: the file.
        limit: bytes at most.
    """

    def __init__(self, attachment: Attachment, *, limit: int = LARGEST_FILE) -> None:
        self._attachment = attachment
        self._limit = limit
        self._pieces = bytearray()

    def add(self, piece: bytes) -> None:
        """Take in the next piece.

        Raises:
            CoursebotError: "upload-too-big" when the file is longer than the limit, whatever size was announced.
        """
        if len(self._pieces) + len(piece) > self._limit:
            raise too_big(self._attachment)
        self._pieces += piece

    @property
    def content(self) -> bytes:
        """All that was taken in."""
        return bytes(self._pieces)


def too_big(attachment: Attachment) -> CoursebotError:
    """The sentence for a file that is too big."""
    return CoursebotError("upload-too-big", file=attachment.name, limit=LARGEST_FILE >> 20)


def gone(attachment: Attachment, reason: str) -> CoursebotError:
    """The sentence for a file that cannot be had; why, without anybody's words, is for the log."""
    logger.info("a file was not fetched: %s", reason, extra={"action": "no-file"})
    return CoursebotError("upload-gone", file=attachment.name)
