"""What was just said in groups, for some minutes and in this process only: which question a message replied to.

Telegram hands out one message that another replies to, and not what that one replied to. Without this, what an
admin answered a reader in the group could not be kept with its question. Nothing of it is written anywhere.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Chat, Message, Person, Quoted

LIFETIME = timedelta(minutes=30)
CAPACITY = 2_000
"""Messages held at most."""
LONGEST = 4_000
"""Characters of each that are held."""

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Said:
    chat: Chat
    author: Person
    text: str
    replied: str
    at: datetime


class Recent:
    """Remembers what was said in groups."""

    def __init__(self) -> None:
        self._said: OrderedDict[_Key, _Said] = OrderedDict()

    def note(self, message: Message) -> None:
        """Remember a message of a group; what is said in private needs no remembering."""
        if message.chat.private or not message.id:
            return
        replied = message.quoted.text if message.quoted and not message.quoted.ours else ""
        said = _Said(message.chat, message.sender, message.text[:LONGEST], replied[:LONGEST], message.at)
        key = _key(message.chat, message.id)
        self._said[key] = said
        self._said.move_to_end(key)
        while self._said and (len(self._said) > CAPACITY or self._stale(message.at)):
            self._said.popitem(last=False)

    def replied(self, chat: Chat, message: str, *, at: datetime) -> str:
        """The words that a message of that id replied to, or empty."""
        said = self._fresh(chat, message, at)
        return said.replied if said else ""

    def quoted(self, chat: Chat, message: str, *, at: datetime) -> Quoted | None:
        """A message of that id, as one that is replied to; None when it is not remembered."""
        said = self._fresh(chat, message, at)
        return Quoted(text=said.text, author=said.author, replied=said.replied) if said else None

    def place(self, chat: Chat, message: str, *, at: datetime) -> Chat:
        """Where in the chat a message of that id stands: its topic, where it is remembered."""
        said = self._fresh(chat, message, at)
        return said.chat if said else chat

    def forget(self, person: Person) -> None:
        """Drop what a person said."""
        who = (person.platform, person.id)
        for key in [
            each for each, said in self._said.items() if (said.author.platform, said.author.id) == who
        ]:
            del self._said[key]

    def _fresh(self, chat: Chat, message: str, at: datetime) -> _Said | None:
        said = self._said.get(_key(chat, message)) if message else None
        return said if said and at - said.at <= LIFETIME else None

    def _stale(self, at: datetime) -> bool:
        return at - next(iter(self._said.values())).at > LIFETIME


def _key(chat: Chat, message: str) -> _Key:
    return (chat.platform.value, chat.id, message)
