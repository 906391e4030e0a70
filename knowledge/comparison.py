"""What questions get now and would get otherwise, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from knowledge.errors import CoursebotError
from knowledge.outcome import Found, Lessons, NotFound, Outcome, matches

Ask = Callable[[], Outcome]


class Ending(IntEnum):
    """What somebody who asks is given, from nothing to an answer."""

    NOTHING = 0
    CHOICE = 1
    ANSWER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A question's outcome as it is and as it would be."""

    question: str
    before: Outcome
    after: Outcome

    @property
    def shift(self) -> tuple[Ending, Ending]:
        """How it ends now and then."""
        return ending(self.before), ending(self.after)

    @property
    def otherwise(self) -> bool:
        """Whether it has an answer both times, and not the same one to the letter."""
        answered = self.shift == (Ending.ANSWER, Ending.ANSWER)
        return answered and _shown(self.before) != _shown(self.after)


def ending(outcome: Outcome) -> Ending:
    """What an outcome gives."""
    match outcome:
        case Found() | Lessons():
            return Ending.ANSWER
        case NotFound():
            return Ending.NOTHING
        case _:
            return Ending.CHOICE


def compare(
    questions: Iterable[tuple[str, Ask, Ask]],
    *,
    within: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Comparison]:
    """Ask each question both ways, in order; one that holds nothing to search for is left out.

    Args:
        questions: each with how it is asked now and how it would be.
        within: seconds after which no more are asked; None for no limit.
        clock: seconds that only go up.
    """
    began = clock()
    compared: list[Comparison] = []
    for question, before, after in questions:
        if within is not None and clock() - began > within:
            break
        try:
            compared.append(Comparison(question=question, before=before(), after=after()))
        except CoursebotError:
            continue
    return compared


def _shown(outcome: Outcome) -> tuple[tuple[str, str, str | None], ...]:
    """What is shown first: who speaks and what they say. Lists of lessons are compared as a whole."""
    found = matches(outcome) if isinstance(outcome, Lessons) else matches(outcome)[:1]
    return tuple((each.entry.source, each.entry.text, each.entry.answer) for each in found)
