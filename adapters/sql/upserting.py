"""Insert or update in one statement, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]


async def upsert(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], *, key: Sequence[str]
) -> None:
    """Write rows; one whose `key` columns (a unique constraint) are taken replaces what is there."""
    if not rows:
        return
    values = [name for name in rows[0] if name not in key]
    if connection.dialect.name == "postgresql":
        into = postgresql.insert(table)
        statement = into.on_conflict_do_update(
            index_elements=key, set_={name: into.excluded[name] for name in values}
        )
        await connection.execute(statement, rows)
    else:
        other = sqlite.insert(table)
        await connection.execute(
            other.on_conflict_do_update(
                index_elements=key, set_={name: other.excluded[name] for name in values}
            ),
            rows,
        )


async def insert_new(connection: AsyncConnection, table: Table, row: Row) -> bool:
    """Insert a row unless a unique constraint says that it is there; whether it was inserted."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(row).on_conflict_do_nothing().returning(table.c.id)
    return (await connection.execute(statement)).first() is not None


async def insert_missing(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert those rows that no unique constraint says are there."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        await connection.execute(insert(table).on_conflict_do_nothing(), rows)


async def insert_several(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> int:
    """Insert those rows that no unique constraint says are there; how many that were."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if not rows:
        return 0
    statement = insert(table).on_conflict_do_nothing().returning(table.c.id)
    return len((await connection.execute(statement, rows)).all())
