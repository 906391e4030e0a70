"""What the core needs from the outside, as Protocols as small as they can be.

One SQL implementation stands behind the stores; the type checker proves it in `config/wiring.py`.
Every time is an aware `datetime` handed in by the caller; no store reads a clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import Attachment, Chat, Incoming, Person, Platform
from bot.replies import Reply
from bot.roles import OPERATOR
from knowledge.entry import Entry
from knowledge.model import Course, Seed
from knowledge.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    """A stored course in numbers.

    Attributes:
        slug: the course's short name.
        title: the course's title.
        author: the teacher's name, or empty.
        language: BCP 47 tag.
        introduction: the course's own introduction, or empty.
        lessons: number of lessons that are not retired.
        passages: number of passages in them.
        comments: number of comments in them.
        answered: how many of the comments have an answer text (the author's or an admin's).
        answered_elsewhere: how many are known to be answered while the text is missing.
        seeds: number of active seeded answers.
    """

    slug: str
    title: str
    author: str
    language: str
    introduction: str
    lessons: int
    passages: int
    comments: int
    answered: int
    answered_elsewhere: int
    seeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonSummary:
    """A stored lesson in numbers; fields as in `knowledge.model.Lesson`."""

    course: str
    slug: str
    title: str
    position: int
    number: int | None
    url: str | None
    passages: int
    comments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCourse:
    """What saving a course changed.

    Attributes:
        lessons_added: lessons that were not stored before.
        lessons_updated: lessons whose content, title, place or link differed.
        lessons_retired: lessons that vanished from a complete course.
        entries_changed: comments and passages added, updated or retired.
    """

    lessons_added: int = 0
    lessons_updated: int = 0
    lessons_retired: int = 0
    entries_changed: int = 0

    @property
    def changed(self) -> int:
        """Number of lessons that differ from what was stored."""
        return self.lessons_added + self.lessons_updated + self.lessons_retired


class CourseStore(Protocol):
    """Courses with their lessons, passages and comments."""

    async def save(self, course: Course, *, at: datetime, by: str = OPERATOR) -> SavedCourse:
        """Bring the stored course in step with `course`, in one transaction with its row in the audit log.

        Saving the same course again changes nothing. What is still there keeps its identity (a lesson by its
        slug, else by unchanged content under a new slug; a comment by author and text, else by author and
        day; a passage by its text); what vanished is retired, never deleted, and comes back under its old
        identity. Lessons missing from a course that is not `complete` are left alone, and new ones are
        placed after what is there.
        """
        ...

    async def summaries(self) -> list[CourseSummary]:
        """All courses, by slug."""
        ...

    async def lessons(self, course: str) -> list[LessonSummary]:
        """The lessons of a course that are not retired, in reading order; empty for an unknown course."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSeeds:
    """What saving seeds did, each as the position (from 0) in the sequence that was given.

    Attributes:
        added: became a new answer.
        updated: changed an answer that was there (same course, lesson and question).
        unchanged: were there already, to the letter.
        no_such_lesson: name a lesson that the course does not have; not saved.
        attached: of the saved ones, how many answer a comment by its exact text.
        refs: for each that was given, ref of the entry that shows it now; empty where it was not saved.
        changes: for each, the number of its change in the audit log; 0 where nothing changed.
    """

    added: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    no_such_lesson: tuple[int, ...] = ()
    attached: int = 0
    refs: tuple[str, ...] = field(default=(), compare=False)
    changes: tuple[int, ...] = field(default=(), compare=False)


class SeedStore(Protocol):
    """Answers that admins gave."""

    async def save(
        self, course: str, seeds: Sequence[Seed], *, at: datetime, by: str = OPERATOR
    ) -> SavedSeeds:
        """Add or update answers of one course in one transaction; saving the same again changes nothing.

        The audit log has each change with who made it: `by`, as `bot.roles.actor` says it.

        A seed whose question is a comment's exact text (white space aside) attaches to that comment: in the
        seed's lesson where it names one, else wherever in the course such a comment stands.

        Raises:
            CoursebotError: "course-unknown" when the course is not stored.
        """
        ...

    async def all(self, course: str | None = None) -> list[tuple[str, Seed]]:
        """Active seeds as (course slug, seed), in the order they were first saved."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChanges:
    """A bounded batch of what changed in a course.

    Attributes:
        upserts: entries as they are now.
        removed: refs of entries that are no more.
    """

    upserts: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()


class EntryFeed(Protocol):
    """How the index replica learns of changes: every write to a course raises its revision by one or more."""

    async def revisions(self) -> dict[str, int]:
        """The current revision of every course, by slug. Cheap enough to ask before each question."""
        ...

    async def sizes(self) -> dict[str, range]:
        """In which range the number of every course's entries is, each of their other wordings counted as well.

        Cheap enough to ask at each start.
        """
        ...

    def changes(self, course: str, *, since: int) -> AsyncIterator[EntryChanges]:
        """What changed in a course after revision `since` (0: everything that is live), in bounded batches.

        All batches are read from one snapshot of the database.
        """
        ...


class Answering(Protocol):
    """Finds what answers a question."""

    async def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        """What comes of a question, in these courses (slugs; None: all), with at most `limit` matches.

        Raises:
            CoursebotError: "question-empty" when nothing is asked; "course-unknown" for a course not stored.
        """
        ...

    async def entry(self, ref: str) -> Entry | None:
        """The entry of that ref, or None when it is no more."""
        ...


class Likeness(Protocol):
    """Tells whether questions are one in other words."""

    async def alike(
        self,
        question: str,
        others: Sequence[str],
        *,
        courses: tuple[str, ...] | None = None,
        least: float = ...,
    ) -> list[float]:
        """[others] how probable it is that each asks what `question` asks; 0 below `least`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What a reader chose.

    Attributes:
        language: BCP 47 tag of a catalog, or empty to follow the platform.
        course: slug of the course to look in, or empty for all.
    """

    language: str = ""
    course: str = ""


class PreferenceStore(Protocol):
    """Readers' own settings."""

    async def of(self, person: Person) -> Preference:
        """What the reader chose; an empty preference when nothing."""
        ...

    async def save(self, person: Person, preference: Preference) -> None:
        """Keep the reader's choice."""
        ...


