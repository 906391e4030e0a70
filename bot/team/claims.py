"""The code by which the first owner makes themselves known, where the settings name none.

Printed once when the bot starts without an owner, good for one use in that process, and never logged.
"""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from enum import Enum, auto

from bot.messages import Person

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another."""
_LENGTH = 10
TRIES, TRIES_IN_ALL = 5, 50
"""How often one person, and how often everybody together, may be wrong: 50 of 31^10 codes."""


class Claim(Enum):
    """What comes of a code that was given."""

    RIGHT = auto()
    WRONG = auto()
    OVER = auto()
    """There is no code, or too many were wrong."""


class Claims:
    """Keeps the code and counts wrong ones; without `offer` there is none."""

    def __init__(self) -> None:
        self._code = ""
        self._wrong: Counter[tuple[str, str]] = Counter()

    def offer(self) -> str:
        """Make a code, in place of an earlier one."""
        self._code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        self._wrong.clear()
        return self._code

    def withdraw(self) -> None:
        """No code is good any more."""
        self._code = ""

    def check(self, code: str, person: Person) -> Claim:
        """Whether the code is right; takes as long wherever it is wrong."""
        who = (person.platform.value, person.id)
        if not self._code or self._wrong[who] >= TRIES or self._wrong.total() >= TRIES_IN_ALL:
            return Claim.OVER
        given = code.strip().upper().encode("utf-8", "replace")
        if hmac.compare_digest(given, self._code.encode()):
            return Claim.RIGHT
        self._wrong[who] += 1
        return Claim.WRONG
