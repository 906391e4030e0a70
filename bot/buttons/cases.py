"""What the buttons under a case carry. Which case: its number, or `c12` for the comment with that ref."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.buttons.kinds import KEY, NUMBER, REF, Kind
from bot.team.roles import Role

TARGET = r"c?[1-9][0-9]{0,17}"
"""Which case."""


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """Answer a case; the form that asks for the answer carries the same, and so does a card that is replied to."""

    target: str


class CaseStep(StrEnum):
    """What the team does with a case; the value is what payloads carry."""

    SHOW = "show"
    """Show its card."""
    MERGE = "merge"
    """Offer the cases that ask perhaps the same; with a number, merge into that one."""
    LINK = "link"
    """Offer the closest entries; with a ref, say that this one is the answer."""
    IGNORE = "ignore"
    """It needs no answer."""
    HAND = "hand"
    """Offer the colleagues; with a person, hand it to them."""
    REPLACE = "replace"
    """Put the kept answer of that number in the place of the one that came first."""
    COURSE = "course"
    """It is about the course with that key."""


@dataclass(frozen=True, slots=True)
class OnCase:
    """Take a step with a case; `argument` is what it is taken with, and empty to be offered a choice."""

    step: CaseStep
    target: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class MoreCases:
    """Show what comes behind `target`, the last card shown, of the course with this key or of all.

    A card and not a number of cards, as those above it are dealt with meanwhile.
    """

    target: str
    course: str = ""


_STEPS = "|".join(CaseStep)
_PERSON = r"(?:telegram|discord):[1-9][0-9]{0,19}"

KINDS: tuple[Kind, ...] = (
    Kind("ca", AnswerCase, rf"({TARGET})", lambda each: each.target, AnswerCase, asks=True, role=Role.EDITOR),
    Kind(
        "co",
        OnCase,
        rf"({_STEPS}):({TARGET}):({_PERSON}|{NUMBER}|{REF}|{KEY})?",
        lambda each: f"{each.step}:{each.target}:{each.argument}",
        lambda step, target, argument: OnCase(CaseStep(step), target, argument),
        role=Role.EDITOR,
    ),
    Kind(
        "cm",
        MoreCases,
        rf"({TARGET}):({KEY})?",
        lambda each: f"{each.target}:{each.course}",
        MoreCases,
        role=Role.EDITOR,
    ),
)
