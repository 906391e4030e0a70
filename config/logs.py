"""Logging: to standard error, one line each; only what an operator can act on unless asked for more.

Whatever is logged passes through one formatter that takes out secrets: libraries' request logs quote addresses
with tokens in them, and so do tracebacks.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable

_QUIET = (
    "httpx",
    "httpcore",
    "discord",
    "aiohttp",
    "apscheduler",
    "sqlalchemy",
    "alembic",
    "aiosqlite",
    "asyncio",
)
_HIDDEN = "[hidden]"
# What looks like a token is hidden although nobody named it: one in an address of the Bot API, one of Discord's.
_TOKENS = re.compile(r"(?<=bot)\d+:[\w-]+|\b\d{6,}:[\w-]{30,}|\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}")


class Discreet(logging.Formatter):
    """Writes lines, tracebacks included, without secrets."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets: tuple[str, ...] = ()

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these words too from now on."""
        self._secrets += tuple(filter(None, secrets))

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return _TOKENS.sub(_HIDDEN, line)


def configure(verbosity: int) -> None:
    """Set up logging: warnings; with -v our own information; with -vv everybody's."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbosity, 2)]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    if verbosity < 2:
        for name in _QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
        # A tick that comes while the last one still works is left out on purpose.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        # What this library complains about reaches us as errors too, and is then told in a sentence.
        logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


def hide(secrets: Iterable[str]) -> None:
    """Keep these words out of everything that is logged."""
    secrets = tuple(secrets)
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Discreet):
            handler.formatter.hide(secrets)
