"""Who may do what: roles by the platform's id of a person, in all courses or in one.

Never by a name, which anybody can take; and never for whoever speaks in the name of a group or a channel, for that
does not say who it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Person, Platform

_SHARED_TELEGRAM = frozenset({"1087968824", "136817688", "777000"})
"""Stand-ins that Telegram gives for many senders: anonymous admins (@GroupAnonymousBot), posts in the name of a
channel (@Channel_Bot), and its own notices. https://core.telegram.org/bots/api#message (`from`, `sender_chat`)."""


class Role(StrEnum):
    """What somebody may do; each may what those after it may."""

    OWNER = "owner"
    """Everything, also giving and taking any role."""
    ADMIN = "admin"
    """Curating, and giving and taking the role of an editor."""
    EDITOR = "editor"
    """Curating: answering, changing answers."""

    def covers(self, other: Role) -> bool:
        """Whether this role may what the other may."""
        return _RANK[self] <= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A role that somebody has.

    Attributes:
        platform: the chat platform.
        id: the platform's id of the person.
        role: the role.
        course: slug of the only course it is for, or empty for all; an owner's is always empty.
        name: as the platform showed it when the role was given; for display only.
        since: when it was given, or None for one that is to be given.
    """

    platform: Platform
    id: str
    role: Role
    course: str = ""
    name: str = ""
    since: datetime | None = None

    @property
    def key(self) -> str:
        """The person as `telegram:42`."""
        return f"{self.platform.value}:{self.id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """All the roles of one person; none for a reader."""

    members: tuple[Member, ...] = ()

    def may(self, role: Role, course: str = "") -> bool:
        """Whether they may what `role` may, in that course (empty: in all of them)."""
        return any(each.role.covers(role) and each.course in {"", course} for each in self.members)

    def may_somewhere(self, role: Role) -> bool:
        """Whether they may what `role` may in any course at all."""
        return any(each.role.covers(role) for each in self.members)

    def courses(self, role: Role) -> frozenset[str] | None:
        """Slugs of the courses in which they may what `role` may; None for all."""
        held = {each.course for each in self.members if each.role.covers(role)}
        return None if "" in held else frozenset(held)


OPERATOR = "operator"
"""Whoever runs the program, in the audit log: at the command line, at the console, in the settings."""

OPERATORS = Standing((Member(platform=Platform.CONSOLE, id="operator", role=Role.OWNER),))
"""The standing of whoever sits at the terminal: they could as well write to the database."""


class StaffStore(Protocol):
    """Who has which role. Each change is in the audit log, in the same transaction."""

    async def of(self, person: Person) -> Standing:
        """The roles of a person, as they are now."""
        ...

    async def all(self) -> list[Member]:
        """All roles, owners first, then admins, then editors."""
        ...

    async def former(self) -> list[Person]:
        """Those who had a role once and have none now."""
        ...

    async def grant(self, member: Member, *, by: str, at: datetime) -> bool:
        """Give a role, in place of another one that the person has there; False when they have just that.

        Raises:
            CoursebotError: "role-last-owner" when it would make an editor of the last owner.
        """
        ...

    async def revoke(self, person: Person, course: str | None, *, by: str, at: datetime) -> list[Member]:
        """Take the role of a person in a course (empty: the one for all courses; None: every one); what they were.

        Raises:
            CoursebotError: "role-last-owner" when nobody would be left who can give roles.
        """
        ...

    async def claim(self, member: Member, *, at: datetime) -> bool:
        """Make somebody the first owner; False when there is one."""
        ...


def anonymous(person: Person) -> bool:
    """Whether this is not one person but whoever speaks in a group's or a channel's name."""
    if person.platform is not Platform.TELEGRAM:
        return False
    return person.id.startswith("-") or person.id in _SHARED_TELEGRAM


def actor(person: Person) -> str:
    """Whoever does something, as the audit log has it."""
    return OPERATOR if person.platform is Platform.CONSOLE else f"{person.platform.value}:{person.id}"


def parse_person(text: str) -> Person | None:
    """The person that `telegram:42` names; None for anything else, user names included."""
    platform, _, number = text.strip().casefold().partition(":")
    if platform not in {Platform.TELEGRAM.value, Platform.DISCORD.value}:
        return None
    if not (number.isascii() and number.isdecimal() and 1 <= len(number) <= 20) or number.startswith("0"):
        return None
    return Person(platform=Platform(platform), id=number)


def parse_people(text: str) -> list[Person]:
    """The people in a list such as `telegram:42,discord:99`."""
    parts = text.replace("，", ",").split(",")
    return [person for each in parts if (person := parse_person(each))]


class NoStaff:
    """A `StaffStore` with nobody in it, for a bot that only answers."""

    async def of(self, person: Person) -> Standing:
        """No roles."""
        return Standing()

    async def all(self) -> list[Member]:
        """Nobody."""
        return []

    async def former(self) -> list[Person]:
        """Nobody."""
        return []

    async def grant(self, member: Member, *, by: str, at: datetime) -> bool:
        """Nothing is given."""
        return False

    async def revoke(self, person: Person, course: str | None, *, by: str, at: datetime) -> list[Member]:
        """Nothing was there."""
        return []

    async def claim(self, member: Member, *, at: datetime) -> bool:
        """Nobody becomes an owner."""
        return False
