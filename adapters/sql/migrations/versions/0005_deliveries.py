"""Subscribers, their courses, and what is sent to them unasked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_deliveries"
down_revision = "0004_forms"


def upgrade() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("local_time", sa.Time, nullable=False),
        sa.Column("weekdays", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("paused_until", sa.Date),
        sa.Column("last_on", sa.Date),
        sa.Column("next_on", sa.Date),
        sa.Column("next_due_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("platform", "chat", "thread", name="uq_subscriber_platform_chat_thread"),
    )
    op.create_index("ix_subscriber_next_due_at_id", "subscriber", ["next_due_at", "id"])
    op.create_index("ix_subscriber_person", "subscriber", ["person"])
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("subscriber_id", sa.Integer, nullable=False),
        sa.Column("course_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name="fk_enrolment_subscriber_id"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_enrolment_course_id"),
        sa.UniqueConstraint("subscriber_id", "course_id", name="uq_enrolment_subscriber_id_course_id"),
    )
    _create_delivery()
    op.create_table(
        "lesson_read",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("enrolment_id", sa.Integer, nullable=False),
        sa.Column("lesson_id", sa.Integer, nullable=False),
        sa.Column("reading", sa.Text, nullable=False),
        sa.Column("on_date", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_read"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_lesson_read_enrolment_id"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_read_lesson_id"),
        sa.UniqueConstraint("enrolment_id", "lesson_id", name="uq_lesson_read_enrolment_id_lesson_id"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "delivery_mark",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_delivery_mark"),
    )


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("subscriber_id", sa.Integer),
        sa.Column("enrolment_id", sa.Integer),
        sa.Column("course_id", sa.Integer),
        sa.Column("lesson_id", sa.Integer),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("on_date", sa.Date),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("unknown_count", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name="fk_delivery_subscriber_id"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_delivery_enrolment_id"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_delivery_course_id"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_delivery_lesson_id"),
        sa.UniqueConstraint("key", name="uq_delivery_key"),
        sa.UniqueConstraint(
            "subscriber_id", "course_id", "on_date", name="uq_delivery_subscriber_id_course_id_on_date"
        ),
    )
    op.create_index("ix_delivery_chat", "delivery", ["chat"])
    op.create_index("ix_delivery_person", "delivery", ["person"])
    waiting = "state IN ('queued', 'claimed', 'sending', 'unknown', 'held'"
    for name, columns, unique, condition in (
        ("uq_delivery_open", ["enrolment_id"], True, f"{waiting})"),
        ("uq_delivery_lesson", ["enrolment_id", "round", "lesson_id"], True, f"{waiting}, 'sent')"),
        ("ix_delivery_queued", ["platform", "due_at", "id"], False, "state = 'queued'"),
        ("ix_delivery_busy", ["platform"], False, "state IN ('claimed', 'sending')"),
    ):
        where = sa.text(condition)
        op.create_index(name, "delivery", columns, unique=unique, sqlite_where=where, postgresql_where=where)
