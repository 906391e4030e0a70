"""Changing the team's answers: `bot.team.curation.Curation` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import wordings
from adapters.sql.database import Database
from adapters.sql.fingerprints import question_key
from adapters.sql.seed_rows import (
    DELETED,
    Writing,
    aliases_where,
    find_seed,
    locked_seed,
    seed_of,
    seed_with,
    shown_ref,
    snapshot,
    write,
)
from adapters.sql.tables import ACTIVE, comment, course, lesson, seed
from adapters.sql.team import undoing
from adapters.sql.team.auditing import Note, record
from adapters.sql.team.rulings import lift, rule, rulings_of
from adapters.sql.team.staff_tables import audit
from bot.team.audit import Action, Change
from bot.team.curation import Curated, Ruling
from knowledge.errors import CoursebotError
from knowledge.model import Seed


class SqlCuration:
    """Implements `bot.team.curation.Curation`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, ref: str) -> Curated | None:
        """The team's answer that an entry shows; see the port."""
        async with self._database.read() as connection:
            row = await find_seed(connection, ref)
            return await _curated(connection, row) if row else None

    async def all(self, course: str) -> list[Curated]:
        """All answers of the team in a course, the one that was changed last first."""
        async with self._database.read() as connection:
            return await _all(connection, course)

    async def edit(
        self, ref: str, seed: Seed, *, revision: int | None = None, by: str, at: datetime
    ) -> Curated:
        """Change an answer; see the port."""
        async with self._database.write() as connection:
            writing, row = await locked_seed(connection, ref, at)
            if revision is not None and row.revision != revision:
                raise CoursebotError("curate-changed")
            return await _changed(writing, row.id, seed, Note(by=by, at=at), Action.EDIT)

    async def delete(self, ref: str, *, by: str, at: datetime) -> Curated:
        """Show an answer no more; see the port."""
        async with self._database.write() as connection:
            writing, row = await locked_seed(connection, ref, at)
            held = await _curated(connection, row)
            before = await snapshot(connection, row.id)
            await write(writing, row.id, held.seed, state=DELETED)
            await writing.finish()
            note = Note(by=by, at=at)
            after = await snapshot(connection, row.id)
            number = await record(
                connection, note, Action.DELETE, held.own, course=held.course, before=before, after=after
            )
            return replace(held, change=number)

    async def alias(self, ref: str, wordings: Sequence[str], *, by: str, at: datetime) -> int:
        """Give a question other wordings; see the port."""
        note = Note(by=by, at=at)
        async with self._database.write() as connection:
            row = await find_seed(connection, ref)
            if row is None:
                return await _comment_alias(connection, ref, wordings, note)
            writing, row = await locked_seed(connection, ref, at)
            held = seed_of(await snapshot(connection, row.id) or {})
            aliases = _distinct(held.question, (*held.aliases, *wordings))
            if aliases == held.aliases:
                return 0
            changed = replace(held, aliases=aliases)
            return (await _changed(writing, row.id, changed, note, Action.EDIT)).change

    async def merge(self, ref: str, into: str, *, by: str, at: datetime) -> Curated:
        """Take an answer out and make its wordings another's; see the port."""
        async with self._database.write() as connection:
            writing, kept = await locked_seed(connection, into, at)
            other = await find_seed(connection, ref)
            if other is None:
                raise CoursebotError("curate-gone")
            if other.id == kept.id or other.course_id != kept.course_id:
                raise CoursebotError("curate-same")
            gone = await snapshot(connection, other.id) or {}
            before = await snapshot(connection, kept.id) or {}
            one, two = seed_of(before), seed_of(gone)
            aliases = _distinct(one.question, (*one.aliases, two.question, *two.aliases))
            # Taken out first, so that its question is free.
            await write(writing, other.id, two, state=DELETED)
            await write(writing, kept.id, replace(one, aliases=aliases))
            await writing.finish()
            number = await record(
                connection,
                Note(by=by, at=at),
                Action.MERGE,
                f"s{kept.id}",
                course=kept.course,
                before={**before, "merged": f"s{other.id}", "taken": gone},
                after=await snapshot(connection, kept.id),
            )
            return replace(await _now(connection, kept.id), change=number)

    async def rule(self, ruling: Ruling, *, by: str) -> int:
        """Pin or bar; see the port."""
        async with self._database.write() as connection:
            return await rule(connection, ruling, Note(by=by, at=ruling.at))

    async def lift(self, ruling: Ruling, *, by: str) -> int:
        """Take back a pin or a bar; see the port."""
        async with self._database.write() as connection:
            return await lift(connection, ruling, Note(by=by, at=ruling.at))

    async def rulings(self, course: str) -> list[Ruling]:
        """What is ruled in a course, the latest first."""
        async with self._database.read() as connection:
            return await rulings_of(connection, course)

    async def undo(self, number: int, *, by: str, at: datetime) -> Change:
        """Take back a change; see the port."""
        async with self._database.write() as connection:
            return await undoing.undo(connection, number, Note(by=by, at=at, undoes=number))


