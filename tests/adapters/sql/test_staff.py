"""Roles and the audit log: the same contract for both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.sql.database import Database
from adapters.sql.team.auditing import SqlAuditLog
from adapters.sql.team.staff import SqlStaffStore
from bot.messages import Person, Platform
from bot.team.audit import Action
from bot.team.roles import Member, Role, Standing
from knowledge.errors import CoursebotError
from tests.adapters.sql.samples import AT

ADA, BO, CY = (Person(platform=Platform.TELEGRAM, id=number) for number in ("1", "2", "3"))


def member(who: Person, role: Role, course: str = "") -> Member:
    return Member(platform=who.platform, id=who.id, role=role, course=course, name="名", since=AT)


@pytest.fixture
def staff(database: Database) -> SqlStaffStore:
    return SqlStaffStore(database)


@pytest.fixture
def log(database: Database) -> SqlAuditLog:
    return SqlAuditLog(database)


async def test_roles_are_kept_by_platform_and_id(staff: SqlStaffStore) -> None:
    everywhere, here = member(ADA, Role.EDITOR), member(ADA, Role.ADMIN, "k8s")
    assert await staff.grant(everywhere, by="operator", at=AT)
    assert await staff.grant(here, by="operator", at=AT)
    assert not await staff.grant(here, by="operator", at=AT)
    standing = await staff.of(ADA)
    assert standing == Standing((everywhere, here))
    assert standing.may(Role.ADMIN, "k8s")
    assert not standing.may(Role.ADMIN)
    assert standing.may(Role.EDITOR, "go")
    assert standing.courses(Role.EDITOR) is None
    assert standing.courses(Role.ADMIN) == frozenset({"k8s"})
    assert await staff.of(Person(platform=Platform.DISCORD, id="1")) == Standing()
    assert await staff.all() == [here, everywhere]


async def test_two_owners_who_remove_each_other_leave_one(staff: SqlStaffStore) -> None:
    for who in (ADA, BO):
        await staff.grant(member(who, Role.OWNER), by="operator", at=AT)
    done = await asyncio.gather(
        staff.revoke(ADA, "", by="telegram:2", at=AT),
        staff.revoke(BO, None, by="telegram:1", at=AT),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["CoursebotError", "list"]
    assert len(await staff.all()) == 1


async def test_who_lost_every_role_is_a_former_member(staff: SqlStaffStore) -> None:
    await staff.grant(member(ADA, Role.OWNER), by="operator", at=AT)
    for course in ("k8s", "go"):
        await staff.grant(member(BO, Role.EDITOR, course), by="telegram:1", at=AT)
    await staff.grant(member(CY, Role.EDITOR), by="telegram:1", at=AT)
    await staff.revoke(BO, "k8s", by="telegram:1", at=AT)
    await staff.revoke(CY, None, by="telegram:1", at=AT)
    assert await staff.former() == [CY]
    await staff.revoke(BO, None, by="telegram:1", at=AT)
    await staff.grant(member(CY, Role.EDITOR), by="telegram:1", at=AT)
    assert await staff.former() == [BO]


async def test_a_refused_change_is_in_no_log(staff: SqlStaffStore, log: SqlAuditLog) -> None:
    await staff.grant(member(ADA, Role.OWNER), by="operator", at=AT)
    for change in (
        staff.revoke(ADA, None, by="operator", at=AT),
        staff.grant(member(ADA, Role.EDITOR), by="operator", at=AT),
    ):
        with pytest.raises(CoursebotError, match="role-last-owner"):
            await change
    assert (await staff.of(ADA)).may(Role.OWNER)
    assert len(await log.recent()) == 1


async def test_of_several_who_claim_one_is_the_owner(staff: SqlStaffStore) -> None:
    claims = [staff.claim(member(who, Role.OWNER), at=AT) for who in (ADA, BO, CY)]
    assert sorted(await asyncio.gather(*claims)) == [False, False, True]
    assert [each.role for each in await staff.all()] == [Role.OWNER]


async def test_the_log_is_read_by_subject_person_and_course(staff: SqlStaffStore, log: SqlAuditLog) -> None:
    await staff.grant(member(ADA, Role.OWNER), by="operator", at=AT)
    await staff.grant(member(BO, Role.EDITOR, "k8s"), by="telegram:1", at=AT + timedelta(hours=1))
    await staff.revoke(BO, "k8s", by="telegram:1", at=AT + timedelta(hours=2))
    last, second, first = await log.recent()
    assert (first.by, first.subject, first.before) == ("operator", "telegram:1", None)
    assert (last.action, last.at, last.course) == (Action.REVOKE, AT + timedelta(hours=2), "k8s")
    assert await log.recent(subjects=["telegram:2"]) == [last, second]
    assert await log.recent(by="operator") == [first]
    assert await log.recent(courses=frozenset({"k8s"}), limit=1) == [last]
    assert await log.recent(courses=frozenset()) == []
    assert await log.change(second.id) == second
    assert await log.change(10_000) is None
