"""A glance at a SQLite file for callers in a hurry: no SQLAlchemy, no event loop, about a millisecond.

The command line asks this before it decides whether its saved index is still good.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def glance(path: Path) -> dict[str, int] | None:
    """Look up the revision of every course in the file, by slug.

    None when that cannot be told this way (no such file, not our database, locked): ask the store instead,
    which also has words for what is wrong.
    """
    try:
        # mode=ro: a mere look must not create the file.
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=0.5)) as connection:
            return dict(connection.execute("SELECT slug, revision FROM course"))
    except sqlite3.Error:
        return None
