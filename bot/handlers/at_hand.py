"""Which entry somebody of the team means, and what they may do with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.buttons import payloads
from bot.buttons.curating import Curate
from bot.conversation import Turn
from bot.handlers import rights
from bot.handlers.scene import Scene, Services
from bot.team.curating import Curating
from bot.team.roles import Role
from knowledge.entry import Entry
from knowledge.errors import CoursebotError

_REF = re.compile(r"([csp][1-9][0-9]{0,17})(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meant:
    """An entry that is meant.

    Attributes:
        ref: the entry's ref.
        turn: id of the question it was shown for, or empty.
        rest: what was typed beside it.
    """

    ref: str
    turn: str = ""
    rest: str = ""


def meant(services: Services, scene: Scene, arguments: str) -> Meant:
    """The entry that is named, that the card replied to shows, or that was shown last.

    Raises:
        CoursebotError: "curate-which" where none of these is there.
    """
    named = _REF.fullmatch(arguments.strip())
    if named:
        return Meant(named[1], rest=(named[2] or "").strip())
    if scene.quoted and (shown := shown_in(scene.quoted.payloads)):
        return Meant(shown[0], shown[1], arguments.strip())
    last = services.conversations.last(scene.chat, scene.sender, at=scene.at)
    if scene.quoted is None and last and last.shown:
        return Meant(last.shown, last.id, arguments.strip())
    raise CoursebotError("curate-which")


def shown_in(carried: tuple[str, ...]) -> tuple[str, str] | None:
    """Ref and turn of the one entry that a card with these buttons shows; None for a list of several, or none."""
    found: dict[str, str] = {}
    for each in map(payloads.decode, carried):
        if isinstance(each, payloads.More | payloads.Why | payloads.Rate | payloads.Choose | Curate):
            found[each.ref] = each.turn or found.get(each.ref, "")
    return next(iter(found.items())) if len(found) == 1 else None


def desk(services: Services) -> Curating:
    """What changes answers.

    Raises:
        CoursebotError: "curate-none" for a bot that only answers.
    """
    if services.curating is None:
        raise CoursebotError("curate-none")
    return services.curating


async def entry(services: Services, scene: Scene, ref: str) -> tuple[Entry, str]:
    """An entry that somebody may change, and who they are, as the audit log has it.

    Raises:
        CoursebotError: "curate-gone" when it is no more, "role-needed-course" or "role-needed" for who may not.
    """
    found = await services.answering.entry(ref)
    if found is None:
        raise CoursebotError("curate-gone")
    return found, await rights.require(services, scene, Role.EDITOR, found.course)


async def asked(services: Services, scene: Scene, turn: str) -> Turn | None:
    """The question of a turn, where it is still known here."""
    return await services.turns.find(turn, scene.chat, scene.sender, at=scene.at) if turn else None
