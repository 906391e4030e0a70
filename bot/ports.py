"""What the core needs from the outside, as Protocols as small as they can be.

One SQL implementation stands behind the stores; the type checker proves it in `config/stores.py`.
Every time is an aware `datetime` handed in by the caller; no store reads a clock.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.messages import Attachment, Chat, Incoming, Person, Platform
from bot.replies import Reply
from knowledge.entry import Entry
from knowledge.outcome import Outcome


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
