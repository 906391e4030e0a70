"""What comes of a file of answers or of a course, tried or imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.stores import SavedCourse, SavedSeeds
from bot.team.impact import Impact
from knowledge.model import Course
from knowledge.seeds import BadRow, SeedFile, SeedRow

if TYPE_CHECKING:
    from knowledge.course import CourseFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The rows of a file that are for one course, and what saving them does.

    Attributes:
        course: slug of the course.
        rows: those that were saved or would be.
        saved: what came of them; positions are those of `rows`.
        impact: what it would do to past questions; nothing once it is done.
    """

    course: str
    rows: tuple[SeedRow, ...]
    saved: SavedSeeds
    impact: Impact = field(default_factory=Impact)

    def of(self, positions: Sequence[int]) -> list[SeedRow]:
        """The rows at these positions."""
        return [self.rows[position] for position in positions]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersReport:
    """What comes, or would come, of a file of answers.

    Attributes:
        file: what was read.
        shares: by course.
        bad: rows that are left out, in order.
        repeats: rows whose question stands again in a later row, which counts instead: both numbers.
    """

    file: SeedFile
    shares: tuple[Share, ...] = ()
    bad: tuple[BadRow, ...] = ()
    repeats: tuple[tuple[int, int], ...] = ()

    @property
    def added(self) -> int:
        """How many answers are new."""
        return sum(len(share.saved.added) for share in self.shares)

    @property
    def updated(self) -> int:
        """How many are there and say something else now."""
        return sum(len(share.saved.updated) for share in self.shares)

    @property
    def unchanged(self) -> int:
        """How many are there already, to the letter."""
        return sum(len(share.saved.unchanged) for share in self.shares)

    @property
    def attached(self) -> int:
        """How many answer a comment by its exact text."""
        return sum(share.saved.attached for share in self.shares)

    @property
    def changes(self) -> bool:
        """Whether there is anything to import."""
        return bool(self.added or self.updated)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReport:
    """What comes, or would come, of a course or a part of it.

    Attributes:
        folder: what was read.
        course: the course as it is saved; None where nothing could be read.
        new: whether there is no course of that slug yet.
        encodings: of files that are not UTF-8.
        saved: what it changes.
        impact: what it would do to past questions.
    """

    folder: CourseFolder
    course: Course | None = None
    new: bool = False
    encodings: tuple[str, ...] = ()
    saved: SavedCourse = field(default_factory=SavedCourse)
    impact: Impact = field(default_factory=Impact)

    @property
    def changes(self) -> bool:
        """Whether there is anything to import."""
        return self.new or bool(self.saved.changed)
