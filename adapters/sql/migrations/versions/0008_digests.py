"""When a comment was answered, and who has seen what others answer to a lesson's exercises."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_digests"
down_revision = "0007_cases"


def upgrade() -> None:
    op.add_column("comment", sa.Column("answered_at", sa.DateTime(timezone=True)))
    op.create_table(
        "exercise_seen",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("lesson", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exercise_seen"),
        sa.UniqueConstraint("person", "course", "lesson", name="uq_exercise_seen_person_course_lesson"),
    )
