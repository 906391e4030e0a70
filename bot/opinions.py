"""What readers think of answers, as values and a port."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Person


class Reason(StrEnum):
    """What a reader finds wrong with an answer; the value is what payloads carry."""

    OFF = "off"
    OUTDATED = "old"
    INCOMPLETE = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A reader's word on an entry as the answer to a question.

    Attributes:
        up: 👍, else 👎.
        reason: of a 👎, or None.
        question: the question's text.
        ref: the entry.
        alone: whether the question can be understood by itself; only then can it become an alias.
    """

    up: bool
    reason: Reason | None = None
    question: str
    ref: str
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """What a vote changed.

    Attributes:
        changed: False when that person had said the same before.
        learned: the question's wording has now become an alias of the entry.
        suspended: the alias was taken back now.
        rejected: two or more readers find the entry wrong for the question.
    """

    changed: bool
    learned: bool = False
    suspended: bool = False
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """An entry that two or more readers found wrong for a question, for admins to look at."""

    ref: str
    question: str
    down: int
    up: int
    reasons: tuple[Reason, ...] = ()
    suspended: bool = False


class VoteStore(Protocol):
    """Votes: one a person on an entry and a question, which can be changed.

    Two readers' 👍 make the question's wording an alias of the entry at once; two readers' 👎 suspend it.
    """

    async def cast(self, vote: Vote, *, person: Person, at: datetime) -> Counted:
        """Count a person's vote, in place of an earlier one, and follow the rule, in one transaction."""
        ...

    async def disputed(self, *, limit: int = 50) -> list[Disputed]:
        """What two or more readers found wrong, the newest first."""
        ...
