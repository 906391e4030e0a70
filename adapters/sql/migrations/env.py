"""Alembic's entry: runs the migrations in the transaction that `adapters.sql.schema` hands over."""

from __future__ import annotations

from alembic import context

from adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite does roll back DDL: a migration that is interrupted leaves the old schema.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
