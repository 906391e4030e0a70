"""What the buttons under a form's questions carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.buttons.kinds import Kind


class Step(StrEnum):
    """What a button under a question of a form does; the value is what payloads carry."""

    KEEP = "keep"
    """Leave what stands in the field."""
    SKIP = "skip"
    """Leave the field empty."""
    CANCEL = "cancel"
    RESUME = "resume"
    """Take up a form that was waited for too long."""
    SUBMIT = "submit"
    """Hand it in as it is."""


@dataclass(frozen=True, slots=True)
class FormStep:
    """A step in filling in a form, which was in this version when the button was shown."""

    step: Step
    version: int


KINDS: tuple[Kind, ...] = (
    Kind(
        "f",
        FormStep,
        rf"({'|'.join(Step)}):([1-9][0-9]{{0,8}})",
        lambda each: f"{each.step.value}:{each.version}",
        lambda step, version: FormStep(Step(step), int(version)),
    ),
)
