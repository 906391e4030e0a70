"""The table of files that wait to be imported; rows go by age, or once the file was imported or dropped."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from adapters.sql.tables import UtcDateTime, metadata

upload = Table(
    "upload",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", Text, nullable=False),
    Column("person", Text, nullable=False),  # a keyed hash (`pseudonyms.py`)
    Column("what", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),  # 20 MB at most
    Column("course", Text, nullable=False),  # slug, empty where each row says
    Column("default_course", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    UniqueConstraint("token"),
    Index(None, "expires_at"),
)
