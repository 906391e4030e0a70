"""Deliveries are found by their enrolment, however many there are."""

from __future__ import annotations

from alembic import op

revision = "0009_delivery_lookup"
down_revision = "0008_digests"


def upgrade() -> None:
    op.create_index("ix_delivery_enrolment_id", "delivery", ["enrolment_id"])
