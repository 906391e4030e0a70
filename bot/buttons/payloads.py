"""What a button carries: a letter for what it does and short ids, at most 64 bytes (Telegram's limit).

Never a reader's or an author's words: a payload is seen by the platform and comes back from anybody who can
forge one, so `decode` is total and takes only what `encode` could have made. A *turn* is one question and
its outcome, kept in the question log; a payload that shows an entry carries its ref too, so that it still works
when the log has been cleared.

A kind of payload is a class and a row of `KINDS`; kinds of one theme have a module of their own (`*_payloads.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import cast

from bot.buttons import cases as case_payloads
from bot.buttons import curating as curating_payloads
from bot.buttons import digests as digest_payloads
from bot.buttons import forms as form_payloads
from bot.buttons import staff as staff_payloads
from bot.buttons import subscriptions as subscription_payloads
from bot.buttons import uploads as upload_payloads
from bot.buttons.kinds import KEY, REF, TURN, Kind
from bot.opinions import Reason
from bot.team.roles import Role

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
    More
    | Choose
    | Why
    | Others
    | Language
    | PickCourse
    | Lessons
    | Run
    | Rate
    | AskTeacher
    | Unasked
    | Erase
    | case_payloads.AnswerCase
    | case_payloads.OnCase
    | case_payloads.MoreCases
    | digest_payloads.Digest
    | digest_payloads.Exercise
    | digest_payloads.AnswerExercise
    | form_payloads.FormStep
    | staff_payloads.TakeRole
    | curating_payloads.CuratingPayload
    | subscription_payloads.Draft
    | subscription_payloads.TypeIn
    | subscription_payloads.Manage
    | subscription_payloads.Leave
    | subscription_payloads.GoTo
    | upload_payloads.Import
)

_REASONS = {each.value: each for each in Reason}


def _opinion(rate: Rate) -> str:
    """The last part of a vote: "up", "down", or what is wrong."""
    if rate.up:
        return "up"
    return rate.reason.value if rate.reason else "down"


KINDS: tuple[Kind, ...] = (
    Kind("m", More, rf"({REF}):({TURN})?", lambda each: f"{each.ref}:{each.turn}", More),
    Kind("c", Choose, rf"({REF}):({TURN})?", lambda each: f"{each.ref}:{each.turn}", Choose),
    Kind("w", Why, rf"({REF}):({TURN})", lambda each: f"{each.ref}:{each.turn}", Why),
    Kind("o", Others, rf"({TURN})", lambda each: each.turn, Others),
    Kind("l", Language, r"([A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)?", lambda each: each.tag, Language),
    Kind("k", PickCourse, rf"({KEY})?", lambda each: each.course, PickCourse),
    Kind(
        "p",
        Lessons,
        rf"({KEY}):([1-9][0-9]{{0,3}})",
        lambda each: f"{each.course}:{each.page}",
        lambda course, page: Lessons(course, int(page)),
    ),
    Kind("x", Run, r"([a-z]{1,32})", lambda each: each.command, Run),
    Kind(
        "v",
        Rate,
        rf"({REF}):({TURN}):(up|down|{'|'.join(_REASONS)})",
        lambda each: f"{each.ref}:{each.turn}:{_opinion(each)}",
        lambda ref, turn, word: Rate(ref, turn, word == "up", _REASONS.get(word)),
    ),
    Kind("t", AskTeacher, rf"({TURN})", lambda each: each.turn, AskTeacher),
    Kind(
        "u", Unasked, r"(0|[1-9][0-9]?)", lambda each: f"{each.hourly}", lambda hourly: Unasked(int(hourly))
    ),
    Kind("e", Erase, r"([01])", lambda each: f"{int(each.sure)}", lambda sure: Erase(sure == "1")),
    *case_payloads.KINDS,
    *digest_payloads.KINDS,
    *form_payloads.KINDS,
    *staff_payloads.KINDS,
    *curating_payloads.KINDS,
    *subscription_payloads.KINDS,
    *upload_payloads.KINDS,
)
"""Every kind there is."""

_BY_LETTER = {kind.letter: (kind, re.compile(kind.shape, re.ASCII)) for kind in KINDS}
_BY_TYPE = {kind.type: kind for kind in KINDS}


def course_key(slug: str) -> str:
    """A short key for a course's slug, which may be long and in Chinese: 12 hexadecimal digits."""
    return blake2b(slug.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def encode(payload: Payload) -> str:
    """The payload as a button carries it.

    Raises:
        ValueError: an id has not the shape of an id, so nobody's words can slip in.
    """
    kind = _BY_TYPE[type(payload)]
    text = f"{kind.letter}:{kind.write(payload)}"
    if decode(text) != payload:
        raise ValueError(f"not a {type(payload).__name__} payload with well-formed ids")
    return text


def asks(payload: Payload | None) -> bool:
    """Whether pressing such a button may be answered by a form."""
    return payload is not None and _BY_TYPE[type(payload)].asks


def needed(payload: Payload | None) -> Role | None:
    """The role that whoever presses such a button, or hands in such a form, must have somewhere; None for all."""
    return _BY_TYPE[type(payload)].role if payload is not None else None


def decode(text: str) -> Payload | None:
    """What a payload means, or None for one that this version never makes."""
    letter, colon, rest = text.partition(":")
    kind, shape = _BY_LETTER.get(letter, (None, None))
    found = shape.fullmatch(rest) if shape and colon and len(text) <= LIMIT else None
    if kind is None or found is None:
        return None
    return cast("Payload", kind.read(*found.groups(default="")))
