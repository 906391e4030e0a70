"""The tables of the team: roles, and the log of what was changed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from adapters.sql.tables import UtcDateTime, metadata

# People of the team stand here by the platform's id: a role must be seen to be theirs.
role = Table(
    "role",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("course", Text, nullable=False),  # slug, empty for all
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    UniqueConstraint("platform", "user_id", "course"),
)

# Never changed or deleted. `before` and `after` are JSON objects or empty.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("undoes", Integer, ForeignKey("audit.id")),
    # A change is taken back once.
    UniqueConstraint("undoes"),
    Index(None, "subject", "id"),
    Index(None, "actor", "id"),
)
