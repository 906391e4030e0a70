"""Taking back a change that the audit log has: what it made is put back to what was before, and that is logged too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import wordings
from adapters.sql.seed_rows import DELETED, Snapshot, Writing, seed_of, snapshot, write
from adapters.sql.stamping import lock_course
from adapters.sql.team.auditing import Note, record
from adapters.sql.team.rulings import lift, rule
from adapters.sql.team.staff_tables import audit
from bot.team.audit import Action, Change
from bot.team.curation import Rule, Ruling
from knowledge.errors import CoursebotError

_OPPOSITE = {
    Action.ADD: Action.DELETE,
    Action.EDIT: Action.EDIT,
    Action.DELETE: Action.ADD,
    Action.MERGE: Action.EDIT,
}
_RULES = {
    Action.PIN: (Rule.PIN, True),
    Action.UNPIN: (Rule.PIN, False),
    Action.BAR: (Rule.BAR, True),
    Action.UNBAR: (Rule.BAR, False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Logged:
    """A change as the log has it."""

    action: Action
    subject: str
    course: str
    before: Snapshot | None
    after: Snapshot | None


async def undo(connection: AsyncConnection, number: int, note: Note) -> Change:
    """Take back a change; errors are those of `bot.team.curation.Curation.undo`."""
    row = (await connection.execute(select(audit).where(audit.c.id == number))).one_or_none()
    if row is None:
        raise CoursebotError("undo-none", number=number)
    if row.action == Action.IMPORT:
        raise CoursebotError("undo-import")
    locked = await lock_course(connection, row.course) if row.course else None
    if locked is None:
        raise CoursebotError("undo-role")
    # Looked at under the lock: of two who take back the same, the second is told.
    if await connection.scalar(select(audit.c.id).where(audit.c.undoes == number)):
        raise CoursebotError("undo-done")
    logged = _logged(row)
    if logged.action in _RULES:
        made = await _rule_back(connection, logged, note)
    elif logged.action in _OPPOSITE and logged.subject.startswith("s"):
        made = await _seed_back(Writing(connection=connection, course=locked, at=note.at), logged, note)
    elif logged.action is Action.EDIT:
        made = await _wordings_back(connection, logged, note)
    else:
        raise CoursebotError("undo-role")
    done = (await connection.execute(select(audit).where(audit.c.id == made))).one()
    found = _logged(done)
    return Change(
        id=done.id,
        at=done.at,
        by=done.actor,
        action=found.action,
        subject=found.subject,
        course=found.course,
        before=found.before,
        after=found.after,
        undoes=number,
    )


async def _seed_back(writing: Writing, logged: _Logged, note: Note) -> int:
    connection, seed_id, before = writing.connection, int(logged.subject[1:]), logged.before
    now = await snapshot(connection, seed_id)
    if now is None or now != logged.after:
        raise CoursebotError("undo-later")
    if before is None:
        # It was new: out it goes, to be brought back by undoing this.
        await write(writing, seed_id, seed_of(now), state=DELETED)
    else:
        await write(writing, seed_id, seed_of(before), state=before["state"])
        if logged.action is Action.MERGE:
            merged = int(before["merged"][1:])
            gone = await snapshot(connection, merged)
            if gone is None or gone["state"] != DELETED:
                raise CoursebotError("undo-later")
            await write(writing, merged, seed_of(before["taken"]))
    await writing.finish()
    return await record(
        connection,
        note,
        _OPPOSITE[logged.action],
        logged.subject,
        course=logged.course,
        before=now,
        after=await snapshot(connection, seed_id),
    )


async def _rule_back(connection: AsyncConnection, logged: _Logged, note: Note) -> int:
    kind, made = _RULES[logged.action]

    def ruling(fields: Mapping[str, Any] | None) -> Ruling:
        of = fields or {}
        return Ruling(rule=kind, ref=of["ref"], question=of["question"], course=logged.course, at=note.at)

    # A pin that had taken the place of another one gives it back.
    back = rule(connection, ruling(logged.before), note) if logged.before or not made else None
    number = await (back or lift(connection, ruling(logged.after), note))
    if not number:
        raise CoursebotError("undo-later")
    return number


async def _wordings_back(connection: AsyncConnection, logged: _Logged, note: Note) -> int:
    """Other wordings of a comment: those that were given are taken back, those that were taken are given again."""
    target = await wordings.locked_target(connection, logged.subject)
    if target is None:
        raise CoursebotError("undo-later")
    fields = logged.after or {}
    given, taken = fields.get("wordings", ()), fields.get("taken", ())
    for text in given:
        await wordings.suspend(connection, target, text, at=note.at)
    for text in taken:
        await wordings.confirm(connection, target, text, at=note.at)
    return await record(
        connection,
        note,
        Action.EDIT,
        logged.subject,
        course=logged.course,
        before=logged.after,
        after={"wordings": list(taken), "taken": list(given)},
    )


def _logged(row: Row[Any]) -> _Logged:
    return _Logged(
        action=Action(row.action),
        subject=row.subject,
        course=row.course,
        before=_read(row.before),
        after=_read(row.after),
    )


def _read(text: str) -> Snapshot | None:
    found: Snapshot | None = json.loads(text) if text else None
    return found
