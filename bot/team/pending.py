"""Files that were tried and wait for somebody to say whether to import them; they survive a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.messages import Person

KEPT = timedelta(hours=24)
"""How long a file waits."""


class What(StrEnum):
    """What a file holds."""

    ANSWERS = "answers"
    COURSE = "course"
    """A whole course, or one lesson of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A file that waits.

    Attributes:
        id: short random name, as in button payloads.
        what: what it holds.
        name: as it was sent.
        content: its bytes.
        course: slug of the course that it is for, or empty where each row says.
        default: slug of the course for rows that do not say, or empty.
        expires_at: until when it waits.
        mine: whether whoever looks it up sent it; not kept.
    """

    id: str
    what: What
    name: str
    content: bytes = field(repr=False)
    course: str = ""
    default: str = ""
    expires_at: datetime
    mine: bool = True


class PendingStore(Protocol):
    """Files that wait."""

    async def keep(self, pending: Pending, *, person: Person, at: datetime) -> None:
        """Keep a file; what expired before `at` is forgotten."""
        ...

    async def of(self, id: str, *, person: Person, at: datetime) -> Pending | None:  # noqa: A002
        """The file of that id unless it expired; `mine` is for that person."""
        ...

    async def drop(self, id: str) -> None:  # noqa: A002
        """Forget a file."""
        ...
