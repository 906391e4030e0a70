"""What is heard, in words of our own that every platform can be translated from; what is said is in `replies.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
class Quoted:
    """The message that another one replies to, as far as the platform hands it out.

    Attributes:
        text: its words.
        author: who wrote it, or None where the platform does not say (a channel, an anonymous manager).
        ours: whether the bot itself wrote it.
        payloads: what its buttons carry; only of messages of ours, so they say what the reply is about.
        replied: the words of the message that it replies to itself, where the platform hands them out.
    """

    text: str
    author: Person | None = None
    ours: bool = False
    payloads: tuple[str, ...] = ()
    replied: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that was sent along; `bot.ports.Files` fetches its content.

    Attributes:
        id: by which the platform knows the file.
        name: as the sender named it; never to be used as a path.
        size: in bytes, as the platform says.
    """

    id: str
    name: str
    size: int


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
        quoted: that message itself, or None where the platform does not hand it out.
        files: what was sent along.
    """

    chat: Chat
    sender: Person
    id: str
    text: str
    at: datetime
    addressed: bool = True
    edited: bool = False
    reply_to: str = ""
    quoted: Quoted | None = None
    files: tuple[Attachment, ...] = ()


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
        quoted: that message itself, or None where the platform does not hand it out.
    """

    chat: Chat
    sender: Person
    id: str
    name: str
    arguments: str
    at: datetime
    by_manager: bool = False
    reply_to: str = ""
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPress:
    """A button under one of the bot's replies; `payload` is what that button carried (`bot/buttons/payloads.py`)."""

    chat: Chat
    sender: Person
    message_id: str
    payload: str
    at: datetime
    by_manager: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that was filled in; `payload` is the form's, `fields` what was typed, by name."""

    chat: Chat
    sender: Person
    id: str
    payload: str
    fields: Mapping[str, str]
    at: datetime
    by_manager: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineQuery:
    """A question typed to the bot from within another chat; answered by a list to choose from."""

    sender: Person
    id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A sign that somebody put under a message; nothing is asked by it, so most of them are passed over.

    Attributes:
        chat: where.
        sender: by whom.
        id: the platform's id of the message.
        emoji: the sign.
        at: when.
        quoted: the message, where the platform hands it out.
    """

    chat: Chat
    sender: Person
    id: str
    emoji: str
    at: datetime
    quoted: Quoted | None = None


Incoming = Message | Command | ButtonPress | Submission | Reaction
