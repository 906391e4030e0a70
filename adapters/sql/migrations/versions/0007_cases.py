"""Cases: questions that nobody has answered yet, and who asked them; requests become cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_cases"
down_revision = "0006_roles"


def upgrade() -> None:
    op.create_table(
        "reader_case",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("comment_id", sa.Integer),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("merged_into", sa.Integer),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
        sa.Column("closed_by", sa.Text, nullable=False),
        sa.Column("closed_by_name", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("batch", sa.Integer),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_reader_case"),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_reader_case_comment_id"),
        sa.ForeignKeyConstraint(["merged_into"], ["reader_case.id"], name="fk_reader_case_merged_into"),
        sa.UniqueConstraint("comment_id", name="uq_reader_case_comment_id"),
    )
    op.create_index("ix_reader_case_state_id", "reader_case", ["state", "id"])
    op.create_index("ix_reader_case_merged_into", "reader_case", ["merged_into"])
    op.create_index("ix_reader_case_batch", "reader_case", ["batch"])
    is_open = sa.text("state = 'open' AND comment_id IS NULL")
    op.create_index(
        "uq_reader_case_open",
        "reader_case",
        ["course", "question_key"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "case_reader",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.Column("platform", sa.Text),
        sa.Column("chat", sa.Text),
        sa.Column("thread", sa.Text),
        sa.Column("private", sa.Boolean),
        sa.Column("user_id", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_reader"),
        sa.ForeignKeyConstraint(["case_id"], ["reader_case.id"], name="fk_case_reader_case_id"),
        sa.UniqueConstraint("case_id", "person", name="uq_case_reader_case_id_person"),
    )
    op.create_index("ix_case_reader_person", "case_reader", ["person"])
    op.create_index("ix_case_reader_platform_chat", "case_reader", ["platform", "chat"])
    op.create_table(
        "case_draft",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_draft"),
        sa.ForeignKeyConstraint(["case_id"], ["reader_case.id"], name="fk_case_draft_case_id"),
    )
    op.create_index("ix_case_draft_case_id", "case_draft", ["case_id"])
    op.execute(
        "INSERT INTO reader_case (state, cause, course, question, question_key, answer, entry, closed_by,"
        " closed_by_name, assignee, opened_at)"
        " SELECT 'open', 'asked', course, MIN(question), question_key, '', '', '', '', '', MIN(at)"
        " FROM request WHERE state = 'waiting' GROUP BY course, question_key"
    )
    op.execute(
        "INSERT INTO case_reader (case_id, person, question, language, waits, platform, chat, thread, private,"
        " user_id, at)"
        " SELECT reader_case.id, person, request.question, language, platform <> 'console',"
        " platform, chat, thread, private, user_id, at FROM request"
        " JOIN reader_case ON reader_case.course = request.course"
        " AND reader_case.question_key = request.question_key WHERE request.state = 'waiting'"
    )
    op.drop_table("request")
