"""Logging: to standard error, one line each; only what an operator can act on unless asked for more."""

from __future__ import annotations

import logging
import sys

_QUIET = (
    "httpx",
    "httpcore",
    "telegram",
    "discord",
    "apscheduler",
    "sqlalchemy",
    "alembic",
    "aiosqlite",
    "asyncio",
)


def configure(verbosity: int) -> None:
    """Set up logging: warnings; with -v our own information; with -vv everybody's."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbosity, 2)]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    if verbosity < 2:
        # Libraries' request logs quote addresses with tokens in them.
        for name in _QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
