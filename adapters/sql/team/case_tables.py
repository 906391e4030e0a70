"""The tables of cases: questions that nobody has answered yet, and the readers who asked them.

`person` is a keyed hash. Where a reader is to be told (platform, chat, thread, user) stands in the clear while the case
is open, and is NULL once it is settled.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from adapters.sql.tables import UtcDateTime, metadata

reader_case = Table(
    "reader_case",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("comment_id", Integer, ForeignKey("comment.id")),
    Column("question", Text, nullable=False),
    Column("question_key", Text, nullable=False),
    Column("merged_into", Integer, ForeignKey("reader_case.id")),
    Column("answer", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("closed_by_name", Text, nullable=False),
    Column("assignee", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("batch", Integer),
    Column("told_at", UtcDateTime),
    UniqueConstraint("comment_id"),
    Index(None, "state", "id"),
    Index(None, "merged_into"),
    Index(None, "batch"),
)

# The same words about the same course are one open case, whoever asks at the same time. A comment's case is none of
# readers'.
_OPEN = text("state = 'open' AND comment_id IS NULL")
Index(
    "uq_reader_case_open",
    reader_case.c.course,
    reader_case.c.question_key,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

case_reader = Table(
    "case_reader",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("reader_case.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("platform", Text),
    Column("chat", Text),
    Column("thread", Text),
    Column("private", Boolean),
    Column("user_id", Text),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "person"),
    Index(None, "person"),
    Index(None, "platform", "chat"),
)

# An answer that came second, until it is decided whether it replaces the first.
case_draft = Table(
    "case_draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", Integer, ForeignKey("reader_case.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "case_id"),
)
