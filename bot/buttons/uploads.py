"""What the buttons under a file that was tried carry."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons.kinds import TURN, Kind
from bot.team.roles import Role


@dataclass(frozen=True, slots=True)
class Import:
    """Import the file that is kept under this id, or with `sure` false forget it."""

    upload: str
    sure: bool


KINDS: tuple[Kind, ...] = (
    Kind(
        "bi",
        Import,
        rf"({TURN}):([01])",
        lambda each: f"{each.upload}:{int(each.sure)}",
        lambda upload, sure: Import(upload, sure == "1"),
        role=Role.EDITOR,
    ),
)
