"""What was changed, by whom, and taking it back."""

from __future__ import annotations

from bot.buttons.curating import ShowHistory, UndoChange
from bot.buttons.payloads import encode
from bot.handlers import at_hand, rights
from bot.handlers.scene import Scene, Services
from bot.rendering.changes import line
from bot.replies import Bold, Button, Reply, Span, Text
from bot.team.audit import Action, Change
from bot.team.roles import Role, actor
from knowledge.errors import CoursebotError

_LISTED, _READ = 10, 50
_UNDONE = 3
"""Changes of a list that have a button to take them back."""
_TEAM = {Action.GRANT, Action.REVOKE}
"""Changes of the team itself, which are for those who make them."""


async def history(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/history`: the last changes; of one entry when it is named or replied to."""
    named = bool(arguments) or (scene.quoted is not None and scene.quoted.ours)
    if not named:
        held = await rights.standing(services, scene)
        courses = held.courses(Role.EDITOR)
        changes = await at_hand.desk(services).log.recent(courses=courses, limit=_READ)
        if not held.may_somewhere(Role.ADMIN):
            changes = [each for each in changes if each.action not in _TEAM]
        return [_list(scene, changes[:_LISTED], "history.title")]
    return [await _of(services, scene, at_hand.meant(services, scene, arguments).ref)]


async def press(services: Services, scene: Scene, payload: ShowHistory) -> list[Reply]:
    """The changes of one entry."""
    return [await _of(services, scene, payload.ref)]


async def undo(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/undo`: takes back one's own last change, or the one of that number."""
    number = arguments.removeprefix("#")
    if number and not (number.isascii() and number.isdecimal() and len(number) < 18):
        raise CoursebotError("undo-how")
    if number:
        return await back(services, scene, UndoChange(int(number)))
    by = actor(scene.sender)
    mine = await at_hand.desk(services).log.recent(by=by, limit=50)
    last = next((each for each in mine if _open(each)), None)
    if last is None:
        return [scene.say("undo.nothing")]
    return await back(services, scene, UndoChange(last.id))


async def back(services: Services, scene: Scene, payload: UndoChange) -> list[Reply]:
    """Take a change back."""
    desk = at_hand.desk(services)
    change = await desk.log.change(payload.change)
    if change is None:
        raise CoursebotError("undo-none", number=payload.change)
    if change.action in _TEAM:
        raise CoursebotError("undo-role")
    by = await rights.require(services, scene, Role.EDITOR, change.course)
    made = await desk.undo(payload.change, by=by, at=scene.at)
    said = scene.words.text("undo.done", number=payload.change)
    again = Button(scene.words.text("button.redo"), encode(UndoChange(made.id)))
    return [Reply(spans=(Text(f"↩️ {said}\n{line(scene.words, made)}"),), buttons=((again,),), private=True)]


async def _of(services: Services, scene: Scene, ref: str) -> Reply:
    desk = at_hand.desk(services)
    curated = await desk.of(ref)
    subjects = {ref, curated.own} if curated else {ref}
    changes = await desk.log.recent(subjects=subjects, limit=_LISTED)
    for course in {each.course for each in changes}:
        await rights.require(services, scene, Role.EDITOR, course)
    return _list(scene, changes, "history.title-of", ref=ref)


def _list(scene: Scene, changes: list[Change], title: str, **values: object) -> Reply:
    if not changes:
        return scene.say("history.none")
    spans: list[Span] = [Bold(f"🗒 {scene.words.text(title, **values)}")]
    spans += [Text(f"\n{line(scene.words, each)}") for each in changes]
    open_ = [each for each in changes if _open(each)]
    row = tuple(
        Button(scene.words.text("history.undo", number=each.id), encode(UndoChange(each.id)))
        for each in open_[:_UNDONE]
    )
    return Reply(spans=tuple(spans), buttons=(row,) if row else (), private=True)


def _open(change: Change) -> bool:
    """Whether a change can be taken back and is none that took back another."""
    kept = change.action not in {*_TEAM, Action.IMPORT}
    return kept and bool(change.course) and not change.undone and change.undoes is None
