"""People who say something to a core, and what it then asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core import Core
from bot.messages import (
    ButtonPress,
    Chat,
    Message,
    Person,
    Platform,
)
from knowledge.errors import CoursebotError
from knowledge.outcome import Outcome
from tests.bot.support import COURSE, SECOND_COURSE, Lookup, Shelf

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHAT = Chat(platform=Platform.DISCORD, id="1")


def reader(language: str = "", name: str = "7") -> Person:
    return Person(platform=Platform.DISCORD, id=name, language=language)


def said(text: str, language: str = "") -> Message:
    return Message(chat=CHAT, sender=reader(language), id="1", text=text, at=NOW)


def pressed(payload: str) -> ButtonPress:
    return ButtonPress(chat=CHAT, sender=reader(), message_id="1", payload=payload, at=NOW)


def core(answering: Lookup | None = None) -> Core:
    return Core(answering=answering or Lookup(), courses=Shelf(COURSE, SECOND_COURSE))


GROUP = Chat(platform=Platform.TELEGRAM, id="-1", private=False)


class Locked(Lookup):
    async def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        raise CoursebotError("database-locked")


def overheard(text: str, number: int = 0) -> Message:
    at = NOW + timedelta(seconds=number)
    return Message(chat=GROUP, sender=reader(), id=str(number), text=text, at=at, addressed=False)
