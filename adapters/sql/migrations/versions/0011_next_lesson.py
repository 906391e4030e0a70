"""The lesson behind a place in a course is found at once, however long the course is."""

from __future__ import annotations

from alembic import op

revision = "0011_next_lesson"
down_revision = "0010_uploads"


def upgrade() -> None:
    op.create_index("ix_lesson_course_id_position", "lesson", ["course_id", "position"])
