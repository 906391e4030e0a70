"""Pins and bars in SQL, and what they do to a course's entries.

A bar for all questions takes an entry out of what the index reads; a pin or a bar for one question travels with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.fingerprints import wording_key
from adapters.sql.seed_rows import find_seed
from adapters.sql.stamping import LockedCourse, lock_course
from adapters.sql.tables import ACTIVE, comment, course, lesson, passage, seed
from adapters.sql.team.auditing import Note, record
from adapters.sql.team.staff_tables import BAR, PIN, ruling
from bot.team.audit import Action
from bot.team.curation import Rule, Ruling
from knowledge.errors import CoursebotError

_DONE = {Rule.PIN: (Action.PIN, Action.UNPIN), Rule.BAR: (Action.BAR, Action.UNBAR)}


@dataclass(frozen=True, slots=True)
class Rulings:
    """What is ruled in a course, by entry."""

    pins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bars: dict[str, tuple[str, ...]] = field(default_factory=dict)
    out: frozenset[str] = frozenset()

    def pinned(self, refs: Iterable[str]) -> tuple[str, ...]:
        """The questions that an entry is the answer to; it may go by two refs."""
        return tuple(question for ref in refs for question in self.pins.get(ref, ()))

    def barred(self, refs: Iterable[str]) -> tuple[str, ...]:
        """The questions that it is not shown for."""
        return tuple(question for ref in refs for question in self.bars.get(ref, ()))

    def taken_out(self, refs: Iterable[str]) -> bool:
        """Whether it is not shown at all."""
        return any(ref in self.out for ref in refs)


async def read_rulings(connection: AsyncConnection, course_id: int) -> Rulings:
    """What is ruled in a course."""
    rows = await connection.execute(
        select(ruling.c.kind, ruling.c.ref, ruling.c.question)
        .where(ruling.c.course_id == course_id)
        .order_by(ruling.c.id)
    )
    pins: dict[str, tuple[str, ...]] = defaultdict(tuple)
    bars: dict[str, tuple[str, ...]] = defaultdict(tuple)
    out = set[str]()
    for kind, ref, question in rows:
        if kind == PIN:
            pins[ref] += (question,)
        elif question:
            bars[ref] += (question,)
        else:
            out.add(ref)
    return Rulings(dict(pins), dict(bars), frozenset(out))


async def count_rulings(connection: AsyncConnection) -> tuple[dict[int, int], dict[int, int]]:
    """By course: how many entries are taken out at most, and how many wordings pins add at most."""
    counted = await connection.execute(
        select(ruling.c.course_id, ruling.c.kind, func.count())
        .where((ruling.c.kind == PIN) | (ruling.c.question_key == ""))
        .group_by(ruling.c.course_id, ruling.c.kind)
    )
    rows = list(counted)
    return (
        {row[0]: row[2] for row in rows if row[1] == BAR},
        {row[0]: row[2] for row in rows if row[1] == PIN},
    )


async def rulings_of(connection: AsyncConnection, slug: str) -> list[Ruling]:
    """What is ruled in a course, the latest first."""
    rows = await connection.execute(
        select(ruling).join(course).where(course.c.slug == slug).order_by(ruling.c.id.desc())
    )
    return [
        Ruling(
            id=row.id, rule=Rule(row.kind), ref=row.ref, question=row.question, course=slug, at=row.created_at
        )
        for row in rows
    ]


async def rule(connection: AsyncConnection, wanted: Ruling, note: Note) -> int:
    """Pin or bar; the number of the change, 0 for nothing new.

    The same entry's bar for that question goes with a pin, and its pin with a bar.

    Raises:
        CoursebotError: "course-unknown", or "curate-gone" when the entry is no more.
    """
    locked = await _locked(connection, wanted.course)
    if not await _live(connection, wanted.ref, locked.id):
        raise CoursebotError("curate-gone")
    key = _key(wanted)
    if await connection.scalar(select(ruling.c.id).where(*_this(locked.id, wanted, key))):
        return 0
    if wanted.question:
        contrary = Rule.BAR if wanted.rule is Rule.PIN else Rule.PIN
        await lift(connection, replace(wanted, rule=contrary), note)
        locked = await _locked(connection, wanted.course)
    before = None
    if wanted.rule is Rule.PIN:
        same = (ruling.c.course_id == locked.id, ruling.c.kind == PIN, ruling.c.question_key == key)
        earlier = (await connection.execute(select(ruling).where(*same))).one_or_none()
        if earlier:
            before = {"ref": earlier.ref, "question": earlier.question}
            await connection.execute(delete(ruling).where(*same))
            await _stamp(connection, locked, earlier.ref)
    await connection.execute(
        insert(ruling).values(
            course_id=locked.id,
            kind=wanted.rule.value,
            ref=wanted.ref,
            question=wanted.question,
            question_key=key,
            created_at=note.at,
        )
    )
    await _stamp(connection, locked, wanted.ref)
    return await record(
        connection,
        note,
        _DONE[wanted.rule][0],
        wanted.ref,
        course=wanted.course,
        before=before,
        after={"ref": wanted.ref, "question": wanted.question},
    )


async def lift(connection: AsyncConnection, held: Ruling, note: Note) -> int:
    """Take back a pin or a bar; the number of the change, 0 when there was none.

    Raises:
        CoursebotError: "course-unknown".
    """
    locked = await _locked(connection, held.course)
    done = await connection.execute(delete(ruling).where(*_this(locked.id, held, _key(held))))
    if not done.rowcount:
        return 0
    await _stamp(connection, locked, held.ref)
    return await record(
        connection,
        note,
        _DONE[held.rule][1],
        held.ref,
        course=held.course,
        before={"ref": held.ref, "question": held.question},
    )


def _key(of: Ruling) -> str:
    return wording_key(of.question) if of.question else ""


def _this(course_id: int, of: Ruling, key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        ruling.c.course_id == course_id,
        ruling.c.kind == of.rule.value,
        ruling.c.ref == of.ref,
        ruling.c.question_key == key,
    )


async def _locked(connection: AsyncConnection, slug: str) -> LockedCourse:
    locked = await lock_course(connection, slug)
    if locked is None:
        raise CoursebotError("course-unknown", course=slug)
    return locked


async def _live(connection: AsyncConnection, ref: str, course_id: int) -> bool:
    """Whether the course has that entry."""
    kind, number = ref[:1], int(ref[1:])
    if kind == "s":
        query = select(seed.c.id).where(
            seed.c.id == number, seed.c.state == ACTIVE, seed.c.course_id == course_id
        )
    else:
        table = comment if kind == "c" else passage
        query = (
            select(table.c.id)
            .join(lesson, lesson.c.id == table.c.lesson_id)
            .where(table.c.id == number, table.c.retired_at.is_(None), lesson.c.course_id == course_id)
        )
    return await connection.scalar(query) is not None


async def _stamp(connection: AsyncConnection, locked: LockedCourse, ref: str) -> None:
    """Mark an entry, and raise the course's revision, so that every index follows."""
    revision = locked.revision + 1
    refs = {ref}
    if row := await find_seed(connection, ref):
        refs |= {f"s{row.id}", f"c{row.comment_id}"}
    for each in refs:
        table = {"c": comment, "s": seed, "p": passage}[each[0]]
        if each[1:].isdecimal():
            await connection.execute(
                update(table).where(table.c.id == int(each[1:])).values(revision=revision)
            )
    await connection.execute(update(course).where(course.c.id == locked.id).values(revision=revision))
