"""Forms that are filled in in a chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_forms"
down_revision = "0003_inbox"


def upgrade() -> None:
    op.create_table(
        "form",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_form"),
        sa.UniqueConstraint("person", "place", name="uq_form_person_place"),
    )
    op.create_index("ix_form_expires_at", "form", ["expires_at"])
