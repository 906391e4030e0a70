"""What was received and is not answered yet, as a value and a port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUpdate:
    """Something a platform delivered, kept until it is answered.

    Attributes:
        id: the platform's number for it.
        payload: what was delivered, to the letter.
        received_at: when it was first kept.
        starts: how many times it was begun again after a restart.
    """

    id: int
    payload: str
    received_at: datetime
    starts: int = 0


class Inbox(Protocol):
    """What was received and is not answered yet, so that a crash loses nothing and answers nothing twice.

    `account` is the platform and the bot's own id there, such as `telegram:42`.
    """

    async def keep(
        self, account: str, updates: Sequence[tuple[int, str]], *, at: datetime
    ) -> list[KeptUpdate]:
        """Keep (number, payload) pairs, in one transaction; those of them that are not done, in order.

        What was kept before is not kept twice, nor given back once it is done.
        """
        ...

    async def waiting(self, account: str) -> list[KeptUpdate]:
        """What is not done, in the order it came."""
        ...

    async def begun(self, account: str, number: int) -> None:
        """Count that it is begun again: one that is begun many times may be what ends the process."""
        ...

    async def done(self, account: str, number: int) -> None:
        """Mark as answered and forget the payload."""
        ...

    async def sent(
        self, account: str, chat: str, question: str, messages: Sequence[str], *, at: datetime
    ) -> None:
        """Remember which messages make up the answer to a question so far, in order (all, not only new ones)."""
        ...

    async def answer(self, account: str, chat: str, question: str) -> tuple[str, ...]:
        """The messages that make up the answer to a question, in order; empty when none is known."""
        ...

    async def prune(self, *, before: datetime) -> None:
        """Forget what was done, and the messages sent, before that time."""
        ...
