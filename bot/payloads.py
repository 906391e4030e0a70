"""What a button carries: a letter for what it does and short ids, at most 64 bytes (Telegram's limit).

Never a reader's or an author's words: a payload is seen by the platform and comes back from anybody who can
forge one, so `decode` is total and takes only what `encode` could have made. A *turn* is one question and
its outcome, kept in the question log; a payload that shows an entry carries its ref too, so that it still works
when the log has been cleared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

from bot.opinions import Reason

LIMIT = 64
"""Bytes of a payload at most."""


@dataclass(frozen=True, slots=True)
class More:
    """Show the whole of entry `ref`."""

    ref: str
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Show entry `ref`, one of several that were offered."""

    ref: str
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Say why entry `ref` was taken in `turn`."""

    ref: str
    turn: str


@dataclass(frozen=True, slots=True)
class Others:
    """Offer the other matches of `turn`."""

    turn: str


@dataclass(frozen=True, slots=True)
class Language:
    """Speak this language from now on; empty to follow the platform again."""

    tag: str


@dataclass(frozen=True, slots=True)
class PickCourse:
    """Look only in the course with this key from now on; empty for all courses."""

    course: str


@dataclass(frozen=True, slots=True)
class Lessons:
    """Show a page (from 1) of the lessons of the course with this key."""

    course: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """Run a command that was suggested for a mistyped one."""

    command: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Say whether entry `ref` answers the question of `turn`; `reason` is what is wrong with it."""

    ref: str
    turn: str
    up: bool
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class AskTeacher:
    """Pass the question of `turn` on to the teacher."""

    turn: str


@dataclass(frozen=True, slots=True)
class Unasked:
    """Answer at most `hourly` questions an hour in this chat that were not put to the bot; 0 for none."""

    hourly: int


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase what is kept of whoever presses it; asked once more unless `sure`."""

    sure: bool


Payload = (
    More | Choose | Why | Others | Language | PickCourse | Lessons | Run | Rate | AskTeacher | Unasked | Erase
)

_REF = r"[a-z][0-9]{1,18}"
_TURN = r"[A-Za-z0-9_-]{1,16}"
_KEY = r"[0-9a-f]{12}"
_REASONS = {each.value: each for each in Reason}
_SHAPES: dict[str, re.Pattern[str]] = {
    letter: re.compile(shape, re.ASCII)
    for letter, shape in {
        "m": rf"({_REF}):({_TURN})?",
        "c": rf"({_REF}):({_TURN})?",
        "w": rf"({_REF}):({_TURN})",
        "o": rf"({_TURN})",
        "l": r"([A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)?",
        "k": rf"({_KEY})?",
        "p": rf"({_KEY}):([1-9][0-9]{{0,3}})",
        "x": r"([a-z]{1,32})",
        "v": rf"({_REF}):({_TURN}):(up|down|{'|'.join(_REASONS)})",
        "t": rf"({_TURN})",
        "u": r"(0|[1-9][0-9]?)",
        "e": r"([01])",
    }.items()
}


def course_key(slug: str) -> str:
    """A short key for a course's slug, which may be long and in Chinese: 12 hexadecimal digits."""
    return blake2b(slug.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def encode(payload: Payload) -> str:
    """The payload as a button carries it.

    Raises:
        ValueError: an id has not the shape of an id, so nobody's words can slip in.
    """
    text = _written(payload)
    if decode(text) != payload:
        raise ValueError(f"not a {type(payload).__name__} payload with well-formed ids")
    return text


def _written(payload: Payload) -> str:  # noqa: C901 - one line a kind
    match payload:
        case More(ref, turn):
            return f"m:{ref}:{turn}"
        case Choose(ref, turn):
            return f"c:{ref}:{turn}"
        case Why(ref, turn):
            return f"w:{ref}:{turn}"
        case Others(turn):
            return f"o:{turn}"
        case Language(tag):
            return f"l:{tag}"
        case PickCourse(course):
            return f"k:{course}"
        case Lessons(course, page):
            return f"p:{course}:{page}"
        case Run(command):
            return f"x:{command}"
        case Rate(ref, turn, up, reason):
            word = reason.value if reason and not up else "up" if up else "down"
            return f"v:{ref}:{turn}:{word}"
        case AskTeacher(turn):
            return f"t:{turn}"
        case Unasked(hourly):
            return f"u:{hourly}"
        case Erase(sure):
            return f"e:{int(sure)}"


def decode(text: str) -> Payload | None:
    """What a payload means, or None for one that this version never makes."""
    letter, _, rest = text.partition(":")
    shape = _SHAPES.get(letter)
    found = shape.fullmatch(rest) if shape and len(text) <= LIMIT else None
    if found is None:
        return None
    first, second, third = (*found.groups(default=""), "", "")[:3]
    return _read(letter, first, second, third)


def _read(letter: str, first: str, second: str, third: str) -> Payload:  # noqa: C901 - one line a kind
    match letter:
        case "m":
            return More(first, second)
        case "c":
            return Choose(first, second)
        case "w":
            return Why(first, second)
        case "o":
            return Others(first)
        case "l":
            return Language(first)
        case "k":
            return PickCourse(first)
        case "p":
            return Lessons(first, int(second))
        case "v":
            return Rate(first, second, third == "up", _REASONS.get(third))
        case "t":
            return AskTeacher(first)
        case "u":
            return Unasked(int(first))
        case "e":
            return Erase(first == "1")
        case _:
            return Run(first)
