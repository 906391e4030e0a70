"""Telling that an old backup of the database was put back: what it says was sent may be less than what was.

Each claim raises a number in the database, and after that the same number is written to a file beside it. Only a
database that was put back has a lower number than its file.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

logger = logging.getLogger("coursebot.deliveries")


class Beats:
    """The file beside the database.

    Args:
        file: where; None keeps nothing, so that a backup is not told from its original.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def newest(self, database: str) -> int:
        """The highest number that was ever written for that database; 0 where none is known."""
        if self._file is None or not self._file.exists():
            return 0
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            return int(kept["beat"]) if kept["database"] == database else 0
        except (OSError, ValueError, TypeError, KeyError):
            logger.warning("%s cannot be read", self._file.name, extra={"action": "beat-unreadable"})
            return 0

    def write(self, database: str, beat: int) -> None:
        """Keep a number; a full disk costs the knowledge, not the sending."""
        if self._file is None:
            return
        new = self._file.with_suffix(".new")
        try:
            new.write_text(json.dumps({"database": database, "beat": beat}), "utf-8")
            new.replace(self._file)
        except OSError as error:
            logger.info("%s not written: %s", self._file.name, type(error).__name__)
