"""The log of what was changed: written within the transaction of the change, read by `bot.team.audit.AuditLog`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.database import Database
from adapters.sql.team.staff_tables import audit
from bot.team.audit import Action, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Who changes something when, and which earlier change that takes back."""

    by: str
    at: datetime
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What is entered in the log beside the note; fields as of `bot.team.audit.Change`."""

    action: Action
    subject: str
    course: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


async def record(
    connection: AsyncConnection,
    note: Note,
    action: Action,
    subject: str,
    *,
    course: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Write a change; its number."""
    entered = Entered(action=action, subject=subject, course=course, before=before, after=after)
    return (await record_all(connection, note, [entered]))[0]


async def record_all(connection: AsyncConnection, note: Note, entries: Sequence[Entered]) -> list[int]:
    """Write changes that were made together; their numbers."""
    if not entries:
        return []
    rows = [
        {
            "at": note.at,
            "actor": note.by,
            "action": each.action.value,
            "subject": each.subject,
            "course": each.course,
            "before": _packed(each.before),
            "after": _packed(each.after),
            "undoes": note.undoes,
        }
        for each in entries
    ]
    into = insert(audit).returning(audit.c.id, sort_by_parameter_order=True)
    return list((await connection.scalars(into, rows)).all())


class SqlAuditLog:
    """Implements `bot.team.audit.AuditLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent(
        self,
        *,
        subjects: Collection[str] = (),
        by: str = "",
        courses: frozenset[str] | None = None,
        limit: int = 20,
    ) -> list[Change]:
        """The last changes, newest first; see the port."""
        wanted: list[ColumnElement[bool]] = []
        if subjects:
            wanted.append(audit.c.subject.in_(subjects))
        if by:
            wanted.append(audit.c.actor == by)
        if courses is not None:
            wanted.append(audit.c.course.in_(courses))
        return await self._found(*wanted, limit=limit)

    async def change(self, number: int) -> Change | None:
        """The change of that number."""
        return next(iter(await self._found(audit.c.id == number, limit=1)), None)

    async def _found(self, *wanted: ColumnElement[bool], limit: int) -> list[Change]:
        later = audit.alias("later")
        query = (
            select(audit, later.c.id.label("undone_by"))
            .outerjoin(later, later.c.undoes == audit.c.id)
            .where(*wanted)
            .order_by(audit.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [_change(row) for row in await connection.execute(query)]


def _change(row: Row[Any]) -> Change:
    return Change(
        id=row.id,
        at=row.at,
        by=row.actor,
        action=Action(row.action),
        subject=row.subject,
        course=row.course,
        before=json.loads(row.before) if row.before else None,
        after=json.loads(row.after) if row.after else None,
        undoes=row.undoes,
        undone=row.undone_by is not None,
    )


def _packed(fields: Mapping[str, Any] | None) -> str:
    return "" if fields is None else json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))
