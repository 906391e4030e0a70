"""Who has which role: `bot.team.roles.StaffStore` in SQL.

Changes wait for each other, so that of two owners who remove one another at the same time one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.database import Database
from adapters.sql.reader_tables import secret
from adapters.sql.team.auditing import Note, record
from adapters.sql.team.staff_tables import audit, role
from adapters.sql.together import Together
from adapters.sql.upserting import upsert
from bot.messages import Person, Platform
from bot.team.audit import Action
from bot.team.roles import Member, Role, Standing, parse_person
from knowledge.errors import CoursebotError


class SqlStaffStore:
    """Implements `bot.team.roles.StaffStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = Together(self._read)

    async def of(self, person: Person) -> Standing:
        """The roles of a person, as they are now."""
        return await self._reading.do((person.platform.value, person.id))

    async def _read(self, people: Sequence[tuple[str, str]]) -> list[Standing]:
        query = select(role).where(role.c.user_id.in_({number for _, number in people})).order_by(role.c.id)
        async with self._database.read() as connection:
            members = [_member(row) for row in await connection.execute(query)]
        return [
            Standing(tuple(each for each in members if (each.platform.value, each.id) == who))
            for who in people
        ]

    async def all(self) -> list[Member]:
        """All roles, owners first, then admins, then editors."""
        async with self._database.read() as connection:
            members = [_member(row) for row in await connection.execute(select(role).order_by(role.c.id))]
        return sorted(members, key=lambda each: list(Role).index(each.role))

    async def former(self) -> list[Person]:
        """Those who had a role once and have none now, as the audit log has it."""
        revoked = select(audit.c.subject).distinct().where(audit.c.action == Action.REVOKE.value)
        here = {each.key for each in await self.all()}
        async with self._database.read() as connection:
            keys = sorted(set((await connection.scalars(revoked)).all()) - here)
        return [person for key in keys if (person := parse_person(key))]

    async def grant(self, member: Member, *, by: str, at: datetime) -> bool:
        """Give a role; see the port."""
        async with self._alone() as connection:
            return await _grant(connection, member, Note(by=by, at=at))

    async def revoke(self, person: Person, course: str | None, *, by: str, at: datetime) -> list[Member]:
        """Take a role, or all of them; see the port."""
        async with self._alone() as connection:
            which = _of(person.platform, person.id)
            if course is not None:
                which &= role.c.course == course
            taken = [_member(row) for row in await connection.execute(select(role).where(which))]
            await connection.execute(delete(role).where(which))
            await _keep_an_owner(connection, taken)
            for each in taken:
                await record(
                    connection,
                    Note(by=by, at=at),
                    Action.REVOKE,
                    each.key,
                    course=each.course,
                    before=_fields(each),
                )
            return taken

    async def claim(self, member: Member, *, at: datetime) -> bool:
        """Make somebody the first owner; False when there is one."""
        async with self._alone() as connection:
            return not await _owners(connection) and await _grant(
                connection, member, Note(by=member.key, at=at)
            )

    def _alone(self) -> _Alone:
        return _Alone(self._database)


class _Alone:
    """A transaction beside which no other one changes roles."""

    def __init__(self, database: Database) -> None:
        self._writing = database.write()

    async def __aenter__(self) -> AsyncConnection:
        connection = await self._writing.__aenter__()
        await connection.execute(select(secret.c.name).with_for_update())
        return connection

    async def __aexit__(self, *error: Any) -> bool | None:
        return await self._writing.__aexit__(*error)


async def _grant(connection: AsyncConnection, member: Member, note: Note) -> bool:
    which = _of(member.platform, member.id) & (role.c.course == member.course)
    row = (await connection.execute(select(role).where(which))).one_or_none()
    held = _member(row) if row else None
    if held and held.role is member.role:
        return False
    values = {
        "platform": member.platform.value,
        "user_id": member.id,
        "course": member.course,
        "role": member.role.value,
        "name": member.name,
        "since": note.at,
    }
    await upsert(connection, role, [values], key=["platform", "user_id", "course"])
    await _keep_an_owner(connection, [held] if held else [])
    await record(
        connection,
        note,
        Action.GRANT,
        member.key,
        course=member.course,
        before=_fields(held) if held else None,
        after=_fields(member),
    )
    return True


async def _keep_an_owner(connection: AsyncConnection, taken: Sequence[Member]) -> None:
    if any(each.role is Role.OWNER for each in taken) and not await _owners(connection):
        raise CoursebotError("role-last-owner")


async def _owners(connection: AsyncConnection) -> int:
    counted = select(func.count()).select_from(role).where(role.c.role == Role.OWNER.value)
    return await connection.scalar(counted) or 0


def _of(platform: Platform, number: str) -> ColumnElement[bool]:
    return (role.c.platform == platform.value) & (role.c.user_id == number)


def _fields(member: Member) -> dict[str, str]:
    return {"role": member.role.value, "name": member.name}


def _member(row: Row[Any]) -> Member:
    return Member(
        platform=Platform(row.platform),
        id=row.user_id,
        role=Role(row.role),
        course=row.course,
        name=row.name,
        since=row.since,
    )
