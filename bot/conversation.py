"""What was just talked about: the last questions and their outcomes, per person and chat, for a few minutes.

Enough for "more", "why" and "that second one", and small enough to lose: it lives in this process only. A button
that outlives it finds its question in the question log (`bot/turns.py`).
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.messages import Chat, Person
from knowledge.outcome import Match, Outcome, matches

_Speaker = tuple[str, str, str, str]
_Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and what came of it.

    Attributes:
        id: short random name, as in button payloads and in the question log.
        asker: the platform's id of who asked; empty when it was somebody else than who looks it up.
        question: the question's words.
        topic: what it was about, in key words, those of the questions it leans on included.
        alone: whether it can be understood without the question before it.
        course: slug of the one course looked in, or empty.
        outcome: what was found.
        language: the language it was answered in.
        at: when it was asked.
        shown: ref of the entry that is on the reader's screen, or empty.
        offered: refs that the reader may choose from by number, in the order shown.
    """

    id: str
    asker: str
    question: str
    topic: tuple[str, ...] = ()
    alone: bool = True
    course: str = ""
    outcome: Outcome
    language: str
    at: datetime
    shown: str = ""
    offered: tuple[str, ...] = ()

    def match(self, ref: str) -> Match | None:
        """The match of that entry, if it is one of the outcome's."""
        return next((each for each in matches(self.outcome) if each.entry.ref == ref), None)


@dataclass(frozen=True, slots=True)
class _Kept:
    turn: Turn
    place: _Place
    speaker: _Speaker


def short_id() -> str:
    """A new name for a turn: 48 random bits in 8 characters."""
    return secrets.token_urlsafe(6)


class Conversations:
    """Remembers turns for `lifetime` since they were asked, `each` per person and chat, `capacity` in all.

    Times are handed in; a person who floods pushes out only turns of their own until the whole is full.
    """

    def __init__(
        self,
        *,
        lifetime: timedelta = timedelta(minutes=30),
        capacity: int = 2000,
        each: int = 5,
    ) -> None:
        self._lifetime = lifetime
        self._capacity = capacity
        self._each = each
        self._turns: OrderedDict[str, _Kept] = OrderedDict()
        self._latest: dict[_Speaker, tuple[str, ...]] = {}

    def __len__(self) -> int:
        """Number of turns held, fresh or not."""
        return len(self._turns)

    def remember(self, turn: Turn, chat: Chat, person: Person) -> None:
        """Keep a new turn, dropping what is too old or too much."""
        speaker = (*_place(chat), person.id)
        self._turns[turn.id] = _Kept(turn, _place(chat), speaker)
        mine = (*self._latest.get(speaker, ()), turn.id)
        self._latest[speaker] = mine
        for old in mine[: -self._each]:
            self._drop(old)
        while len(self._turns) > self._capacity or self._oldest_is_stale(turn.at):
            self._drop(next(iter(self._turns)))

    def turn(self, id: str, chat: Chat, *, at: datetime) -> Turn | None:  # noqa: A002 - it is the id
        """The turn of that id if it is fresh and belongs to that chat (whoever in it presses the button)."""
        kept = self._turns.get(id)
        if kept is None or kept.place != _place(chat) or self._stale(kept.turn, at):
            return None
        return kept.turn

    def last(self, chat: Chat, person: Person, *, at: datetime) -> Turn | None:
        """The last fresh turn of that person in that chat."""
        mine = self._latest.get((*_place(chat), person.id))
        return self.turn(mine[-1], chat, at=at) if mine else None

    def update(self, turn: Turn, *, shown: str = "", offered: tuple[str, ...] | None = None) -> None:
        """Note what is on the screen now; a turn that is gone meanwhile stays gone."""
        kept = self._turns.get(turn.id)
        if kept is None:
            return
        changed = replace(
            kept.turn,
            shown=shown or kept.turn.shown,
            offered=kept.turn.offered if offered is None else offered,
        )
        self._turns[turn.id] = replace(kept, turn=changed)

    def forget(self, person: Person) -> None:
        """Drop what a person said, wherever that was."""
        said = [each.turn.id for each in self._turns.values() if _is(each.speaker, person)]
        for turn_id in said:
            self._drop(turn_id)

    def _oldest_is_stale(self, at: datetime) -> bool:
        oldest = next(iter(self._turns.values()), None)
        return oldest is not None and self._stale(oldest.turn, at)

    def _stale(self, turn: Turn, at: datetime) -> bool:
        return at - turn.at > self._lifetime

    def _drop(self, turn_id: str) -> None:
        kept = self._turns.pop(turn_id)
        left = tuple(each for each in self._latest[kept.speaker] if each != turn_id)
        if left:
            self._latest[kept.speaker] = left
        else:
            del self._latest[kept.speaker]


def _is(speaker: _Speaker, person: Person) -> bool:
    return (speaker[0], speaker[-1]) == (person.platform.value, person.id)


def _place(chat: Chat) -> _Place:
    return (chat.platform.value, chat.id, chat.thread)
