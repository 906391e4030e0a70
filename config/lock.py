"""One bot process for one SQLite file: a lock of the operating system, which ends with the process however it ends.

Commands such as `ask`, `import` and `seed` do not take it and go on beside a running bot.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from knowledge.errors import CoursebotError


@contextmanager
def only_one(database: Path | None) -> Iterator[None]:
    """Within the block no other process can be in it with the same file; nothing is locked for None.

    The file is locked beside the database, since SQLite's own locks are on the database itself.

    Raises:
        CoursebotError: "already-running" when another process is in it; "path-unwritable" when the lock cannot be made.
    """
    if database is None:
        yield
        return
    real = database.resolve()
    file = real.with_name(f"{real.name}.run")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        held = file.open("a+", encoding="ascii")
    except OSError as error:
        raise CoursebotError("path-unwritable", path=file, reason=error.strerror or "") from error
    with held:
        if not _lock(held):
            held.seek(0)
            raise CoursebotError("already-running", path=database, process=held.read().strip() or "?")
        held.seek(0)
        held.truncate()
        held.write(str(os.getpid()))
        held.flush()
        # The file stays: whoever deletes one that somebody else has just opened would let two in.
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        # A byte beyond the content, which others may read.
        file.seek(1 << 20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
