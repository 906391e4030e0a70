"""The tables of the team: roles, the log of what was changed, and what was ruled for single questions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

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

PIN, BAR = "pin", "bar"
"""The kinds of rulings: the answer to a question; not to be shown for a question, or at all."""

# `ref` is an entry's; `question` is empty for a bar that holds for all questions.
ruling = Table(
    "ruling",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("course_id", Integer, ForeignKey("course.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("question_key", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("course_id", "kind", "ref", "question_key"),
)
# A question has one answer.
_PINNED = text("kind = 'pin'")
Index(
    "uq_ruling_pin",
    ruling.c.course_id,
    ruling.c.question_key,
    unique=True,
    sqlite_where=_PINNED,
    postgresql_where=_PINNED,
)
