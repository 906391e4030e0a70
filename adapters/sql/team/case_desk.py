"""What the team does with cases: `bot.team.cases.CaseDesk` in SQL.

A case ends by compare-and-set on its state, so of two who answer at the same time one is first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.fingerprints import wording_key
from adapters.sql.tables import ACTIVE, comment, course, lesson, seed
from adapters.sql.team.case_intake import NOWHERE, SqlCaseIntake
from adapters.sql.team.case_rows import final, read_cases
from adapters.sql.team.case_tables import case_draft, case_reader, reader_case
from adapters.sql.upserting import insert_new
from bot.team.cases import Case, CaseState, Cause, Closing, Featured

OPEN = reader_case.c.state == CaseState.OPEN.value
_MISSING = (
    (comment.c.reply_count > 0)
    & comment.c.reply.is_(None)
    & comment.c.retired_at.is_(None)
    & lesson.c.retired_at.is_(None)
    & ~exists().where(seed.c.comment_id == comment.c.id, seed.c.state == ACTIVE)
)
"""A comment that is known to be answered, without the answer."""


class SqlCaseDesk(SqlCaseIntake):
    """Implements `bot.team.cases.CaseDesk`."""

    async def case(self, number: int) -> Case | None:
        """The case of that number, or the one that has its readers now."""
        async with self._database.read() as connection:
            found = await read_cases(connection, reader_case.c.id == await final(connection, number))
        return found[0] if found else None

    async def open(self, courses: frozenset[str] | None = None, *, limit: int = 2000) -> list[Case]:
        """Open cases with readers, the oldest first."""
        which: ColumnElement[bool] = OPEN & reader_case.c.comment_id.is_(None)
        if courses is not None:
            which &= reader_case.c.course.in_(courses)
        async with self._database.read() as connection:
            return await read_cases(connection, which, limit=limit)

    async def featured(
        self, courses: frozenset[str] | None = None, *, after: str = "", limit: int = 20
    ) -> list[Featured]:
        """Comments whose answer is missing and that nobody has dealt with, the most liked first."""
        closed = exists().where(reader_case.c.comment_id == comment.c.id, ~OPEN)
        query = (
            select(comment, lesson.c.slug.label("lesson"), lesson.c.title, course.c.slug.label("course"))
            .join(lesson, lesson.c.id == comment.c.lesson_id)
            .join(course, course.c.id == lesson.c.course_id)
            .where(_MISSING, ~closed)
            .order_by(comment.c.likes.desc(), comment.c.id)
            .limit(limit)
        )
        if courses is not None:
            query = query.where(course.c.slug.in_(courses))
        if after:
            last = int(after[1:])
            likes = select(comment.c.likes).where(comment.c.id == last).scalar_subquery()
            same = (comment.c.likes == likes) & (comment.c.id > last)
            query = query.where((comment.c.likes < likes) | same)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Featured(
                ref=f"c{row.id}",
                course=row.course,
                lesson=row.lesson,
                lesson_title=row.title,
                author=row.author,
                text=row.text,
                likes=row.likes,
                replies=row.reply_count,
            )
            for row in rows
        ]

    async def about_comment(self, ref: str, *, at: datetime) -> int | None:
        """Number of the case about a comment, opened when there is none."""
        number = int(ref[1:])
        query = (
            select(comment.c.text, course.c.slug)
            .join(lesson, lesson.c.id == comment.c.lesson_id)
            .join(course, course.c.id == lesson.c.course_id)
            .where(comment.c.id == number, comment.c.retired_at.is_(None))
        )
        async with self._database.write() as connection:
            about = (await connection.execute(query)).one_or_none()
            if about is None:
                return None
            row = {
                "state": CaseState.OPEN.value,
                "cause": Cause.COMMENT.value,
                "course": about.slug,
                "comment_id": number,
                "question": about.text,
                "question_key": wording_key(about.text),
                "answer": "",
                "entry": "",
                "closed_by": "",
                "closed_by_name": "",
                "assignee": "",
                "opened_at": at,
                # Nobody asked it anew, so the team is not told of it.
                "told_at": at,
            }
            await insert_new(connection, reader_case, row)
            found: int | None = await connection.scalar(
                select(reader_case.c.id).where(reader_case.c.comment_id == number)
            )
            return found

    async def close(self, number: int, closing: Closing, *, at: datetime) -> bool:
        """End an open case; False when it was closed before."""
        async with self._database.write() as connection:
            target = await final(connection, number)
            if not await _set(connection, target, OPEN, **_ended(closing, at)):
                return False
            if closing.state is CaseState.IGNORED:
                await forget_readers(connection, target)
            return True

    async def replace(self, number: int, closing: Closing, *, at: datetime) -> bool:
        """Answer anew what was answered or linked; to be settled again."""
        answered = reader_case.c.state.in_((CaseState.ANSWERED.value, CaseState.LINKED.value))
        async with self._database.write() as connection:
            target = await final(connection, number)
            done = await _set(connection, target, answered, **_ended(closing, at))
            if done:
                await connection.execute(delete(case_draft).where(case_draft.c.case_id == target))
            return done

    async def merge(self, number: int, into: int, *, at: datetime) -> bool:
        """Move the readers of an open case to another open one."""
        async with self._database.write() as connection:
            number, into = await final(connection, number), await final(connection, into)
            # In the order of their numbers, so that two who merge crosswise do not wait for each other.
            locked = select(reader_case.c.id).where(
                OPEN, reader_case.c.comment_id.is_(None), reader_case.c.id.in_((number, into))
            )
            found = (await connection.scalars(locked.order_by(reader_case.c.id).with_for_update())).all()
            if len(found) != 2:
                return False
            there = select(case_reader.c.person).where(case_reader.c.case_id == into)
            both = (case_reader.c.case_id == number) & case_reader.c.person.in_(there)
            await _keep_waiting(connection, number, into)
            await connection.execute(delete(case_reader).where(both))
            await connection.execute(
                update(case_reader).where(case_reader.c.case_id == number).values(case_id=into)
            )
            await connection.execute(
                update(reader_case)
                .where(reader_case.c.id == number)
                .values(state=CaseState.MERGED.value, merged_into=into, closed_at=at, settled_at=at)
            )
            return True

    async def place(self, number: int, course: str) -> bool:
        """Say which course an open case is about; False when it is not open, or is asked in that course already."""
        async with self._database.write() as connection:
            target = await final(connection, number)
            key = select(reader_case.c.question_key).where(reader_case.c.id == target).scalar_subquery()
            twin = await connection.scalar(
                select(reader_case.c.id).where(
                    OPEN,
                    reader_case.c.comment_id.is_(None),
                    reader_case.c.course == course,
                    reader_case.c.question_key == key,
                    reader_case.c.id != target,
                )
            )
            return twin is None and await _set(connection, target, OPEN, course=course)

    async def hand(self, number: int, to: str) -> bool:
        """Give an open case to a person of the team."""
        async with self._database.write() as connection:
            return await _set(connection, await final(connection, number), OPEN, assignee=to)

    async def draft(self, number: int, text: str, *, by: str, at: datetime) -> int:
        """Keep an answer that came second."""
        async with self._database.write() as connection:
            row = {"case_id": await final(connection, number), "text": text, "by": by, "at": at}
            made: int | None = await connection.scalar(
                case_draft.insert().values(row).returning(case_draft.c.id)
            )
            assert made is not None  # noqa: S101 (an insert that returns nothing has raised)
            return made

    async def drafted(self, draft: int) -> tuple[int, str, str] | None:
        """A kept answer as (case, text, by)."""
        columns = (case_draft.c.case_id, case_draft.c.text, case_draft.c.by)
        async with self._database.read() as connection:
            row = (await connection.execute(select(*columns).where(case_draft.c.id == draft))).one_or_none()
        return None if row is None else (row.case_id, row.text, row.by)


def _ended(closing: Closing, at: datetime) -> dict[str, Any]:
    return {
        "state": closing.state.value,
        "answer": closing.answer,
        "entry": closing.entry,
        "closed_by": closing.by,
        "closed_by_name": closing.by_name,
        "closed_at": at,
        # Nothing follows from ignoring.
        "settled_at": at if closing.state is CaseState.IGNORED else None,
    }


async def _set(
    connection: AsyncConnection, number: int, expected: ColumnElement[bool], **values: object
) -> bool:
    """Compare and set."""
    done = await connection.execute(
        update(reader_case).where(reader_case.c.id == number, expected).values(**values)
    )
    return done.rowcount == 1


async def forget_readers(connection: AsyncConnection, number: int) -> None:
    """Forget who and where the readers of a case are; how they worded it stays, and is nobody's."""
    nobody = literal("-").concat(cast(case_reader.c.id, Text))
    await connection.execute(
        update(case_reader).where(case_reader.c.case_id == number).values(person=nobody, **NOWHERE)
    )


async def _keep_waiting(connection: AsyncConnection, number: int, into: int) -> None:
    """Whoever waits in the one case and is only counted in the other waits there, too."""
    old, new = case_reader.alias(), case_reader
    places = ("waits", "platform", "chat", "thread", "private", "user_id")
    rows = await connection.execute(
        select(new.c.id, *(old.c[name] for name in places))
        .join(old, (old.c.person == new.c.person) & (old.c.case_id == number))
        .where(new.c.case_id == into, ~new.c.waits, old.c.waits)
    )
    for row in rows.all():
        await connection.execute(
            update(new).where(new.c.id == row.id).values({name: getattr(row, name) for name in places})
        )
