"""Stores in SQLite or PostgreSQL, behind the ports of `bot/ports.py`.

Nothing is imported here on purpose: `adapters.sql.revisions` is for callers that cannot wait for SQLAlchemy.
"""
