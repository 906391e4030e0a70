"""问老师: a question that the course does not answer, passed on."""

from __future__ import annotations

from bot.handlers.scene import Scene, Services
from bot.opinions import Request
from bot.payloads import AskTeacher
from bot.replies import Reply
from knowledge.outcome import matches


async def press(services: Services, scene: Scene, payload: AskTeacher) -> list[Reply]:
    """Keep the request of whoever pressed, and say honestly what will come of it."""
    turn = await services.turns.find(payload.turn, scene.chat, scene.sender, at=scene.at)
    if turn is None:
        return [scene.say("answer.old-button")]
    closest = next(iter(matches(turn.outcome)), None)
    request = Request(
        question=turn.question,
        course=turn.course or (closest.entry.course if closest else ""),
        language=scene.words.language,
        chat=scene.chat,
        person=scene.sender,
        at=scene.at,
    )
    new = await services.readers.requests.add(request)
    return [scene.say("teacher.noted" if new else "teacher.already")]
