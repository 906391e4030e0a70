"""A glance at a SQLite file for callers in a hurry: no SQLAlchemy, no event loop, about a millisecond.

The command line asks this before it decides whether its saved index is still good, and a bot before each question;
so it is kept open, and while nothing is written a further look takes some microseconds.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path


class Glance:
    """Looks at the revisions of the courses in one file; to be called in one thread.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._version: object = None
        self._revisions: dict[str, int] = {}

    def __call__(self) -> dict[str, int] | None:
        """The revision of every course in the file, by slug.

        None when that cannot be told this way (no such file, not our database, locked): ask the store instead,
        which also has words for what is wrong.
        """
        try:
            connection = self._opened()
            version = connection.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._revisions = dict(connection.execute("SELECT slug, revision FROM course"))
                self._version = version
        except (OSError, sqlite3.Error):
            self.close()
            return None
        return dict(self._revisions)

    def close(self) -> None:
        """Close the file; a further look opens it again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._version = None

    def _opened(self) -> sqlite3.Connection:
        """The open file: the one that is there now, for a backup may have been put in its place."""
        found = os.stat(self._path)  # noqa: PTH116 - Path.stat takes twice as long
        file = (found.st_dev, found.st_ino)
        if self._connection is None or file != self._file:
            self.close()
            # mode=ro: a mere look must not create the file.
            address = f"{self._path.absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(address, uri=True, timeout=0.5)
            self._file = file
        return self._connection


def glance(path: Path) -> dict[str, int] | None:
    """Look once; as `Glance`."""
    look = Glance(path)
    try:
        return look()
    finally:
        look.close()
