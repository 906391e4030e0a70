"""Unexpected errors in the log: where they happened, under a short id, without anybody's words.

Readers' words are never logged, so neither are exceptions' messages, which may quote them.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from bot.messages import Platform

logger = logging.getLogger("coursebot.core")


def new_incident() -> str:
    """A short id by which an apology and a log line are matched."""
    return secrets.token_hex(3)


def report(error: BaseException, incident: str, *, what: str, platform: Platform) -> None:
    """Log an unexpected error: what was being handled, and the places it came through."""
    logger.error(
        "incident %s: %s on %s failed\n%s",
        incident,
        what,
        platform.value,
        places(error),
        extra={"action": "incident", "incident": incident},
    )


def places(error: BaseException) -> str:
    """The traceback of an error and its causes: types and places, without messages."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines += [*traceback.format_tb(current.__traceback__), f"{type(current).__qualname__}\n"]
        current = current.__cause__ or current.__context__
    return "".join(lines).rstrip()
