"""The tables of subscribers and of what is sent unasked, as `tables.py` has those of courses.

The address (platform, chat, thread) stands in the clear, for somebody has to be told something; who subscribed is a
keyed hash (`pseudonyms.py`). That something is sent once is the work of the unique constraints of `delivery` and of
comparing before setting its state.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from adapters.sql.tables import UtcDateTime, metadata

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("person", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("local_time", Time, nullable=False),
    Column("weekdays", Text, nullable=False),  # as `bot.daily.schedule.weekdays_text` writes them
    Column("state", Text, nullable=False),
    Column("paused_until", Date),
    Column("last_on", Date),
    Column("next_on", Date),
    Column("next_due_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("platform", "chat", "thread"),
    Index(None, "next_due_at", "id"),
    Index(None, "person"),
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", Integer, ForeignKey("subscriber.id"), nullable=False),
    Column("course_id", Integer, ForeignKey("course.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    UniqueConstraint("subscriber_id", "course_id"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text),  # of a notice; NULLs never equal each other
    Column("platform", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("person", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),  # JSON
    Column("subscriber_id", Integer, ForeignKey("subscriber.id")),
    Column("enrolment_id", Integer, ForeignKey("enrolment.id")),
    Column("course_id", Integer, ForeignKey("course.id")),
    Column("lesson_id", Integer, ForeignKey("lesson.id")),
    Column("round", Integer, nullable=False),
    Column("on_date", Date),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("not_before", UtcDateTime),
    Column("attempt", Integer, nullable=False),
    Column("unknown_count", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("message_id", Text, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("key"),
    # One digest of a course a day, whatever clocks and zones do.
    UniqueConstraint("subscriber_id", "course_id", "on_date"),
    Index(None, "chat"),
    Index(None, "person"),
    # The partial indexes below serve no query that has its states as bound values.
    Index(None, "enrolment_id"),
)

# One open digest of an enrolment, and each lesson once in a round; what did not reach anybody does not count.
_OPEN = text("state IN ('queued', 'claimed', 'sending', 'unknown', 'held')")
_COUNTS = text("state IN ('queued', 'claimed', 'sending', 'unknown', 'held', 'sent')")
_QUEUED = text("state = 'queued'")
_BUSY = text("state IN ('claimed', 'sending')")
Index("uq_delivery_open", delivery.c.enrolment_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index(
    "uq_delivery_lesson",
    delivery.c.enrolment_id,
    delivery.c.round,
    delivery.c.lesson_id,
    unique=True,
    sqlite_where=_COUNTS,
    postgresql_where=_COUNTS,
)
Index(
    "ix_delivery_queued",
    delivery.c.platform,
    delivery.c.due_at,
    delivery.c.id,
    sqlite_where=_QUEUED,
    postgresql_where=_QUEUED,
)
Index("ix_delivery_busy", delivery.c.platform, sqlite_where=_BUSY, postgresql_where=_BUSY)

# What a reader said of a lesson, once, however many copies of a digest there are.
lesson_read = Table(
    "lesson_read",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("enrolment_id", Integer, ForeignKey("enrolment.id"), nullable=False),
    Column("lesson_id", Integer, ForeignKey("lesson.id"), nullable=False),
    Column("reading", Text, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("enrolment_id", "lesson_id"),
)

# Who may send on a platform: one process at a time, as the rate limit is the token's.
lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# The engine's own memory: why it holds, how often it claimed, when it raised an alarm.
delivery_mark = Table(
    "delivery_mark",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
