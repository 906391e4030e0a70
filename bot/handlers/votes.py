"""👍 and 👎 under an answer, and what is wrong with it.

Anyone who sees an answer may say what they think of it: each person has one vote.
"""

from __future__ import annotations

from dataclasses import replace

from bot.buttons.payloads import AskTeacher, Rate, encode
from bot.handlers.scene import Scene, Services
from bot.handlers.team import unanswered
from bot.opinions import Reason, Vote
from bot.replies import Button, Reply
from bot.team.cases import Cause


async def press(services: Services, scene: Scene, payload: Rate) -> list[Reply]:
    """A vote, or the reason of one."""
    turn = await services.turns.find(payload.turn, scene.chat, scene.sender, at=scene.at)
    if turn is None or turn.match(payload.ref) is None:
        return [scene.say("answer.old-button")]
    vote = Vote(
        up=payload.up, reason=payload.reason, question=turn.question, ref=payload.ref, alone=turn.alone
    )
    counted = await services.readers.votes.cast(vote, person=scene.sender, at=scene.at)
    if counted.rejected and not payload.up and turn.alone:
        await unanswered.report(services, scene, turn, Cause.DOUBTED, ref=payload.ref)
    if payload.up:
        if counted.learned:
            return [scene.say("vote.learned")]
        return [scene.say("vote.thanks" if counted.changed else "vote.again")]
    if payload.reason is None:
        return [_what_is_wrong(scene, payload)]
    said = scene.say("vote.noted", reason=scene.words.text(f"reason.{payload.reason.value}"))
    teacher = Button(scene.words.text("button.teacher"), encode(AskTeacher(turn.id)))
    return [replace(said, buttons=((teacher,),), replaces=True)]


def _what_is_wrong(scene: Scene, payload: Rate) -> Reply:
    reasons = tuple(
        Button(
            scene.words.text(f"reason.{reason.value}"),
            encode(Rate(payload.ref, payload.turn, up=False, reason=reason)),
        )
        for reason in Reason
    )
    return replace(scene.say("vote.why"), buttons=(reasons,))
