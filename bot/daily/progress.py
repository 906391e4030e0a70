"""How far a reader is: lessons done, on which days, and how many days in a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.daily.subscriptions import Enrolment, LessonRead, Reading
from bot.stores import LessonSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseProgress:
    """How far a subscriber is in one course.

    Attributes:
        course: slug.
        title: of the course.
        done: lessons that were read.
        skipped: lessons that were skipped.
        lessons: lessons that there are.
        next: the lesson that comes next, or None behind the last one.
    """

    course: str
    title: str
    done: int
    skipped: int
    lessons: int
    next: LessonSummary | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a subscriber is.

    Attributes:
        today: the subscriber's local date.
        courses: those that were not left, in the order they were begun.
        days: local date → lessons read on it, for every date on which any was, in order of date.
        streak: days in a row up to today on which a lesson was read, as `streak` counts them.
        longest: the most there ever were.
    """

    today: date
    courses: tuple[CourseProgress, ...]
    days: Mapping[date, int] = field(default_factory=dict)
    streak: int = 0
    longest: int = 0

    @property
    def done(self) -> int:
        """Lessons that were read, in the courses that were left too."""
        return sum(self.days.values())


def read_days(reads: Iterable[LessonRead]) -> dict[date, int]:
    """Local date → lessons read on it, by date; what was skipped was not read."""
    counted = Counter(each.on for each in reads if each.reading is Reading.DONE)
    return dict(sorted(counted.items()))


def streaks(read: Iterable[date], sent: Iterable[date], *, today: date) -> tuple[int, int]:
    """How many days in a row a lesson was read up to today, and the most there ever were.

    A day on which no lesson came breaks nothing: neither a weekend of somebody who reads on workdays, nor a pause.
    Today breaks nothing yet either.
    """
    done = {day for day in read if day <= today}
    current = longest = 0
    for day in sorted(done | {day for day in sent if day < today}):
        current = current + 1 if day in done else 0
        longest = max(longest, current)
    return current, longest


def upcoming(enrolment: Enrolment, lessons: Sequence[LessonSummary]) -> LessonSummary | None:
    """The lesson that comes next, or None behind the last one."""
    return next((each for each in lessons if each.position >= enrolment.position), None)
