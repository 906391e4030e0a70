"""Bringing a database's schema up to date, and telling when it is newer than this program.

Alembic takes 0.2 to 0.5 s to import, so it is only imported when there is something to do.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from knowledge.errors import CoursebotError

_MIGRATIONS = Path(__file__).parent / "migrations"
# A migration's file name is its revision id, and the ids sort in the order they apply.
REVISIONS = tuple(sorted(path.stem for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")))
HEAD = REVISIONS[-1]


def is_current(connection: Connection, *, where: str) -> bool:
    """Whether the schema is the one this program was written for.

    Args:
        connection: to the database, in a transaction.
        where: the database as people know it, for the error.

    Raises:
        CoursebotError: "database-newer" when a later version of this program has changed the schema.
    """
    if not inspect(connection).has_table("alembic_version"):
        return False
    versions: set[str] = set(
        connection.scalars(select(column("version_num")).select_from(table("alembic_version")))
    )
    if unknown := versions - set(REVISIONS):
        raise CoursebotError("database-newer", path=where, revision=", ".join(sorted(unknown)))
    return versions == {HEAD}


def upgrade(connection: Connection) -> None:
    """Run the missing migrations in the connection's transaction."""
    from alembic import command  # noqa: PLC0415 (slow to import, rarely needed)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    # The value is a configparser template: a "%" in the path must not be read as one.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
