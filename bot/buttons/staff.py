"""What the buttons under the list of the team carry."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons.kinds import KEY, Kind
from bot.team.roles import Role


@dataclass(frozen=True, slots=True)
class TakeRole:
    """Take the role of a person (`telegram:42`) in the course with this key, or with none the one for all courses."""

    person: str
    course: str = ""


KINDS: tuple[Kind, ...] = (
    Kind(
        "st",
        TakeRole,
        rf"((?:telegram|discord):[1-9][0-9]{{0,19}}):({KEY})?",
        lambda each: f"{each.person}:{each.course}",
        TakeRole,
        role=Role.ADMIN,
    ),
)
