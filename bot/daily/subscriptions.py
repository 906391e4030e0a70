"""Who gets a course day by day: subscribers, and where each of them is in a course.

A *subscriber* is a chat: a reader's own, a group, a channel or a thread. An *enrolment* is one course of a subscriber,
with a place of its own in it. When a digest is due is a pure rule, `bot/daily/schedule.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.daily.deliveries import Delivery
from bot.daily.schedule import Due, Schedule
from bot.messages import Chat, Person


class SubscriberState(StrEnum):
    """Whether digests go to a subscriber."""

    ACTIVE = "active"
    PAUSED = "paused"
    """By the reader; until a day, or until they say so."""
    BLOCKED = "blocked"
    """The platform says that the chat does not take our messages; over as soon as somebody speaks there."""
    GONE = "gone"
    """Unsubscribed from everything."""


class EnrolmentState(StrEnum):
    """Whether a course is being read."""

    ACTIVE = "active"
    FINISHED = "finished"
    """Its last lesson was sent; goes on when the course grows."""
    LEFT = "left"
    """Unsubscribed; its place is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A course of a subscriber.

    Attributes:
        id: number in the database.
        course: slug.
        position: the next lesson is the first one, in reading order, whose `position` is not below this and that was
            not sent yet in this round.
        round: counts from 0; every move begins a new one, so that a lesson can be sent again when it is asked for.
        state: whether it goes on.
        started_at: when the course was subscribed to.
    """

    id: int
    course: str
    position: int
    round: int
    state: EnrolmentState
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A chat that gets digests.

    Attributes:
        id: number in the database.
        chat: where they go; on Discord a direct conversation is the id of its channel.
        language: of the digests, one of `bot.catalog.LANGUAGES`.
        schedule: when.
        state: whether.
        paused_until: the first local date that is not paused any more; None for no pause or one without an end.
        last_on: the last local date for which digests were planned, or None. None is planned for it or an earlier
            one again, whatever happens to the schedule: the next one is `schedule.next(now, after=last_on)`.
        next: what is due next; None while nothing is.
        enrolments: its courses, those that were left included, in the order they were begun.
    """

    id: int
    chat: Chat
    language: str
    schedule: Schedule
    state: SubscriberState
    paused_until: date | None
    last_on: date | None
    next: Due | None
    enrolments: tuple[Enrolment, ...]

    @property
    def reading(self) -> tuple[Enrolment, ...]:
        """The courses that were not left."""
        return tuple(each for each in self.enrolments if each.state is not EnrolmentState.LEFT)


class Reading(StrEnum):
    """What a reader said of a lesson."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRead:
    """A lesson that a reader is through with.

    Attributes:
        lesson: slug.
        reading: how.
        on: the subscriber's local date.
        at: when.
    """

    lesson: str
    reading: Reading
    on: date
    at: datetime


class SubscriptionStore(Protocol):
    """Subscribers and their courses. What is due next follows from the schedule (`Schedule.next`)."""

    async def of(self, chat: Chat) -> Subscriber | None:
        """The subscriber of that chat and thread, whatever its state."""
        ...

    async def get(self, subscriber: int) -> Subscriber | None:
        """The subscriber of that number."""
        ...

    async def delivery(self, number: int, *, chat: Chat) -> Delivery | None:
        """The delivery of that number, if it went to that chat; buttons carry numbers, and anybody can forge one."""
        ...

    async def subscribe(
        self,
        chat: Chat,
        *,
        person: Person,
        language: str,
        schedule: Schedule,
        at: datetime,
    ) -> Subscriber:
        """Make the chat a subscriber, or give the one there is another schedule; active in any case.

        `person` is kept as a hash only, so that what is theirs can be erased.
        """
        ...

    async def enrol(self, subscriber: int, course: str, *, at: datetime) -> Enrolment:
        """Begin a course, or go on with one that was left or finished, where it was.

        Raises:
            CoursebotError: "course-unknown" when the course is not stored.
        """
        ...

    async def leave(self, enrolment: int, *, at: datetime) -> None:
        """Leave a course; whoever leaves the last one is gone. What is not under way is not sent."""
        ...

    async def move(self, enrolment: int, position: int, *, at: datetime) -> None:
        """Go to another place; a digest that waits to be sent takes the lesson there, one under way stays."""
        ...

    async def pause(self, subscriber: int, *, until: date | None, at: datetime) -> None:
        """Send nothing for the local dates before `until` (None: until resumed)."""
        ...

    async def resume(self, subscriber: int, *, at: datetime) -> None:
        """End a pause or a block."""
        ...

    async def speak(self, chat: Chat, language: str) -> None:
        """Send in that language from now on, if the chat subscribes to anything."""
        ...

    async def returned(self, chat: Chat, *, at: datetime) -> bool:
        """Somebody spoke in the chat: a blocked subscriber is active again, and blocked notices are sent.

        Cheap where nothing is blocked; whether anything was.
        """
        ...

    async def take(self, enrolment: int, *, on: date, at: datetime) -> Delivery | None:
        """The digest of that local date, counted as sent: the one that waits, the one that was, else a new one.

        For showing it now in answer to its reader; it is not sent again. None when the course has no more lessons,
        or when the one there is was expired or is under way this moment.
        """
        ...

    async def due(self, *, at: datetime, limit: int = 100) -> list[Delivery]:
        """What would be planned at that time, the longest due first; nothing is, so its ids name nothing."""
        ...

    async def mark(self, delivery: int, reading: Reading, *, on: date, at: datetime) -> bool:
        """Note that the lesson of a digest was read or skipped; False when it was noted before.

        A second copy of a digest has the same number, so progress counts once.
        """
        ...

    async def read(self, enrolment: int) -> list[LessonRead]:
        """The lessons its reader is through with, the earliest first."""
        ...

    async def sent_on(self, subscriber: int) -> list[date]:
        """The local dates on which a lesson was sent, of any course, the earliest first."""
        ...
