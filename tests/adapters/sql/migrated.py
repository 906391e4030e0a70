"""A SQLite file in which the tables are: made once in a run of the tests and copied, which takes 4 ms, not 250."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from adapters.sql.database import Database

_made: list[Path] = []


async def place(file: Path) -> None:
    """Put a migrated database there, unless there is one."""
    if file.exists():
        return
    if not _made:
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        template = Path(folder.name) / "template.sqlite"
        database = Database(template)
        await database.migrate()
        await database.dispose()
        _made.append(template)
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(_made[0], file)
