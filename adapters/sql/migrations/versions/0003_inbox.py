"""What platforms delivered until it is answered, and which messages the answers are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_inbox"
down_revision = "0002_readers"


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("account", "number", name="uq_inbox_account_number"),
    )
    waiting = sa.text("NOT done")
    op.create_index(
        "ix_inbox_waiting", "inbox", ["account", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "sent_answer",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("messages", sa.Text, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "chat", "question", name="pk_sent_answer"),
    )
