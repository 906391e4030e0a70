"""What the buttons around a subscription carry.

The dialogue keeps nothing: what was chosen so far travels in the buttons that ask for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.buttons.kinds import KEY, Kind


@dataclass(frozen=True, slots=True)
class Draft:
    """Subscribe to what is said here, asking for what is not; empty for what is not said.

    Attributes:
        course: key of a course (`bot.buttons.payloads.course_key`); empty to change only when lessons come.
        at: local time of day, as `0830`.
        weekdays: as `bot.daily.schedule.weekdays_text` writes them.
        zone: as `bot.daily.schedule.zone` takes it.
    """

    course: str = ""
    at: str = ""
    weekdays: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class TypeIn:
    """Type what the draft does not say; filling in the form that follows carries the same."""

    draft: Draft


class Step(StrEnum):
    """What can be done with a subscription that is there; the value is what payloads carry."""

    TIME = "time"
    DAYS = "days"
    ZONE = "zone"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Manage:
    """Take a step with the subscription of the chat."""

    step: Step


@dataclass(frozen=True, slots=True)
class Leave:
    """Unsubscribe from the course with this key; empty for all."""

    course: str


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on with the lesson of these keys."""

    course: str
    lesson: str


_DRAFT = rf"({KEY})?:((?:[01][0-9]|2[0-3])[0-5][0-9])?:(1?2?3?4?5?6?7?):([A-Za-z][A-Za-z0-9_+:/-]{{0,34}})?"


def _written(draft: Draft) -> str:
    return f"{draft.course}:{draft.at}:{draft.weekdays}:{draft.zone}"


KINDS: tuple[Kind, ...] = (
    Kind("b", Draft, _DRAFT, _written, Draft, asks=True),
    Kind(
        "bt",
        TypeIn,
        _DRAFT,
        lambda each: _written(each.draft),
        lambda *parts: TypeIn(Draft(*parts)),
        asks=True,
    ),
    Kind(
        "bm",
        Manage,
        rf"({'|'.join(Step)})",
        lambda each: each.step.value,
        lambda step: Manage(Step(step)),
        asks=True,
    ),
    Kind("bl", Leave, rf"({KEY})?", lambda each: each.course, Leave),
    Kind("bg", GoTo, rf"({KEY}):({KEY})", lambda each: f"{each.course}:{each.lesson}", GoTo),
)
