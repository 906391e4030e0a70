"""Deep links: what stands after `start=` in a link to the bot, at most 64 characters of `A-Za-z0-9_-`.

`q_c12` opens entry c12; `l_<course>_<lesson>` opens a lesson, both by the hash of their slugs, so that a link lasts
when lessons are moved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.buttons.payloads import course_key

_ENTRY = re.compile(r"q_([a-z][0-9]{1,18})", re.ASCII)
_LESSON = re.compile(r"l_([0-9a-f]{12})_([0-9a-f]{12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class EntryLink:
    """Open the entry known by `ref`."""

    ref: str


@dataclass(frozen=True, slots=True)
class LessonLink:
    """Open the lesson with these keys (`bot.buttons.payloads.course_key` of the slugs)."""

    course: str
    lesson: str


def entry_link(ref: str) -> str:
    """The `start` parameter that opens an entry.

    Raises:
        ValueError: `ref` is not the ref of an entry.
    """
    text = f"q_{ref}"
    if not _ENTRY.fullmatch(text):
        raise ValueError("not the ref of an entry")
    return text


def lesson_link(course: str, lesson: str) -> str:
    """The `start` parameter that opens a lesson, from the slugs of course and lesson."""
    return f"l_{course_key(course)}_{course_key(lesson)}"


def linked(parameter: str) -> EntryLink | LessonLink | None:
    """What a `start` parameter opens; None for anything that these helpers never make."""
    entry = _ENTRY.fullmatch(parameter)
    if entry:
        return EntryLink(entry[1])
    lesson = _LESSON.fullmatch(parameter)
    return LessonLink(lesson[1], lesson[2]) if lesson else None