def _distinct(question: str, texts: Sequence[str]) -> tuple[str, ...]:
    """Wordings that are neither the question nor each other."""
    known = {question_key(question)}
    kept: list[str] = []
    for text in texts:
        if text and (key := question_key(text)) not in known:
            known.add(key)
            kept.append(text)
    return tuple(kept)


async def _changed(writing: Writing, seed_id: int, value: Seed, note: Note, action: Action) -> Curated:
    """Write what an answer says now, and log it; nothing where it says that already."""
    connection = writing.connection
    before = await snapshot(connection, seed_id)
    if before and seed_of(before) == value:
        return await _now(connection, seed_id)
    await write(writing, seed_id, value)
    await writing.finish()
    number = await record(
        connection,
        note,
        action,
        f"s{seed_id}",
        course=writing.course.slug,
        before=before,
        after=await snapshot(connection, seed_id),
    )
    return replace(await _now(connection, seed_id), change=number)


async def _comment_alias(connection: AsyncConnection, ref: str, texts: Sequence[str], note: Note) -> int:
    """Other wordings of a comment that has no answer of the team."""
    if ref.startswith("p"):
        raise CoursebotError("curate-passage")
    target = await wordings.locked_target(connection, ref)
    if target is None:
        raise CoursebotError("curate-gone")
    new = [text for text in texts if await wordings.confirm(connection, target, text, at=note.at)]
    if not new:
        return 0
    return await record(
        connection,
        note,
        Action.EDIT,
        ref,
        course=target.course.slug,
        before={"wordings": []},
        after={"wordings": new},
    )


async def _now(connection: AsyncConnection, seed_id: int) -> Curated:
    row = await find_seed(connection, f"s{seed_id}")
    if row is None:
        raise CoursebotError("curate-gone")
    return await _curated(connection, row)


async def _curated(connection: AsyncConnection, row: Row[Any]) -> Curated:
    held = await snapshot(connection, row.id) or {}
    last = select(func.max(audit.c.id)).where(audit.c.subject == f"s{row.id}")
    return Curated(
        ref=shown_ref(row),
        own=f"s{row.id}",
        course=row.course,
        seed=seed_of(held),
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        change=await connection.scalar(last) or 0,
    )


async def _all(connection: AsyncConnection, slug: str) -> list[Curated]:
    which = (course.c.slug == slug) & (seed.c.state == ACTIVE)
    aliases = await aliases_where(connection, which)
    rows = await connection.execute(
        select(seed, lesson.c.slug.label("lesson"), comment.c.retired_at.label("comment_retired_at"))
        .select_from(seed)
        .join(course, course.c.id == seed.c.course_id)
        .outerjoin(lesson, lesson.c.id == seed.c.lesson_id)
        .outerjoin(comment, comment.c.id == seed.c.comment_id)
        .where(which)
        .order_by(seed.c.updated_at.desc(), seed.c.id.desc())
    )
    return [
        Curated(
            ref=shown_ref(row),
            own=f"s{row.id}",
            course=slug,
            seed=seed_with(row, aliases[row.id]),
            revision=row.revision,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]
