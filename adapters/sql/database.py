"""The one way to a database: a write transaction, or a reading one that sees a single moment.

SQLite is the default and needs nothing else; PostgreSQL (psycopg 3, an optional extra) is chosen by its URL.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from adapters.sql import schema
from adapters.sql.failures import translated

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
_LOCK_PAUSE = 0.01  # s, between two tries for a lock that SQLite does not wait for
_rehearsing: ContextVar[tuple[Database, AsyncConnection] | None] = ContextVar("rehearsing", default=None)
_MIGRATION_LOCK = 0x636F_7572_7365  # any number that nothing else locks: "course"


class Database:
    """A SQLite file or a PostgreSQL database.

    Args:
        url: `sqlite:///PATH` or `postgresql://…` (drivers are chosen here), or the path of a SQLite file.
        timeout: seconds to wait for another writer before "database-locked".

    Every method raises CoursebotError ("database-unreadable", "database-locked", "database-full") for what
    `failures.py` lists.
    """

    def __init__(self, url: str | Path, *, timeout: float = 10.0) -> None:
        address = URL.create("sqlite", database=str(url)) if isinstance(url, Path) else make_url(url)
        backend = address.get_backend_name()
        self._timeout = timeout
        self._sqlite = backend == "sqlite"
        address = address.set(drivername=_DRIVERS.get(backend, address.drivername))
        self.path = Path(address.database) if self._sqlite and address.database else None
        self.name = str(self.path) if self.path else address.render_as_string(hide_password=True)
        self._engine = self._sqlite_engine(address) if self._sqlite else self._server_engine(address)
        # These share the engine's pool; the options are applied to a connection for one transaction.
        if self._sqlite:
            # Taking the write lock at once: a transaction that reads first and then finds the database
            # changed could not go on (SQLITE_BUSY_SNAPSHOT), however long it waits.
            self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
            self._reader = self._engine
        else:
            self._writer = self._engine
            self._reader = self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction that is committed at the end of the block, or rolled back by an exception.

        On SQLite one writer at a time is let in. On PostgreSQL writers that must not meet lock rows.
        """
        return self._transaction(self._writer)

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Open a transaction in which all statements see the database as it was at the first one."""
        return self._transaction(self._reader)

    @asynccontextmanager
    async def rehearse(self) -> AsyncIterator[AsyncConnection]:
        """Open a write transaction that takes in all others of this task until its end, and is then rolled back.

        So whatever the stores do in the block is done for real, and nothing of it is kept.
        """
        with translated(self.name):
            async with self._writer.connect() as connection:
                await connection.begin()
                token = _rehearsing.set((self, connection))
                try:
                    yield connection
                finally:
                    _rehearsing.reset(token)
                    await connection.rollback()

    async def migrate(self) -> None:
        """Create the database or bring its schema up to date, in one transaction; nothing to do is fast.

        Raises:
            CoursebotError: "database-newer" when a later version of this program has changed the schema.
        """
        if self.path is not None:
            with translated(self.name):
                self.path.parent.mkdir(parents=True, exist_ok=True)
        async with self.read() as connection:
            if await connection.run_sync(schema.is_current, where=self.name):
                return
        async with self.write() as connection:
            if not self._sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            # Another process may have been faster while this one waited for its turn.
            if not await connection.run_sync(schema.is_current, where=self.name):
                await connection.run_sync(schema.upgrade)

    async def dispose(self) -> None:
        """Close the connections. An interpreter with open SQLite connections may not end."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        rehearsing = _rehearsing.get()
        if rehearsing is not None and rehearsing[0] is self:
            yield rehearsing[1]
            return
        with translated(self.name):
            async with engine.begin() as connection:
                yield connection

    def _sqlite_engine(self, address: URL) -> AsyncEngine:
        # isolation_level None keeps sqlite3 from starting transactions of its own before some statements
        # (https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#sqlite-enabling-transactions).
        engine = create_async_engine(
            address, connect_args={"isolation_level": None, "timeout": self._timeout}
        )

        @event.listens_for(engine.sync_engine, "do_connect")
        def look(*_: object) -> None:
            # A connection of aiosqlite that fails to open leaves a thread that may outlive the event loop and
            # then print a traceback over our message; so let it fail here.
            with closing(sqlite3.connect(address.database or "", timeout=self._timeout)) as connection:
                connection.execute("SELECT 1 FROM sqlite_master")

        @event.listens_for(engine.sync_engine, "connect")
        def set_up(connection: Any, _record: object) -> None:
            _stop_once(connection.driver_connection)
            connection.run_async(self._write_ahead)
            cursor = connection.cursor()
            # What was confirmed survives a power cut; WAL's usual NORMAL may lose the last transactions.
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

        return engine

    async def _write_ahead(self, connection: aiosqlite.Connection) -> None:
        """Choose the journal in which readers go on while a course is imported.

        A new file is changed to it under an exclusive lock, for which SQLite does not wait: whoever comes second
        would be told "locked" at once.
        """
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                await connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_LOCK_PAUSE)
            else:
                return

    def _server_engine(self, address: URL) -> AsyncEngine:
        engine = create_async_engine(
            address,
            # A server may have been restarted since a pooled connection was last used.
            pool_pre_ping=True,
            connect_args={"connect_timeout": max(2, round(self._timeout))},
        )

        @event.listens_for(engine.sync_engine, "connect")
        def set_up(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute(f"SET lock_timeout = {round(self._timeout * 1000)}")
            cursor.close()
            connection.commit()

        return engine


def _stop_once(connection: Any) -> None:
    """Let the thread behind an aiosqlite connection be stopped once only.

    A second `stop` waits for a thread that has already ended, so whoever is cancelled twice within a transaction
    (by us, then by a loop that closes) would never end, nor would the program.
    """
    stop = connection.stop
    stopped: list[asyncio.Future[Any] | None] = []

    def once() -> asyncio.Future[Any] | None:
        if not stopped:
            stopped.append(stop())
        return stopped[0]

    connection.stop = once
