"""Foreign errors mapped once, here, to the sentences that people are told.

    CoursebotError
    ├─ database-unreadable   not a database, damaged, no permission, no such folder, server not reachable
    ├─ database-locked       another program held it for longer than the time-out
    └─ database-full         no space left

Anything else (a broken constraint, a mistake in SQL) is a fault of this program and passes as it is.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from knowledge.errors import CoursebotError

# Primary result codes: https://www.sqlite.org/rescode.html
_SQLITE = {
    sqlite3.SQLITE_AUTH: "database-unreadable",
    sqlite3.SQLITE_BUSY: "database-locked",
    sqlite3.SQLITE_CANTOPEN: "database-unreadable",
    sqlite3.SQLITE_CORRUPT: "database-unreadable",
    sqlite3.SQLITE_FULL: "database-full",
    sqlite3.SQLITE_IOERR: "database-unreadable",
    sqlite3.SQLITE_LOCKED: "database-locked",
    sqlite3.SQLITE_NOTADB: "database-unreadable",
    sqlite3.SQLITE_PERM: "database-unreadable",
    sqlite3.SQLITE_READONLY: "database-unreadable",
}
_SQLITE_EXTENDED = {sqlite3.SQLITE_IOERR_SHMSIZE: "database-full"}
"""What goes before the primary code: a database on a full disk cannot even be opened."""
# SQLSTATEs, longest match first: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL = {
    "40P01": "database-locked",  # deadlock_detected
    "55P03": "database-locked",  # lock_not_available
    "53100": "database-full",  # disk_full
    "53300": "database-unreadable",  # too_many_connections
    "08": "database-unreadable",  # connection exceptions
    "28": "database-unreadable",  # not let in
    "3D": "database-unreadable",  # no such database
    "57P": "database-unreadable",  # shut down, or starting up
}


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn a database's errors into a CoursebotError about `where`: a path, or a URL without its password."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as error:
        key = _key(error)
        if key is None:
            raise
        raise CoursebotError(key, path=where) from error


def _key(error: DBAPIError | sqlite3.Error | OSError) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, OSError):
        return "database-full" if cause.errno in {errno.ENOSPC, errno.EDQUOT} else "database-unreadable"
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)
        # An extended code such as SQLITE_IOERR_READ carries its primary code in the low byte.
        return _SQLITE_EXTENDED.get(code) or _SQLITE.get(code & 0xFF)
    state = getattr(cause, "sqlstate", None)
    if state is None:  # psycopg has no code for a server that does not answer
        refused = isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | ProgrammingError)
        return "database-unreadable" if refused else None
    return next((key for start, key in _POSTGRESQL.items() if state.startswith(start)), None)
