"""The tables of readers and their chats, as `tables.py` has those of courses.

`person`, `place` and `message` are keyed hashes (`pseudonyms.py`). These rows, unlike a course's, are deleted:
by age or because a person asks for it.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from adapters.sql.tables import UtcDateTime, metadata

SHOWN, SUSPENDED = "active", "suspended"
"""The states of a wording: an alias of its entry, or taken back by readers."""

secret = Table(
    "secret",
    metadata,
    Column("name", Text, nullable=False, primary_key=True),
    Column("value", Text, nullable=False),
)

preference = Table(
    "preference",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("course", Text, nullable=False),
    UniqueConstraint("person"),
)

chat_setting = Table(
    "chat_setting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("chat", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("unasked", Boolean, nullable=False),
    Column("hourly", Integer, nullable=False),
    UniqueConstraint("platform", "chat", "thread"),
)

question = Table(
    "question",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("ending", Text, nullable=False),
    Column("findings", Text, nullable=False),  # JSON, as `questions.py` writes it
    Column("best_ref", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("alone", Boolean, nullable=False),
    Column("unasked", Boolean, nullable=False),
    Column("platform", Text, nullable=False),
    Column("chat_kind", Text, nullable=False),
    Column("place", Text),
    Column("asker", Text),
    Column("message", Text),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("token"),
    # One question a message: an edited message asks anew.
    UniqueConstraint("message"),
    Index(None, "place", "at"),
    Index(None, "asker"),
    Index(None, "at"),
)

vote = Table(
    "vote",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("question_key", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("up", Boolean, nullable=False),
    Column("reason", Text),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("person", "ref", "question_key"),
    Index(None, "ref", "question_key"),
)

# A form that somebody fills in in a chat; `content` is JSON, as `forms.py` writes it.
form = Table(
    "form",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    UniqueConstraint("person", "place"),
    Index(None, "expires_at"),
)

# Who has seen what others answer to a lesson's exercises, by the slugs of course and lesson.
exercise_seen = Table(
    "exercise_seen",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Text, nullable=False),
    Column("course", Text, nullable=False),
    Column("lesson", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("person", "course", "lesson"),
)

# Exactly one of comment and seed is set; NULLs never equal each other, so each constraint guards its own.
wording = Table(
    "wording",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("comment_id", Integer, ForeignKey("comment.id")),
    Column("seed_id", Integer, ForeignKey("seed.id")),
    Column("key", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("comment_id", "key"),
    UniqueConstraint("seed_id", "key"),
)
