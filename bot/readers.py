"""What is kept of readers and their chats: settings and questions; votes are in `opinions.py`, cases in `cases.py`.

A person is kept as a keyed hash (`Pseudonyms` in the SQL stores), never by name; only who waits for an
answer is kept with the platform's ids until it was told. Every time is handed in, as in `bot/ports.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.daily.digests import ExerciseStore
from bot.forms import FormStore
from bot.messages import Chat, Person, Platform
from bot.opinions import VoteStore
from bot.ports import PreferenceStore
from bot.team.cases import CaseIntake

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
    LESSONS = "lessons"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much is kept of a person; `requests` are questions that wait for an answer."""

    preferences: int = 0
    questions: int = 0
    votes: int = 0
    requests: int = 0
    exercises: int = 0
    subscriptions: int = 0

    @property
    def total(self) -> int:
        """All together."""
        return (
            self.preferences
            + self.questions
            + self.votes
            + self.requests
            + self.exercises
            + self.subscriptions
        )


class PersonalData(Protocol):
    """A person's right to know and to erase."""

    async def of(self, person: Person) -> Holdings:
        """How much is kept of that person."""
        ...

    async def erase(self, person: Person) -> Holdings:
        """Erase all that is kept of that person and make the questions anonymous; what there was."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderStores:
    """All that is kept of readers and their chats."""

    preferences: PreferenceStore
    chats: ChatStore
    questions: QuestionLog
    votes: VoteStore
    cases: CaseIntake
    personal: PersonalData
    forms: FormStore
    exercises: ExerciseStore
