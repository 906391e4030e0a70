"""Forms that are being filled in a chat, one field after the other, and where they wait meanwhile.

A platform with modals shows a form at once and needs none of this, as long as it is asked for by a button or a
command: it then opens the modal as its first answer (`may_ask`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.buttons import payloads
from bot.commands import find
from bot.messages import ButtonPress, Chat, Command, Incoming, Person
from bot.replies import Field, Form

PATIENCE = timedelta(minutes=15)
"""How long a form waits for the next answer."""
KEPT = timedelta(days=1)
"""How long a form that waited in vain can be taken up again."""
SURE = "sure"
"""Name of the answer that says that the impact of a change was seen; no field is called so."""
REST = timedelta(seconds=3)
"""Within which the rest of a message that was too long follows it: Telegram's apps cut one at 4,096 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAsked:
    """A form in a chat.

    Attributes:
        form: what is asked.
        answers: what was typed so far, by field.
        messages: ids of the messages that gave these answers, by field.
        open: False once it was filled in.
        too_long_at: when an answer was last refused for its length, or None.
        expires_at: until when the next answer is waited for.
        told: whether the person was told that this is over.
        version: goes up with each change, so that of two answers at the same time one counts.
    """

    form: Form
    answers: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    open: bool = True
    too_long_at: datetime | None = None
    expires_at: datetime
    told: bool = False
    version: int = 0

    @property
    def current(self) -> Field | None:
        """The first field without an answer, or None."""
        return next((each for each in self.form.fields if each.name not in self.answers), None)

    def answered(self, name: str, text: str, message: str = "") -> FormAsked:
        """The same with an answer more."""
        messages = {**self.messages, name: message} if message else self.messages
        return replace(self, answers={**self.answers, name: text}, messages=messages)

    def given_by(self, message: str) -> str:
        """The field that a message answered, or empty."""
        return next((name for name, each in self.messages.items() if each == message), "") if message else ""


class FormStore(Protocol):
    """Forms that wait, one for each person in each chat."""

    async def of(self, person: Person, chat: Chat) -> FormAsked | None:
        """The form of that person there, open or not."""
        ...

    async def save(self, asked: FormAsked, *, person: Person, chat: Chat) -> FormAsked | None:
        """Keep a form in place of the one of the same version (0: of any); None when that has changed meanwhile.

        What is kept, and returned, has the next version.
        """
        ...

    async def drop(self, person: Person, chat: Chat) -> None:
        """Forget the form of that person there."""
        ...

    async def purge(self, *, before: datetime) -> int:
        """Forget the forms that expired before that time; how many they were."""
        ...


def may_ask(incoming: Incoming) -> bool:
    """Whether the answer may be a form: told by the kind alone, without a database."""
    match incoming:
        case ButtonPress(payload=text):
            payload = payloads.decode(text)
            if isinstance(payload, payloads.Run):
                spec = find(payload.command, incoming.chat.platform)
                return spec is not None and spec.asks
            return payloads.asks(payload)
        case Command(name=name):
            spec = find(name, incoming.chat.platform)
            return spec is not None and spec.asks
        case _:
            return False
