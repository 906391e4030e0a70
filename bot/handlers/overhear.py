"""Questions in a group that were not put to the bot: answered only where its managers want that, and rarely.

Only when the answer is found, at most so many an hour, and never the same one twice in a row. What is not answered
is not kept.
"""

from __future__ import annotations

from datetime import timedelta

from bot.followup import asks
from bot.handlers.ask import LONGEST, chosen_course, remembered
from bot.handlers.scene import Scene, Services
from bot.rendering import answers as render
from bot.replies import Reply
from knowledge.errors import CoursebotError
from knowledge.outcome import Found

_HOUR = timedelta(hours=1)


async def overhear(services: Services, scene: Scene, text: str) -> list[Reply]:
    """The answer to an overheard question, or nothing at all."""
    if scene.chat.private or not scene.setting.unasked or len(text) > LONGEST or not asks(text):
        return []
    if await _said_enough(services, scene):
        return []
    only = await chosen_course(services, scene.course)
    try:
        outcome = await services.answering.ask(text, courses=(only.slug,) if only else None)
    except CoursebotError:
        return []
    if not isinstance(outcome, Found):
        return []
    async with services.speaking_up:
        if await _said_enough(services, scene):
            return []
        if await services.readers.questions.last_answer(scene.chat) == outcome.best.entry.ref:
            return []
        turn = await remembered(services, scene, text, outcome, unasked=True)
    return [render.answer(scene.words, outcome, turn.id, limit=services.excerpt)]


async def _said_enough(services: Services, scene: Scene) -> bool:
    said = await services.readers.questions.unasked_since(scene.at - _HOUR, chat=scene.chat)
    return said >= scene.setting.hourly
