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
    """Something typed where the bot can read it.

    Attributes:
        chat: where.
        sender: by whom.
        id: the platform's id of the message.
        text: what, without the mention of the bot.
        at: when.
        addressed: whether it is meant for the bot (private chat, mention, reply to it); False when overheard.
        edited: whether it is a new wording of an earlier message with the same id, whose answer is replaced.
        reply_to: the platform's id of the message that it replies to, or empty.
    """

    chat: Chat
    sender: Person
    id: str
    text: str
    at: datetime
    addressed: bool = True
    edited: bool = False
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command such as `/lessons containers`.

    Attributes:
        chat: where.
        sender: by whom.
        id: the platform's id of the message or interaction.
        name: the command without the slash.
        arguments: what was typed after it; a deep link's payload after `start`.
        at: when.
        by_manager: whether the platform says that the sender may manage this chat; True in private.
        reply_to: the platform's id of the message that it replies to, or empty.
    """

    chat: Chat
    sender: Person
    id: str
    name: str
    arguments: str
    at: datetime
    by_manager: bool = False
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPress:
    """A button under one of the bot's replies; `payload` is what that button carried (`bot/payloads.py`)."""

    chat: Chat
    sender: Person
    message_id: str
    payload: str
    at: datetime
    by_manager: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineQuery:
    """A question typed to the bot from within another chat; answered by a list to choose from."""

    sender: Person
    id: str
    text: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineAnswer:
    """One choice offered for an inline query.

    Attributes:
        id: stable name of the choice, at most 64 bytes.
        title: what the reader sees of it in the list, plain text.
        description: a second line, plain text.
        reply: what is posted when it is chosen.
    """

    id: str
    title: str
    description: str
    reply: Reply
