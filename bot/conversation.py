"""What was just talked about: the last questions and their outcomes, per person and chat, for a few minutes.

Enough for "more", "why" and "the second one", and small enough to lose: it lives in this process only, and
a button that outlives it still works where its payload names the entry itself.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
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
        id: short random name, as in button payloads.
        outcome: what was found.
        language: the language it was answered in.
        at: when it was asked.
        shown: ref of the entry that is on the reader's screen, or empty.
        offered: refs that the reader may choose from by number, in the order shown.
    """

    id: str
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


def _short_id() -> str:
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
        new_id: Callable[[], str] = _short_id,
    ) -> None:
        self._lifetime = lifetime
        self._capacity = capacity
        self._each = each
        self._new_id = new_id
        self._turns: OrderedDict[str, _Kept] = OrderedDict()
        self._latest: dict[_Speaker, tuple[str, ...]] = {}

    def __len__(self) -> int:
        """Number of turns held, fresh or not."""
        return len(self._turns)

    def remember(self, chat: Chat, person: Person, outcome: Outcome, *, language: str, at: datetime) -> Turn:
        """Keep a new turn, dropping what is too old or too much."""
        turn = Turn(id=self._new_id(), outcome=outcome, language=language, at=at)
        speaker = (*_place(chat), person.id)
        self._turns[turn.id] = _Kept(turn, _place(chat), speaker)
        mine = (*self._latest.get(speaker, ()), turn.id)
        self._latest[speaker] = mine
        for old in mine[: -self._each]:
            self._drop(old)
        while len(self._turns) > self._capacity or self._stale(next(iter(self._turns.values())).turn, at):
            self._drop(next(iter(self._turns)))
        return turn

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

    def _stale(self, turn: Turn, at: datetime) -> bool:
        return at - turn.at > self._lifetime

    def _drop(self, turn_id: str) -> None:
        kept = self._turns.pop(turn_id)
        left = tuple(each for each in self._latest[kept.speaker] if each != turn_id)
        if left:
            self._latest[kept.speaker] = left
        else:
            del self._latest[kept.speaker]


def _place(chat: Chat) -> _Place:
    return (chat.platform.value, chat.id, chat.thread)