Handler = Callable[[Incoming], Awaitable[list[Reply]]]
"""What an adapter is given: it hears one thing and answers with any number of replies."""


class ChatAdapter(Protocol):
    """A place where readers talk to the bot."""

    async def run(self, handle: Handler) -> None:
        """Carry messages to `handle` and replies back, until cancelled or (console) until the input ends."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that something was sent: the platform's id of the (last) message."""

    message_id: str


Arm = Callable[[], Awaitable[bool]]
"""Asked when the platform's rate allows a message to go, as the last thing before it does; False takes it back."""


class Messenger(Protocol):
    """Says something in a chat without having been asked, such as a digest."""

    @property
    def connected(self) -> bool:
        """Whether anything can be sent at the moment."""
        ...

    async def send(self, chat: Chat, reply: Reply, *, key: str = "", arm: Arm | None = None) -> Receipt:
        """Send a reply once the platform's rate allows; whoever asked something goes first.

        Nothing is tried again here when it may have been sent: what to do then is the caller's decision.

        Args:
            chat: where to.
            reply: what to say.
            key: the same for the same thing; a platform that can drops a second sending within some minutes.
            arm: asked once, before the first request that carries the message.

        Raises:
            NotArmedError: `arm` took it back.
            SendError: it was not sent, or that is not known (`bot/errors.py`).
        """
        ...

    async def find(self, chat: Chat, payloads: Collection[str]) -> Receipt | None:
        """The latest message of ours in that chat with a button that carries one of these payloads.

        None where there is none among the last ones, and where a platform has no history to look in.

        Raises:
            SendError: it could not be looked up.
        """
        ...


LARGEST_FILE = 20 << 20
"""Bytes of a file that is looked at, at most: what Telegram hands to bots
(https://core.telegram.org/bots/api#getfile), and the same everywhere."""


class Files(Protocol):
    """Where the files that readers send can be had; each adapter is one, for its own platform."""

    async def fetch(self, attachment: Attachment) -> bytes:
        """The content of a file, of which no more than `LARGEST_FILE` bytes are ever held.

        Raises:
            CoursebotError: "upload-too-big" for a file beyond that; "upload-gone" where it cannot be had (any more).
        """
        ...


class ChatMoves(Protocol):
    """Told when a platform gives a chat another id (a Telegram group that became a supergroup)."""

    async def moved(self, platform: Platform, old: str, new: str) -> None:
        """Carry over everything that is kept for chat `old` to `new`; nothing kept is no error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUpdate:
    """Something a platform delivered, kept until it is answered.

    Attributes:
        id: the platform's number for it.
        payload: what was delivered, to the letter.
        received_at: when it was first kept.
        starts: how many times it was begun again after a restart.
    """

    id: int
    payload: str
    received_at: datetime
    starts: int = 0


class Inbox(Protocol):
    """What was received and is not answered yet, so that a crash loses nothing and answers nothing twice.

    `account` is the platform and the bot's own id there, such as `telegram:42`.
    """

    async def keep(
        self, account: str, updates: Sequence[tuple[int, str]], *, at: datetime
    ) -> list[KeptUpdate]:
        """Keep (number, payload) pairs, in one transaction; those of them that are not done, in order.

        What was kept before is not kept twice, nor given back once it is done.
        """
        ...

    async def waiting(self, account: str) -> list[KeptUpdate]:
        """What is not done, in the order it came."""
        ...

    async def begun(self, account: str, number: int) -> None:
        """Count that it is begun again: one that is begun many times may be what ends the process."""
        ...

    async def done(self, account: str, number: int) -> None:
        """Mark as answered and forget the payload."""
        ...

    async def sent(
        self, account: str, chat: str, question: str, messages: Sequence[str], *, at: datetime
    ) -> None:
        """Remember which messages make up the answer to a question so far, in order (all, not only new ones)."""
        ...

    async def answer(self, account: str, chat: str, question: str) -> tuple[str, ...]:
        """The messages that make up the answer to a question, in order; empty when none is known."""
        ...

    async def prune(self, *, before: datetime) -> None:
        """Forget what was done, and the messages sent, before that time."""
        ...
