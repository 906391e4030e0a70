"""One course brought in step with what was read, inside a transaction of the caller's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import stamping, tables
from adapters.sql.attachments import attach_seeds
from adapters.sql.matching import (
    EntryChangeset,
    MatchedLesson,
    StoredLesson,
    author_and_day,
    comment_rows,
    match_lessons,
    passage_rows,
)
from adapters.sql.stamping import LockedCourse, lock_course
from bot.stores import SavedCourse
from knowledge.model import Course


class CourseWriter:
    """Saves one course.

    Args:
        connection: in a write transaction.
        course: what was read.
        at: now.
    """

    def __init__(self, connection: AsyncConnection, course: Course, at: datetime) -> None:
        self._connection = connection
        self._course = course
        self._at = at
        self._revision = 0

    async def save(self) -> SavedCourse:
        """Write what differs; nothing at all when nothing does."""
        stored = await lock_course(self._connection, self._course.slug) or await self._add_course()
        self._revision = stored.revision + 1
        matched, vanished = match_lessons(self._course, await self._stored_lessons(stored.id))
        added = [match for match in matched if match.stored is None]
        updated = [
            match
            for match in matched
            if match.stored is not None and (match.place_changed or match.content_changed)
        ]
        facts = self._changed_facts(stored)
        if not (added or updated or vanished or facts or stored.revision == 0):
            return SavedCourse()
        entries = await self._write_lessons(stored.id, added, updated, vanished)
        if facts.keys() & {"title", "author"}:
            await stamping.stamp_course(self._connection, stored.id, self._revision)
        await stamping.stamp_answers(self._connection, stored.id, self._revision)
        await attach_seeds(self._connection, stored.id, self._revision)
        await stamping.stamp_answered(self._connection, stored.id, self._revision)
        await self._connection.execute(
            update(tables.course)
            .where(tables.course.c.id == stored.id)
            .values(revision=self._revision, **facts)
        )
        return SavedCourse(
            lessons_added=len(added),
            lessons_updated=len(updated),
            lessons_retired=len(vanished),
            entries_changed=entries,
        )

    async def _add_course(self) -> LockedCourse:
        """Add the course's row at revision 0, or take it when another process was faster."""
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(
                    insert(tables.course).values(slug=self._course.slug, revision=0, **self._facts())
                )
        except IntegrityError:
            pass
        stored = await lock_course(self._connection, self._course.slug)
        assert stored is not None  # noqa: S101 (it was there, or was just inserted)
        return stored

    def _facts(self) -> dict[str, str]:
        course = self._course
        return {
            "title": course.title,
            "author": course.author,
            "language": course.language,
            "introduction": course.introduction,
        }

    def _changed_facts(self, stored: LockedCourse) -> dict[str, str]:
        """Pick what the course says of itself and is stored otherwise.

        A course of which only some files were read says nothing reliable of itself once it is known.
        """
        if not self._course.complete and stored.revision > 0:
            return {}
        return {name: value for name, value in self._facts().items() if getattr(stored, name) != value}

    async def _stored_lessons(self, course_id: int) -> list[StoredLesson]:
        columns = tables.lesson.c
        rows = await self._connection.execute(
            select(
                columns.id,
                columns.slug,
                columns.title,
                columns.position,
                columns.number,
                columns.url,
                columns.fingerprint,
                columns.retired_at.is_not(None),
            ).where(columns.course_id == course_id)
        )
        return [StoredLesson(*row) for row in rows]

    async def _write_lessons(
        self,
        course_id: int,
        added: Sequence[MatchedLesson],
        updated: Sequence[MatchedLesson],
        vanished: Sequence[StoredLesson],
    ) -> int:
        """Write lessons and their entries; return how many entries were added, updated or retired."""
        changed = [
            (match.stored.id, match)
            for match in updated
            if match.stored is not None and match.content_changed
        ]
        old_ids = [lesson_id for lesson_id, _ in changed]
        moved = [
            match.stored.id
            for match in updated
            if match.stored is not None and (match.place_changed or match.stored.retired)
        ]
        await self._update_lessons(updated)
        if moved:
            await stamping.stamp_lessons(self._connection, moved, self._revision)
        changed += list(zip(await self._add_lessons(course_id, added), added, strict=True))
        entries = 0
        for table in (tables.passage, tables.comment):
            entries += await self._write_entries(table, changed, old_ids)
        return entries + await self._retire_lessons([row.id for row in vanished])

    async def _add_lessons(self, course_id: int, added: Sequence[MatchedLesson]) -> Sequence[int]:
        if not added:
            return []
        ids = await self._connection.scalars(
            insert(tables.lesson).returning(tables.lesson.c.id, sort_by_parameter_order=True),
            [{"course_id": course_id, **_lesson_values(match)} for match in added],
        )
        return ids.all()

    async def _update_lessons(self, updated: Sequence[MatchedLesson]) -> None:
        if updated:
            await self._connection.execute(
                update(tables.lesson).where(tables.lesson.c.id == bindparam("row_id")),
                [
                    {"row_id": match.stored.id, "retired_at": None, **_lesson_values(match)}
                    for match in updated
                    if match.stored is not None
                ],
            )

    async def _retire_lessons(self, ids: Collection[int]) -> int:
        if not ids:
            return 0
        await self._connection.execute(
            update(tables.lesson).where(tables.lesson.c.id.in_(ids)).values(retired_at=self._at)
        )
        entries = 0
        for table in (tables.passage, tables.comment):
            retired = await self._connection.execute(
                update(table)
                .where(table.c.lesson_id.in_(ids), table.c.retired_at.is_(None))
                .values(retired_at=self._at, revision=self._revision)
            )
            entries += retired.rowcount
        # What is left of these lessons are answers, which now belong to the whole course.
        await stamping.stamp_lessons(self._connection, ids, self._revision)
        return entries

    async def _write_entries(
        self, table: Table, changed: Sequence[tuple[int, MatchedLesson]], old_ids: Collection[int]
    ) -> int:
        stored: dict[int, list[RowMapping]] = defaultdict(list)
        if old_ids:
            rows = await self._connection.execute(select(table).where(table.c.lesson_id.in_(old_ids)))
            for row in rows.mappings():
                stored[row["lesson_id"]].append(row)
        changeset = EntryChangeset()
        for lesson_id, match in changed:
            if table is tables.comment:
                wanted = comment_rows(match.lesson)
                changeset.compare(lesson_id, stored[lesson_id], wanted, edited=author_and_day)
            else:
                changeset.compare(lesson_id, stored[lesson_id], passage_rows(match.lesson))
        if table is tables.comment:
            self._note_answers(changeset, stored, old_ids)
        await self._write(table, changeset)
        return changeset.entries

    def _note_answers(
        self, changeset: EntryChangeset, stored: Mapping[int, Sequence[RowMapping]], old_ids: Collection[int]
    ) -> None:
        """Note that comments were answered now, under lessons that were there before: news to their readers."""
        before = {row["id"]: row for rows in stored.values() for row in rows}
        for values in changeset.updated:
            row = before[values["row_id"]]
            new = row["reply"] is None and values["reply"] is not None
            values["answered_at"] = self._at if new else row["answered_at"]
        for values in changeset.added:
            new = values["reply"] is not None and values["lesson_id"] in old_ids
            values["answered_at"] = self._at if new else None

    async def _write(self, table: Table, changeset: EntryChangeset) -> None:
        this_row = update(table).where(table.c.id == bindparam("row_id"))
        live: dict[str, Any] = {"revision": self._revision, "retired_at": None}
        gone = {"revision": self._revision, "retired_at": self._at}
        # Rows that leave or change go first: what comes may take over what made them unique.
        for statement, rows in (
            (this_row, [{"row_id": row_id, **gone} for row_id in changeset.retired]),
            (this_row, [live | values for values in changeset.updated]),
            (this_row, changeset.moved),
            (insert(table), [live | values for values in changeset.added]),
        ):
            if rows:
                await self._connection.execute(statement, rows)


def _lesson_values(match: MatchedLesson) -> dict[str, Any]:
    lesson = match.lesson
    return {
        "slug": lesson.slug,
        "title": lesson.title,
        "position": match.position,
        "number": lesson.number,
        "url": lesson.url,
        "exercises": lesson.exercises,
        "fingerprint": match.fingerprint,
    }
