"""What is heard and what is said, in words of our own that every platform can be translated to and from.

Replies are typed spans, not markup: each adapter escapes text for its own platform, so nothing a reader or an
author wrote can become markup, a mention or a link.

`Quote` and `Code` of several lines are blocks: the core puts line breaks around them in the neighbouring
spans, so an adapter may set them apart but needs to add no break of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    """Where a message comes from."""

    CONSOLE = "console"
    TELEGRAM = "telegram"
    DISCORD = "discord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Where a conversation takes place.

    Attributes:
        platform: the chat platform.
        id: the platform's id of the chat or channel.
        thread: the platform's id of the topic or thread within it, or empty.
        private: True when only the reader and the bot are there.
    """

    platform: Platform
    id: str
    thread: str = ""
    private: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who speaks. Roles go by `platform` and `id`, never by `name`.

    Attributes:
        platform: the chat platform.
        id: the platform's id of the person.
        name: as the platform shows it; for display only.
        language: BCP 47 tag that the platform reports, or empty.
    """

    platform: Platform
    id: str
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something typed to the bot."""

    chat: Chat
    sender: Person
    id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command such as `/lessons containers`: `name` without the slash, `arguments` as typed after it."""

    chat: Chat
    sender: Person
    id: str
    name: str
    arguments: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPress:
    """A button under one of the bot's replies; `payload` is what that button carried (`bot/payloads.py`)."""

    chat: Chat
    sender: Person
    message_id: str
    payload: str
    at: datetime


Incoming = Message | Command | ButtonPress


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Emphasised text."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that somebody wrote, set apart as a block."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code or a command, in a fixed-width face; a block when it has several lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link with a label of ours; `url` comes from the course's own settings only."""

    text: str
    url: str


Span = Text | Bold | Quote | Code | Link


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label and a payload of at most 64 bytes that says what pressing it means."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Something the bot says.

    Attributes:
        spans: the text.
        buttons: rows of buttons under it.
        private: only for the person who asked, where the platform can do that.
        replaces: True to replace the message whose button was pressed instead of adding one.
    """

    spans: tuple[Span, ...]
    buttons: tuple[tuple[Button, ...], ...] = field(default=())
    private: bool = False
    replaces: bool = False

    @property
    def text(self) -> str:
        """The words alone, without emphasis or addresses."""
        return "".join(span.text for span in self.spans)
