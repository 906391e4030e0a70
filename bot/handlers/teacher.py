"""问老师: a question that the course does not answer, passed on."""

from __future__ import annotations

from bot.buttons.payloads import AskTeacher
from bot.handlers.scene import Scene, Services
from bot.handlers.team import unanswered
from bot.messages import Platform
from bot.replies import Reply
from bot.team.cases import Cause


async def press(services: Services, scene: Scene, payload: AskTeacher) -> list[Reply]:
    """Count whoever pressed among those who wait for an answer, and say honestly what will come of it."""
    turn = await services.turns.find(payload.turn, scene.chat, scene.sender, at=scene.at)
    if turn is None:
        return [scene.say("answer.old-button")]
    reported = await unanswered.report(services, scene, turn, Cause.ASKED)
    if scene.chat.platform is Platform.CONSOLE:
        return [scene.say("teacher.noted-here")]
    return [scene.say("teacher.noted" if reported.joined else "teacher.already")]
