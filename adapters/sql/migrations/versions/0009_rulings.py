"""What the team ruled for single questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_rulings"
down_revision = "0009_delivery_lookup"


def upgrade() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("course_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ruling"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_ruling_course_id"),
        sa.UniqueConstraint(
            "course_id", "kind", "ref", "question_key", name="uq_ruling_course_id_kind_ref_question_key"
        ),
    )
    pinned = sa.text("kind = 'pin'")
    op.create_index(
        "uq_ruling_pin",
        "ruling",
        ["course_id", "question_key"],
        unique=True,
        sqlite_where=pinned,
        postgresql_where=pinned,
    )
