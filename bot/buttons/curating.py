"""What the buttons and forms for the team's answers carry."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons.kinds import KEY, NUMBER, REF, TURN, Kind
from bot.team.roles import Role


@dataclass(frozen=True, slots=True)
class AddAnswer:
    """Type a new answer for the course with this key."""

    course: str


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """Type an entry's answer anew; `revision` is that of the answer which was seen, 0 where there was none."""

    ref: str
    revision: int = 0


@dataclass(frozen=True, slots=True)
class AddWordings:
    """Type other wordings of an entry's question."""

    ref: str


@dataclass(frozen=True, slots=True)
class DropAnswer:
    """Take the team's answer out; asked once more unless `sure`."""

    ref: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class MergeAnswers:
    """Make one answer of two, that of `into`; asked once more unless `sure`."""

    ref: str
    into: str
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Pin:
    """Make an entry the answer to the question of `turn`."""

    ref: str
    turn: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Do not show an entry for the question of `turn`; without one, not at all."""

    ref: str
    turn: str = ""


@dataclass(frozen=True, slots=True)
class Lift:
    """Take back a ruling, by its number."""

    ruling: int


@dataclass(frozen=True, slots=True)
class UndoChange:
    """Take back a change, by its number."""

    change: int


@dataclass(frozen=True, slots=True)
class ShowHistory:
    """Show what was changed of an entry."""

    ref: str


@dataclass(frozen=True, slots=True)
class Curate:
    """Show what can be done with an entry, whose question was that of `turn`."""

    ref: str
    turn: str = ""


CuratingPayload = (
    AddAnswer
    | EditAnswer
    | AddWordings
    | DropAnswer
    | MergeAnswers
    | Pin
    | Bar
    | Lift
    | UndoChange
    | ShowHistory
    | Curate
)

KINDS: tuple[Kind, ...] = (
    Kind("aa", AddAnswer, rf"({KEY})", lambda each: each.course, AddAnswer, asks=True, role=Role.EDITOR),
    Kind(
        "ae",
        EditAnswer,
        rf"({REF}):(0|{NUMBER})",
        lambda each: f"{each.ref}:{each.revision}",
        lambda ref, revision: EditAnswer(ref, int(revision)),
        asks=True,
        role=Role.EDITOR,
    ),
    Kind("aw", AddWordings, rf"({REF})", lambda each: each.ref, AddWordings, asks=True, role=Role.EDITOR),
    Kind(
        "ad",
        DropAnswer,
        rf"({REF}):([01])",
        lambda each: f"{each.ref}:{int(each.sure)}",
        lambda ref, sure: DropAnswer(ref, sure == "1"),
        role=Role.EDITOR,
    ),
    Kind(
        "am",
        MergeAnswers,
        rf"({REF}):({REF}):([01])",
        lambda each: f"{each.ref}:{each.into}:{int(each.sure)}",
        lambda ref, into, sure: MergeAnswers(ref, into, sure == "1"),
        role=Role.EDITOR,
    ),
    Kind("ap", Pin, rf"({REF}):({TURN})", lambda each: f"{each.ref}:{each.turn}", Pin, role=Role.EDITOR),
    Kind("ab", Bar, rf"({REF}):({TURN})?", lambda each: f"{each.ref}:{each.turn}", Bar, role=Role.EDITOR),
    Kind(
        "al",
        Lift,
        rf"({NUMBER})",
        lambda each: f"{each.ruling}",
        lambda number: Lift(int(number)),
        role=Role.EDITOR,
    ),
    Kind(
        "au",
        UndoChange,
        rf"({NUMBER})",
        lambda each: f"{each.change}",
        lambda number: UndoChange(int(number)),
        role=Role.EDITOR,
    ),
    Kind("ah", ShowHistory, rf"({REF})", lambda each: each.ref, ShowHistory, role=Role.EDITOR),
    Kind(
        "ac", Curate, rf"({REF}):({TURN})?", lambda each: f"{each.ref}:{each.turn}", Curate, role=Role.EDITOR
    ),
)
