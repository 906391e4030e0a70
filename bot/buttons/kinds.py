"""How one kind of payload is written and read: a row for each in `payloads.py` and the modules it collects from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.team.roles import Role

REF = r"[a-z][0-9]{1,18}"
"""The ref of an entry."""
TURN = r"[A-Za-z0-9_-]{1,16}"
"""The id of a turn."""
KEY = r"[0-9a-f]{12}"
"""What `payloads.course_key` makes of a slug."""
NUMBER = r"[1-9][0-9]{0,17}"
"""The number of a row."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of payload.

    Attributes:
        letter: by which it is told from the others; one lower-case letter or two.
        type: its class.
        shape: regular expression (ASCII) of what follows "letter:", with a group for each part.
        write: what follows "letter:", for an instance.
        read: the instance, from the groups; one that matched nothing is empty.
        asks: whether pressing such a button may be answered by a form.
        role: what whoever presses such a button, or hands in such a form, must at least be somewhere; None for all.
    """

    letter: str
    type: type
    shape: str
    write: Callable[[Any], str]
    read: Callable[..., object]
    asks: bool = False
    role: Role | None = None
