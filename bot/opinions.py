"""What readers think of answers, and what they want the teacher to answer, as values and ports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Chat, Person


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
    """

    changed: bool
    learned: bool = False
    suspended: bool = False


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question that a person wants the teacher to answer.

    Attributes:
        question: its text.
        course: slug of the course it is about, or empty where unknown.
        language: to tell the answer in.
        chat: where to tell it.
        person: whom to tell.
        at: when it was asked for.
    """

    question: str
    course: str = ""
    language: str
    chat: Chat
    person: Person
    at: datetime


class RequestStore(Protocol):
    """What the teacher was asked to answer: one request a person and question."""

    async def add(self, request: Request) -> bool:
        """Keep a request; False when that person's request for that question is there already."""
        ...

    async def waiting(self, *, limit: int = 50) -> list[Request]:
        """What waits for an answer, the oldest first. The persons have no names."""
        ...
