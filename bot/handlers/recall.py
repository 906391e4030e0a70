"""Coming back to what was just found: the whole text, another choice, and why.

Questions are found again in the question log and entries by their ref, so all of it works after a restart too.
In a group, choosing is for whoever asked: others would answer a question that is not theirs.
"""

from __future__ import annotations

from dataclasses import replace

from bot.buttons.payloads import Choose, More, Others, Why
from bot.conversation import Turn
from bot.handlers.scene import Scene, Services
from bot.rendering import answers as render
from bot.replies import Reply
from knowledge.outcome import Found, matches


async def open_entry(
    services: Services,
    scene: Scene,
    ref: str,
    *,
    turn_id: str = "",
    whole: bool = False,
    replaces: bool = False,
) -> Reply:
    """An entry's card, in short or whole."""
    turn = await _turn(services, scene, turn_id)
    match = turn.match(ref) if turn else None
    # As the store has it now, so that a corrected answer is shown corrected.
    entry = await services.answering.entry(ref)
    if entry is None:
        return scene.say("answer.gone")
    if turn:
        services.conversations.update(turn, shown=ref)
    return render.card(
        scene.words,
        entry,
        limit=None if whole else services.excerpt,
        match=match,
        turn=turn.id if turn else "",
        replaces=replaces,
    )


async def press(services: Services, scene: Scene, payload: More | Choose | Why | Others) -> list[Reply]:
    """What a button under an answer does."""
    match payload:
        case More(ref, turn_id):
            return [await open_entry(services, scene, ref, turn_id=turn_id, whole=True, replaces=True)]
        case Choose(ref, turn_id):
            turn = await _turn(services, scene, turn_id)
            if turn and not _theirs(scene, turn):
                return [scene.say("answer.not-yours")]
            return [await open_entry(services, scene, ref, turn_id=turn_id)]
        case Why(ref, turn_id):
            turn = await _turn(services, scene, turn_id)
            chosen = turn.match(ref) if turn else None
            if turn is None or chosen is None:
                return [scene.say("answer.forgotten")]
            return [replace(render.why(scene.words, turn.outcome, chosen), private=True)]
        case Others(turn_id):
            turn = await _turn(services, scene, turn_id)
            if turn is None:
                return [scene.say("answer.forgotten")]
            return [_others(services, scene, turn) if _theirs(scene, turn) else scene.say("answer.not-yours")]


async def _turn(services: Services, scene: Scene, turn_id: str) -> Turn | None:
    return await services.turns.find(turn_id, scene.chat, scene.sender, at=scene.at)


def _theirs(scene: Scene, turn: Turn) -> bool:
    """Whether whoever pressed a button asked the question."""
    return scene.chat.private or turn.asker == scene.sender.id


async def more(services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """The whole of what is on the screen."""
    turn = services.conversations.last(scene.chat, scene.sender, at=scene.at)
    if turn is None:
        return [scene.say("answer.nothing-yet")]
    if not turn.shown:
        return [scene.say("answer.nothing-shown")]
    return [await open_entry(services, scene, turn.shown, turn_id=turn.id, whole=True)]


async def why(services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """Why what is on the screen was taken, or why nothing was."""
    turn = services.conversations.last(scene.chat, scene.sender, at=scene.at)
    if turn is None:
        return [scene.say("answer.nothing-yet")]
    return [render.why(scene.words, turn.outcome, turn.match(turn.shown))]


def _others(services: Services, scene: Scene, turn: Turn) -> Reply:
    """The matches that were not shown; after a restart it is not known what was, but for the best one."""
    found = isinstance(turn.outcome, Found)
    shown = turn.shown or (matches(turn.outcome)[0].entry.ref if found else "")
    others = tuple(each for each in matches(turn.outcome) if each.entry.ref != shown)[: render.CHOICES]
    if not others:
        return scene.say("answer.not-found-hint")
    services.conversations.update(turn, offered=tuple(each.entry.ref for each in others))
    return render.choices(scene.words, f"🔀 {scene.words.text('answer.others')}", others, turn.id)
