"""What the team changed: who, when, what, before and after; kept for good, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Action(StrEnum):
    """What was done; the value is what the log has."""

    ADD = "add"
    EDIT = "edit"
    DELETE = "delete"
    MERGE = "merge"
    PIN = "pin"
    UNPIN = "unpin"
    BAR = "bar"
    UNBAR = "unbar"
    GRANT = "grant"
    REVOKE = "revoke"
    IMPORT = "import"
    """A course, or a part of it, was brought in step with its files; `after` counts what that changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change.

    Attributes:
        id: its number; later ones have higher ones.
        at: when.
        by: who, as `bot.team.roles.actor` says it.
        action: what was done.
        subject: to what: an entry's ref, a person as `telegram:42`, or a question.
        course: slug of the course, or empty where it is about none or all.
        before: the fields that differ, as they were; None where there was nothing.
        after: the same fields as they are now; None where there is nothing any more.
        undoes: number of the change that this one took back, or None.
        undone: whether another change took this one back.
    """

    id: int
    at: datetime
    by: str
    action: Action
    subject: str
    course: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    undoes: int | None = None
    undone: bool = False


class AuditLog(Protocol):
    """The changes that were made."""

    async def recent(
        self,
        *,
        subjects: Collection[str] = (),
        by: str = "",
        courses: frozenset[str] | None = None,
        limit: int = 20,
    ) -> list[Change]:
        """The last changes, newest first: of these subjects, by that person, in these courses (None: wherever)."""
        ...

    async def change(self, number: int) -> Change | None:
        """The change of that number."""
        ...
