"""The tables as SQLAlchemy Core sees them; `migrations/versions` creates them, a test keeps the two alike.

Rows of a course are never deleted: what vanished from it has `retired_at` set and can come back under its id. The
`revision` of a row is the course's revision at which the row's entry last changed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

ACTIVE = "active"
"""The state of a seed that is shown."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: only aware datetimes are stored, and they come back in UTC whatever the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC.

        Raises:
            ValueError: for a datetime without a time zone (SQLAlchemy wraps it in a StatementError).
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: which instant this is would be a guess")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC; SQLite hands out what it stored without a zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

course = Table(
    "course",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("introduction", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("slug"),
)

lesson = Table(
    "lesson",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("course_id", Integer, ForeignKey("course.id"), nullable=False),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", Integer),
    Column("url", Text),
    Column("exercises", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("retired_at", UtcDateTime),
    UniqueConstraint("course_id", "slug"),
    # A subscriber's next lesson is the first behind their place.
    Index(None, "course_id", "position"),
)

# The unique constraints below begin with lesson_id, so they also serve to find a lesson's rows.
passage = Table(
    "passage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lesson_id", Integer, ForeignKey("lesson.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("retired_at", UtcDateTime),
    UniqueConstraint("lesson_id", "fingerprint"),
    Index(None, "lesson_id", "revision"),
)

comment = Table(
    "comment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lesson_id", Integer, ForeignKey("lesson.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("text_key", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("likes", Integer, nullable=False),
    Column("reply_count", Integer, nullable=False),
    Column("reply", Text),
    # When a reply came to a lesson that was stored already; NULL for what was there from the beginning.
    Column("answered_at", UtcDateTime),
    Column("posted_on", Date),
    Column("revision", Integer, nullable=False),
    Column("retired_at", UtcDateTime),
    UniqueConstraint("lesson_id", "fingerprint"),
    Index(None, "lesson_id", "revision"),
)

seed = Table(
    "seed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("course_id", Integer, ForeignKey("course.id"), nullable=False),
    Column("lesson_id", Integer, ForeignKey("lesson.id")),
    Column("comment_id", Integer, ForeignKey("comment.id")),
    Column("question", Text, nullable=False),
    Column("question_key", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "course_id", "revision"),
    Index(None, "lesson_id"),
)

# One active answer per question of a lesson, or of a course; two indexes, as NULLs never equal each other.
_ACTIVE = text("state = 'active'")
_ACTIVE_COURSE_WIDE = text("state = 'active' AND lesson_id IS NULL")
Index(
    "uq_seed_lesson_question",
    seed.c.course_id,
    seed.c.lesson_id,
    seed.c.question_key,
    unique=True,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index(
    "uq_seed_course_question",
    seed.c.course_id,
    seed.c.question_key,
    unique=True,
    sqlite_where=_ACTIVE_COURSE_WIDE,
    postgresql_where=_ACTIVE_COURSE_WIDE,
)
# A comment shows one answer.
Index(
    "uq_seed_comment_id",
    seed.c.comment_id,
    unique=True,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)

seed_alias = Table(
    "seed_alias",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seed_id", Integer, ForeignKey("seed.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("seed_id", "position"),
)

# What a platform delivered, until it is answered; `payload` is empty afterwards. The only rows that are deleted
# in time: the platform's number is needed only as long as it may be delivered again.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("starts", Integer, nullable=False),
    Column("done", Boolean, nullable=False),
    UniqueConstraint("account", "number"),
)
_WAITING = text("NOT done")
Index("ix_inbox_waiting", inbox.c.account, inbox.c.id, sqlite_where=_WAITING, postgresql_where=_WAITING)

# Which messages make up the answer to a question, so that an edited question's answer can be edited.
sent_answer = Table(
    "sent_answer",
    metadata,
    Column("account", Text, primary_key=True),
    Column("chat", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("messages", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
)
