"""Courses, lessons, passages, comments, and the answers that admins gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_courses"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("introduction", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course"),
        sa.UniqueConstraint("slug", name="uq_course_slug"),
    )
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("course_id", sa.Integer, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("url", sa.Text),
        sa.Column("exercises", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_lesson"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_lesson_course_id"),
        sa.UniqueConstraint("course_id", "slug", name="uq_lesson_course_id_slug"),
    )
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("lesson_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_passage"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_passage_lesson_id"),
        sa.UniqueConstraint("lesson_id", "fingerprint", name="uq_passage_lesson_id_fingerprint"),
    )
    op.create_index("ix_passage_lesson_id_revision", "passage", ["lesson_id", "revision"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("lesson_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("text_key", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("likes", sa.Integer, nullable=False),
        sa.Column("reply_count", sa.Integer, nullable=False),
        sa.Column("reply", sa.Text),
        sa.Column("posted_on", sa.Date),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_comment_lesson_id"),
        sa.UniqueConstraint("lesson_id", "fingerprint", name="uq_comment_lesson_id_fingerprint"),
    )
    op.create_index("ix_comment_lesson_id_revision", "comment", ["lesson_id", "revision"])
    _create_seeds()


def _create_seeds() -> None:
    op.create_table(
        "seed",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("course_id", sa.Integer, nullable=False),
        sa.Column("lesson_id", sa.Integer),
        sa.Column("comment_id", sa.Integer),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seed"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_seed_course_id"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_seed_lesson_id"),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_seed_comment_id"),
    )
    active = sa.text("state = 'active'")
    course_wide = sa.text("state = 'active' AND lesson_id IS NULL")
    op.create_index("ix_seed_course_id_revision", "seed", ["course_id", "revision"])
    op.create_index("ix_seed_lesson_id", "seed", ["lesson_id"])
    for name, columns, where in (
        ("uq_seed_lesson_question", ["course_id", "lesson_id", "question_key"], active),
        ("uq_seed_course_question", ["course_id", "question_key"], course_wide),
        ("uq_seed_comment_id", ["comment_id"], active),
    ):
        op.create_index(name, "seed", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "seed_alias",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("seed_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seed_alias"),
        sa.ForeignKeyConstraint(["seed_id"], ["seed.id"], name="fk_seed_alias_seed_id"),
        sa.UniqueConstraint("seed_id", "position", name="uq_seed_alias_seed_id_position"),
    )
