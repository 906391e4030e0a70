"""What the buttons under a lesson's digest carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.buttons.kinds import KEY, NUMBER, Kind


class DigestAction(StrEnum):
    """What a reader does with a digest; the value is what payloads carry."""

    READ = "read"
    """The lesson is read."""
    TOMORROW = "again"
    """Send the same lesson once more, at the next time."""
    SKIP = "skip"
    """Go on without this lesson."""
    PAUSE = "pause"
    """Send nothing for a week."""
    TIME = "time"
    """Choose another time of day."""
    MINE = "mine"
    """How to get lessons in private; the only one that is shown where many read."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Do `action` with the digest of that delivery; two copies of a digest carry the same number."""

    action: DigestAction
    delivery: int


class ExerciseStep(StrEnum):
    """The way to what others answered; the value is what payloads carry."""

    LOOK = "look"
    """See what others answered."""
    GIVE_UP = "give"
    """See it without having answered."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """Take a step with the exercises of the lesson with these keys (`bot.buttons.payloads.course_key` of the slugs)."""

    step: ExerciseStep
    course: str
    lesson: str


@dataclass(frozen=True, slots=True)
class AnswerExercise:
    """Type an answer of one's own to these exercises; filling in the form that follows carries the same."""

    course: str
    lesson: str


KINDS = (
    Kind(
        "d",
        Digest,
        rf"({'|'.join(DigestAction)}):({NUMBER})",
        lambda digest: f"{digest.action}:{digest.delivery}",
        lambda action, delivery: Digest(DigestAction(action), int(delivery)),
    ),
    Kind(
        "h",
        Exercise,
        rf"({'|'.join(ExerciseStep)}):({KEY}):({KEY})",
        lambda exercise: f"{exercise.step}:{exercise.course}:{exercise.lesson}",
        lambda step, course, lesson: Exercise(ExerciseStep(step), course, lesson),
    ),
    Kind(
        "j",
        AnswerExercise,
        rf"({KEY}):({KEY})",
        lambda exercise: f"{exercise.course}:{exercise.lesson}",
        AnswerExercise,
        asks=True,
    ),
)
