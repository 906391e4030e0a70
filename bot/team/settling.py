"""What follows from the end of a case: its answer is saved, and everybody who waits is told once.

Each step can be taken again: saving the same answer changes nothing, and a notice is known by its key. So a case whose
settling was cut short, by a kill or a lost database, is settled by whoever comes next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Protocol

from bot.daily.deliveries import Notice, Outbox
from bot.team.cases import Case, CaseState, CaseStore, Waiter
from knowledge.model import Seed

ANSWERED = "case-answered"
"""The kind of a notice that tells a reader of an answer."""
_ALIASES, _ALIAS = 20, 200
"""Other wordings that an answer takes along, and characters of each, at most."""


class SavedAnswer(Protocol):
    """An answer that was saved."""

    @property
    def ref(self) -> str:
        """Ref of the entry that shows it."""
        ...


class Answers(Protocol):
    """Takes the team's answers into the courses."""

    async def add(self, course: str, seed: Seed, *, by: str, at: datetime) -> SavedAnswer:
        """Save an answer, in place of one to the same question."""
        ...

    async def alias(self, ref: str, wordings: Sequence[str], *, by: str, at: datetime) -> int:
        """Give an entry's question other wordings."""
        ...


class Settling:
    """Settles cases.

    Args:
        cases: the cases.
        answers: takes the team's answers.
        outbox: takes what readers are told.
    """

    def __init__(self, cases: CaseStore, answers: Answers, outbox: Outbox) -> None:
        self.cases = cases
        self._answers = answers
        self._outbox = outbox

    async def settle(self, number: int, *, at: datetime) -> int:
        """Do all that follows from the end of a case; how many readers are told now.

        Raises:
            CoursebotError: the answer cannot be saved; the case stays unsettled.
        """
        case = await self.cases.case(number)
        if case is None or case.settled or case.state is CaseState.OPEN:
            return 0
        if case.state is CaseState.ANSWERED:
            await self._answers.add(case.course, seed_of(case), by=case.by, at=at)
        elif case.state is CaseState.LINKED and case.entry[:1] != "p":
            # A passage has no question that could have other wordings.
            wordings = _wordings((case.question, *case.variants))
            if wordings:
                await self._answers.alias(case.entry, wordings, by=case.by, at=at)
        waiters = await self.cases.waiters(case.id)
        await self._outbox.notify(notices(case, waiters), at=at)
        await self.cases.settle(case.id, at=at)
        return len(waiters)

    async def notify(self, notice: Notice, *, at: datetime) -> None:
        """Tell somebody of the team something once."""
        await self._outbox.notify([notice], at=at)


def seed_of(case: Case) -> Seed:
    """A case's answer as it is saved; a comment's belongs to it by the comment's exact text."""
    return Seed(
        question=case.question,
        answer=case.answer,
        aliases=() if case.comment else _wordings(case.variants),
        lesson=case.lesson if case.comment else None,
    )


def notices(case: Case, waiters: Sequence[Waiter]) -> list[Notice]:
    """One for each reader in private, and one for each group with all the readers who asked there."""

    def place(waiter: Waiter) -> tuple[str, str, str]:
        return (waiter.chat.platform.value, waiter.chat.id, waiter.chat.thread)

    found: list[Notice] = []
    for _, together in groupby(sorted(waiters, key=lambda each: (place(each), each.id)), place):
        group = list(together)
        first = group[0]
        found.append(
            Notice(
                # Who waits is settled once the case is closed, so the same key is made each time.
                key=f"case:{case.id}:{first.id}",
                kind=ANSWERED,
                chat=first.chat,
                language=first.language,
                subject={"case": case.id, "readers": ",".join(str(each.id) for each in group)},
                person=first.person if first.chat.private else None,
            )
        )
    return found


def _wordings(texts: Sequence[str]) -> tuple[str, ...]:
    """What can become another wording: short enough, and with a letter or digit in it."""
    fit = [text.strip() for text in texts if len(text.strip()) <= _ALIAS and _has_words(text)]
    return tuple(dict.fromkeys(fit))[:_ALIASES]


def _has_words(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LN" for character in text)
