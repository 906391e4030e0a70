"""The library's log in our manner: a lost connection is one line, not a traceback.

discord.py logs each as an error with its traceback before it reconnects, which it does by itself. It also warns that
it cannot speak, which nobody asked of this bot.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_NOISY = "discord.client"


@contextmanager
def calm_log() -> Iterator[None]:
    """Within the block, lines about reconnecting are warnings without traceback, and none is about voice."""
    noisy = logging.getLogger(_NOISY)
    noisy.addFilter(_calmer)
    try:
        yield
    finally:
        noisy.removeFilter(_calmer)


def _calmer(record: logging.LogRecord) -> bool:
    if "voice will NOT be supported" in str(record.msg):
        return False
    if record.exc_info and str(record.msg).startswith("Attempting a reconnect"):
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    return True
