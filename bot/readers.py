"""What is kept of readers and their chats: settings, questions, votes and requests, as values and ports.

A person is kept as a keyed hash (`Pseudonyms` in the SQL stores), never by name; only a request keeps the
platform's ids, for somebody has to be told the answer. Every time is handed in, as in `bot/ports.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.messages import Chat, Person, Platform
from bot.ports import PreferenceStore

HOURLY = 6
"""Unasked answers an hour in a chat, unless its managers set another number."""

QUESTIONS_KEPT = timedelta(days=180)
"""How long questions stay in the log; `/privacy` says so to readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSetting:
    """What the managers of a group or channel chose for it.

    Attributes:
        course: slug of the course that is looked in, or empty for all.
        unasked: whether questions that were not put to the bot are answered too.
        hourly: how many of these an hour at most.
    """

    course: str = ""
    unasked: bool = False
    hourly: int = HOURLY


class ChatStore(Protocol):
    """Settings of groups, channels and their topics."""

    async def of(self, chat: Chat) -> ChatSetting:
        """The setting of the topic, else of the whole chat, else the default."""
        ...

    async def save(self, chat: Chat, setting: ChatSetting) -> None:
        """Keep a topic's setting, or with an empty `thread` the chat's."""
        ...

    async def moved(self, platform: Platform, old: str, new: str) -> None:
        """Carry over what is kept for chat `old` to `new`; what `new` already has stays."""
        ...


class Ending(StrEnum):
    """How a question ended."""

    FOUND = "found"
    UNSURE = "unsure"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One match of a question, as it is kept: fields as in `knowledge.outcome.Match` and `Why`."""

    ref: str
    score: float
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question that was asked, and what came of it.

    Attributes:
        id: short random name, as in button payloads.
        text: the question's words as they were searched for.
        language: of the answer, one of `bot.catalog.LANGUAGES`.
        course: slug of the one course looked in, or empty.
        ending: how it ended.
        findings: the best matches, best first, a handful.
        at: when it was asked.
        alone: whether it can be understood without the question before it.
        unasked: whether the bot answered without having been asked.
        mine: whether whoever looks it up asked it; not kept.
    """

    id: str
    text: str
    language: str
    course: str = ""
    ending: Ending
    findings: tuple[Finding, ...] = ()
    at: datetime
    alone: bool = True
    unasked: bool = False
    mine: bool = True


class QuestionLog(Protocol):
    """Questions that were asked."""

    async def add(self, question: AskedQuestion, *, chat: Chat, asker: Person, message: str = "") -> None:
        """Keep a question; a new wording of the same message (its id in the chat) replaces the old one."""
        ...

    async def recall(self, id: str, *, chat: Chat, person: Person) -> AskedQuestion | None:  # noqa: A002
        """The question of that id, if it was asked in that chat; `mine` is for that person."""
        ...

    async def asked_as(self, message: str, *, chat: Chat) -> AskedQuestion | None:
        """The question that a message of that id in that chat asked; `mine` says nothing here."""
        ...

    async def unasked_since(self, since: datetime, *, chat: Chat) -> int:
        """How many questions in that chat were answered unasked after that time."""
        ...

    async def last_answer(self, chat: Chat) -> str:
        """Ref of the last answer that was found in that chat, or empty."""
        ...

    async def purge(self, *, before: datetime) -> int:
        """Forget the questions asked before that time; how many they were."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much is kept of a person."""

    preferences: int = 0
    questions: int = 0
    votes: int = 0
    requests: int = 0

    @property
    def total(self) -> int:
        """All together."""
        return self.preferences + self.questions + self.votes + self.requests


class PersonalData(Protocol):
    """A person's right to know and to erase."""

    async def of(self, person: Person) -> Holdings:
        """How much is kept of that person."""
        ...

    async def erase(self, person: Person) -> Holdings:
        """Erase preferences, votes and requests and make the questions anonymous; what there was."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderStores:
    """All that is kept of readers and their chats."""

    preferences: PreferenceStore
    chats: ChatStore
    questions: QuestionLog
    votes: VoteStore
    requests: RequestStore
    personal: PersonalData
