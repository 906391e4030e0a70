"""What the index replica reads: `bot.stores.EntryFeed` in SQL.

An answer that belongs to a comment is shown as the comment's; by itself (`s<ID>`) it stands only while it has
no live comment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator
from typing import Any

from sqlalchemy import Row, Select, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.database import Database
from adapters.sql.said import comment_values
from adapters.sql.sizes import entry_sizes
from adapters.sql.tables import ACTIVE, comment, course, lesson, passage, seed, seed_alias
from adapters.sql.team.rulings import Rulings, read_rulings
from adapters.sql.wordings import aliases_of
from bot.stores import EntryChanges
from knowledge.entry import Entry, Source

BATCH = 2_000
"""Entries that are read, and handed over, at once: bounds the memory that a large course needs."""

Place = tuple[int, int]
"""Where a batch ended: lesson id (0 for seeds) and row id."""
_START: Place = (0, 0)

_LESSON = (
    lesson.c.slug.label("lesson"),
    lesson.c.title.label("lesson_title"),
    lesson.c.position.label("lesson_position"),
    lesson.c.number.label("lesson_number"),
    lesson.c.url.label("url"),
    lesson.c.retired_at.label("lesson_retired_at"),
)


class SqlEntryFeed:
    """Implements `bot.stores.EntryFeed`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def revisions(self) -> dict[str, int]:
        """Give the current revision of every course, by slug."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(course.c.slug, course.c.revision))
            return {row.slug: row.revision for row in rows}

    async def sizes(self) -> dict[str, range]:
        """Count the entries of every course; see the port."""
        async with self._database.read() as connection:
            return await entry_sizes(connection)

    async def changes(self, course: str, *, since: int) -> AsyncGenerator[EntryChanges, None]:
        """Tell what changed in a course after revision `since`; see the port.

        The snapshot is held until the iterator is at its end or closed (`contextlib.aclosing`).
        """
        async with self._database.read() as connection:
            reader = await _CourseReader.open(connection, course, since)
            for read in (reader.comments, reader.seeds, reader.passages) if reader else ():
                place = _START
                while found := await read(place):
                    batch, place = found
                    yield batch


class _CourseReader:
    """Reads the entries of one course, whose row is `stored`."""

    def __init__(self, connection: AsyncConnection, stored: Row[Any], since: int, rulings: Rulings) -> None:
        self._connection = connection
        self._rulings = rulings
        self._course_id: int = stored.id
        self._since = since
        self._facts: dict[str, Any] = {"course": stored.slug, "course_title": stored.title}
        self._teacher: str = stored.author

    @classmethod
    async def open(cls, connection: AsyncConnection, slug: str, since: int) -> _CourseReader | None:
        row = (await connection.execute(select(course).where(course.c.slug == slug))).one_or_none()
        return None if row is None else cls(connection, row, since, await read_rulings(connection, row.id))

    async def comments(self, after: Place) -> tuple[EntryChanges, Place] | None:
        query = (
            select(comment, seed.c.id.label("seed_id"), seed.c.answer, seed.c.author.label("admin"), *_LESSON)
            .select_from(comment)
            .join(lesson, lesson.c.id == comment.c.lesson_id)
            .outerjoin(seed, (seed.c.comment_id == comment.c.id) & (seed.c.state == ACTIVE))
            .where(lesson.c.course_id == self._course_id)
        )
        rows = await self._page(self._changed(query, comment, after))
        if not rows:
            return None
        shown = {
            row.id
            for row in rows
            if row.retired_at is None and not self._rulings.taken_out((f"c{row.id}", f"s{row.seed_id}"))
        }
        aliases = await self._aliases({f"c{row.id}": row.seed_id for row in rows if row.id in shown})
        batch = EntryChanges(
            upserts=tuple(self._comment(row, aliases) for row in rows if row.id in shown),
            removed=tuple(f"c{row.id}" for row in rows if row.id not in shown),
        )
        return batch, (rows[-1].lesson_id, rows[-1].id)

    async def passages(self, after: Place) -> tuple[EntryChanges, Place] | None:
        query = (
            select(passage, *_LESSON)
            .select_from(passage)
            .join(lesson, lesson.c.id == passage.c.lesson_id)
            .where(lesson.c.course_id == self._course_id)
        )
        rows = await self._page(self._changed(query, passage, after))
        if not rows:
            return None
        shown = {
            row.id for row in rows if row.retired_at is None and not self._rulings.taken_out((f"p{row.id}",))
        }
        batch = EntryChanges(
            upserts=tuple(self._passage(row) for row in rows if row.id in shown),
            removed=tuple(f"p{row.id}" for row in rows if row.id not in shown),
        )
        return batch, (rows[-1].lesson_id, rows[-1].id)

    async def seeds(self, after: Place) -> tuple[EntryChanges, Place] | None:
        shown = (seed.c.state == ACTIVE) & (comment.c.id.is_(None) | comment.c.retired_at.is_not(None))
        query = (
            select(seed, shown.label("shown"), *_LESSON)
            .select_from(seed)
            .outerjoin(lesson, lesson.c.id == seed.c.lesson_id)
            .outerjoin(comment, comment.c.id == seed.c.comment_id)
            .where(seed.c.course_id == self._course_id, seed.c.id > after[1])
            .where(seed.c.revision > self._since if self._since > 0 else shown)
            .order_by(seed.c.id)
        )
        rows = await self._page(query)
        if not rows:
            return None
        live = {row.id for row in rows if row.shown and not self._rulings.taken_out((f"s{row.id}",))}
        aliases = await self._aliases({f"s{row.id}": row.id for row in rows if row.id in live})
        batch = EntryChanges(
            upserts=tuple(self._seed(row, aliases) for row in rows if row.id in live),
            removed=tuple(f"s{row.id}" for row in rows if row.id not in live),
        )
        return batch, (0, rows[-1].id)

    def _changed(self, query: Select[Any], table: Table, after: Place) -> Select[Any]:
        """Narrow a query to rows of passage or comment that changed, lesson by lesson, after a place."""
        place = (table.c.lesson_id, table.c.id)
        return query.where(
            table.c.revision > self._since if self._since > 0 else table.c.retired_at.is_(None),
            tuple_(*place) > after,
        ).order_by(*place)

    async def _page(self, query: Select[Any]) -> list[Row[Any]]:
        return list((await self._connection.execute(query.limit(BATCH))).all())

    async def _aliases(self, seeds: dict[str, int | None]) -> dict[str, tuple[str, ...]]:
        """Other wordings of entries, by ref: those that admins gave their answers, then those readers confirmed.

        `seeds` has the answer's id of each entry. An answer that came to belong to a comment brings its own along.
        """
        ids = {seed_id for seed_id in seeds.values() if seed_id is not None}
        given: dict[int, tuple[str, ...]] = defaultdict(tuple)
        if ids:
            for id_, text in await self._connection.execute(
                select(seed_alias.c.seed_id, seed_alias.c.text)
                .where(seed_alias.c.seed_id.in_(ids))
                .order_by(seed_alias.c.seed_id, seed_alias.c.position)
            ):
                given[id_] += (text,)
        comments = {int(ref[1:]) for ref in seeds if ref.startswith("c")}
        confirmed = await aliases_of(self._connection, comments=comments, seeds=ids)
        return {
            ref: tuple(
                dict.fromkeys(
                    (*given.get(seed_id or 0, ()), *confirmed.get(f"s{seed_id}", ()), *confirmed.get(ref, ()))
                )
            )
            for ref, seed_id in seeds.items()
        }

    def _comment(self, row: Row[Any], aliases: dict[str, tuple[str, ...]]) -> Entry:
        return Entry(
            **comment_values(row, teacher=self._teacher),
            **self._ruled(aliases[f"c{row.id}"], (f"c{row.id}", f"s{row.seed_id}")),
            **self._lesson(row),
        )

    def _seed(self, row: Row[Any], aliases: dict[str, tuple[str, ...]]) -> Entry:
        return Entry(
            ref=f"s{row.id}",
            source=Source.ADMIN,
            text=row.question,
            **self._ruled(aliases[f"s{row.id}"], (f"s{row.id}",)),
            answer=row.answer,
            answered_by=row.author,
            **self._lesson(row),
        )

    def _passage(self, row: Row[Any]) -> Entry:
        return Entry(
            ref=f"p{row.id}",
            source=Source.PASSAGE,
            heading=row.heading,
            text=row.text,
            **self._ruled((), (f"p{row.id}",)),
            **self._lesson(row),
        )

    def _ruled(self, aliases: tuple[str, ...], refs: tuple[str, ...]) -> dict[str, Any]:
        """Other wordings of an entry and what is ruled about it; a question it is pinned to is a wording too."""
        pins, bars = self._rulings.pinned(refs), self._rulings.barred(refs)
        return {"aliases": tuple(dict.fromkeys((*aliases, *pins))), "pins": pins, "bars": bars}

    def _lesson(self, row: Row[Any]) -> dict[str, Any]:
        """Where an entry stands; an answer whose lesson is gone belongs to the whole course."""
        if row.lesson is None or row.lesson_retired_at is not None:
            return dict(self._facts)
        return self._facts | {
            "lesson": row.lesson,
            "lesson_title": row.lesson_title,
            "lesson_position": row.lesson_position,
            "lesson_number": row.lesson_number,
            "url": row.url,
        }
