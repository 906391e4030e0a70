"""Answers that admins gave: `bot.stores.SeedStore` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.database import Database
from adapters.sql.fingerprints import question_key
from adapters.sql.seed_rows import Writing, aliases_where, seed_with, shown_ref, snapshot_of
from adapters.sql.stamping import lock_course
from adapters.sql.tables import ACTIVE, comment, course, lesson, seed, seed_alias
from adapters.sql.team.auditing import Entered, Note, record_all
from bot.stores import SavedSeeds
from bot.team.audit import Action
from bot.team.roles import OPERATOR
from knowledge.errors import CoursebotError
from knowledge.model import Seed

Key = tuple[int | None, str]
"""What a seed of a course is known by: its lesson's id (None: the whole course) and its question's key."""


class SqlSeedStore:
    """Implements `bot.stores.SeedStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(
        self, course: str, seeds: Sequence[Seed], *, at: datetime, by: str = OPERATOR
    ) -> SavedSeeds:
        """Add or update answers of one course; see the port.

        Where the same question is given twice, the last one counts.
        """
        async with self._database.write() as connection:
            locked = await lock_course(connection, course)
            if locked is None:
                raise CoursebotError("course-unknown", course=course)
            writing = Writing(connection=connection, course=locked, at=at)
            return await _SeedWriter(writing, Note(by=by, at=at)).save(seeds)

    async def all(self, course: str | None = None) -> list[tuple[str, Seed]]:
        """Active seeds as (course slug, seed), in the order they were first saved."""
        async with self._database.read() as connection:
            stored = await _stored_seeds(connection, course)
        return list(stored.values())


class _SeedWriter:
    """Saves seeds of one course that is locked."""

    def __init__(self, writing: Writing, note: Note) -> None:
        self._writing = writing
        self._note = note
        self._connection = writing.connection
        self._course_id = writing.course.id
        self._revision = writing.revision
        self._at = writing.at

    async def save(self, seeds: Sequence[Seed]) -> SavedSeeds:
        lessons = await self._lesson_ids()
        keys: dict[int, Key] = {
            position: (lessons[value.lesson] if value.lesson else None, question_key(value.question))
            for position, value in enumerate(seeds)
            if not value.lesson or value.lesson in lessons
        }
        wanted = {key: seeds[position] for position, key in keys.items()}
        stored = await self._stored()
        added = {key: value for key, value in wanted.items() if key not in stored}
        updated = {
            stored[key][0]: value
            for key, value in wanted.items()
            if key in stored and stored[key][1] != value
        }
        changes: dict[Key, int] = {}
        if added or updated:
            await self._write(added, updated)
            differing = {
                key: value for key, value in wanted.items() if key in stored and stored[key][1] != value
            }
            changes = await self._log(stored, added | differing)
        refs = await self._refs()
        attached = {key for key, ref in refs.items() if ref.startswith("c")}
        return SavedSeeds(
            added=tuple(at for at, key in keys.items() if key in added),
            updated=tuple(at for at, key in keys.items() if key in stored and stored[key][0] in updated),
            unchanged=tuple(
                at for at, key in keys.items() if key in stored and stored[key][0] not in updated
            ),
            no_such_lesson=tuple(at for at in range(len(seeds)) if at not in keys),
            attached=len(wanted.keys() & attached),
            refs=tuple(refs[keys[at]] if at in keys else "" for at in range(len(seeds))),
            changes=tuple(changes.get(keys[at], 0) if at in keys else 0 for at in range(len(seeds))),
        )

    async def _lesson_ids(self) -> dict[str, int]:
        rows = await self._connection.execute(
            select(lesson.c.slug, lesson.c.id).where(
                lesson.c.course_id == self._course_id, lesson.c.retired_at.is_(None)
            )
        )
        return {row.slug: row.id for row in rows}

    async def _stored(self) -> dict[Key, tuple[int, Seed]]:
        values = await _stored_seeds(self._connection, self._course_id)
        return {key: (id_, values[id_][1]) for key, id_ in (await self._ids()).items()}

    async def _write(self, added: dict[Key, Seed], updated: dict[int, Seed]) -> None:
        ids = await self._insert(added)
        await self._update(updated)
        aliases = [
            {"seed_id": id_, "position": position, "text": alias}
            for id_, value in [*zip(ids, added.values(), strict=True), *updated.items()]
            for position, alias in enumerate(value.aliases, start=1)
        ]
        if aliases:
            await self._connection.execute(insert(seed_alias), aliases)
        await self._writing.finish()

    async def _log(self, before: dict[Key, tuple[int, Seed]], changed: dict[Key, Seed]) -> dict[Key, int]:
        """Enter what changed in the audit log; the number of each change."""
        ids = await self._ids()
        entries = [
            Entered(
                action=Action.EDIT if key in before else Action.ADD,
                subject=f"s{ids[key]}",
                course=self._writing.course.slug,
                before=snapshot_of(before[key][1]) if key in before else None,
                after=snapshot_of(value),
            )
            for key, value in changed.items()
        ]
        return dict(zip(changed, await record_all(self._connection, self._note, entries), strict=True))

    async def _ids(self) -> dict[Key, int]:
        rows = await self._connection.execute(
            select(seed.c.id, seed.c.lesson_id, seed.c.question_key).where(
                seed.c.course_id == self._course_id, seed.c.state == ACTIVE
            )
        )
        return {(row.lesson_id, row.question_key): row.id for row in rows}

    async def _insert(self, added: dict[Key, Seed]) -> Sequence[int]:
        if not added:
            return []
        ids = await self._connection.scalars(
            insert(seed).returning(seed.c.id, sort_by_parameter_order=True),
            [
                {
                    "course_id": self._course_id,
                    "lesson_id": lesson_id,
                    "question_key": key,
                    "state": ACTIVE,
                    "created_at": self._at,
                    **self._values(value),
                }
                for (lesson_id, key), value in added.items()
            ],
        )
        return ids.all()

    async def _update(self, updated: dict[int, Seed]) -> None:
        if not updated:
            return
        rows = [{"row_id": id_, **self._values(value)} for id_, value in updated.items()]
        await self._connection.execute(update(seed).where(seed.c.id == bindparam("row_id")), rows)
        await self._connection.execute(
            delete(seed_alias).where(seed_alias.c.seed_id == bindparam("row_id")),
            [{"row_id": id_} for id_ in updated],
        )

    def _values(self, value: Seed) -> dict[str, object]:
        return {
            "question": value.question,
            "answer": value.answer,
            "author": value.author,
            "revision": self._revision,
            "updated_at": self._at,
        }

    async def _refs(self) -> dict[Key, str]:
        """Ref of the entry that shows each active answer."""
        rows = await self._connection.execute(
            select(
                seed.c.id,
                seed.c.lesson_id,
                seed.c.question_key,
                seed.c.comment_id,
                comment.c.retired_at.label("comment_retired_at"),
            )
            .select_from(seed)
            .outerjoin(comment, comment.c.id == seed.c.comment_id)
            .where(seed.c.course_id == self._course_id, seed.c.state == ACTIVE)
        )
        return {(row.lesson_id, row.question_key): shown_ref(row) for row in rows}


async def _stored_seeds(connection: AsyncConnection, of: str | int | None) -> dict[int, tuple[str, Seed]]:
    """Read active seeds of a course (slug or id), or of all, by id; each with its course's slug."""
    which = seed.c.state == ACTIVE
    if of is not None:
        which &= (course.c.id if isinstance(of, int) else course.c.slug) == of
    aliases = await aliases_where(connection, which)
    rows = await connection.execute(
        select(seed, course.c.slug.label("course"), lesson.c.slug.label("lesson"))
        .select_from(seed)
        .join(course, course.c.id == seed.c.course_id)
        .outerjoin(lesson, lesson.c.id == seed.c.lesson_id)
        .where(which)
        .order_by(seed.c.id)
    )
    return {
        row.id: (
            row.course,
            seed_with(row, aliases[row.id]),
        )
        for row in rows
    }
