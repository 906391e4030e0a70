"""What a button carries: a letter for what it does and short ids, at most 64 bytes (Telegram's limit).

Never a reader's or an author's words: a payload is seen by the platform and comes back from anybody who can
forge one, so `decode` is total and takes only what `encode` could have made. An id of a *turn* (one
question and its outcome) is worth something for a few minutes only; an entry's ref stays good after a
restart, so a payload that shows an entry carries both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

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


Payload = More | Choose | Why | Others | Language | PickCourse | Lessons | Run

_REF = r"[a-z][0-9]{1,18}"
_TURN = r"[A-Za-z0-9_-]{1,16}"
_KEY = r"[0-9a-f]{12}"
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
    text = ""
    match payload:
        case More(ref, turn):
            text = f"m:{ref}:{turn}"
        case Choose(ref, turn):
            text = f"c:{ref}:{turn}"
        case Why(ref, turn):
            text = f"w:{ref}:{turn}"
        case Others(turn):
            text = f"o:{turn}"
        case Language(tag):
            text = f"l:{tag}"
        case PickCourse(course):
            text = f"k:{course}"
        case Lessons(course, page):
            text = f"p:{course}:{page}"
        case Run(command):
            text = f"x:{command}"
    if decode(text) != payload:
        raise ValueError(f"not a {type(payload).__name__} payload with well-formed ids")
    return text


def decode(text: str) -> Payload | None:
    """What a payload means, or None for one that this version never makes."""
    letter, _, rest = text.partition(":")
    shape = _SHAPES.get(letter)
    found = shape.fullmatch(rest) if shape and len(text) <= LIMIT else None
    if found is None:
        return None
    first, second = (*found.groups(default=""), "")[:2]
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
        case _:
            return Run(first)
