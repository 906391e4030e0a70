"""Readers' settings, questions, votes and requests; wordings that votes confirmed; a key to hash people with."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002_readers"
down_revision = "0001_courses"


def upgrade() -> None:
    secret = op.create_table(
        "secret",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )
    # Every database has a key of its own, so hashes of two databases cannot be matched.
    op.bulk_insert(secret, [{"name": "pseudonyms", "value": secrets.token_hex(32)}])
    op.create_table(
        "preference",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_preference"),
        sa.UniqueConstraint("person", name="uq_preference_person"),
    )
    op.create_table(
        "chat_setting",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("unasked", sa.Boolean, nullable=False),
        sa.Column("hourly", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chat_setting"),
        sa.UniqueConstraint("platform", "chat", "thread", name="uq_chat_setting_platform_chat_thread"),
    )
    _create_questions()
    _create_votes()


def _create_questions() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("ending", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("best_ref", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("alone", sa.Boolean, nullable=False),
        sa.Column("unasked", sa.Boolean, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("chat_kind", sa.Text, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("asker", sa.Text),
        sa.Column("message", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("token", name="uq_question_token"),
        sa.UniqueConstraint("message", name="uq_question_message"),
    )
    op.create_index("ix_question_place_at", "question", ["place", "at"])
    op.create_index("ix_question_asker", "question", ["asker"])
    op.create_index("ix_question_at", "question", ["at"])


def _create_votes() -> None:
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("up", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vote"),
        sa.UniqueConstraint("person", "ref", "question_key", name="uq_vote_person_ref_question_key"),
    )
    op.create_index("ix_vote_ref_question_key", "vote", ["ref", "question_key"])
    op.create_table(
        "request",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("question_key", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("course", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_request"),
        sa.UniqueConstraint("person", "question_key", name="uq_request_person_question_key"),
    )
    op.create_index("ix_request_state_id", "request", ["state", "id"])
    op.create_table(
        "wording",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("comment_id", sa.Integer),
        sa.Column("seed_id", sa.Integer),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wording"),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name="fk_wording_comment_id"),
        sa.ForeignKeyConstraint(["seed_id"], ["seed.id"], name="fk_wording_seed_id"),
        sa.UniqueConstraint("comment_id", "key", name="uq_wording_comment_id_key"),
        sa.UniqueConstraint("seed_id", "key", name="uq_wording_seed_id_key"),
    )
