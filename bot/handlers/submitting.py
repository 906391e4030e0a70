"""Which handler a filled form belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.buttons import payloads
from bot.buttons.cases import AnswerCase
from bot.buttons.curating import AddAnswer, AddWordings, EditAnswer
from bot.buttons.digests import AnswerExercise
from bot.buttons.subscriptions import TypeIn
from bot.handlers import rights
from bot.handlers.daily import exercises, subscribing
from bot.handlers.scene import Scene, Services
from bot.handlers.team import adding, cases, editing
from bot.heard import fit
from bot.replies import Quote, Reply, Text
from knowledge.errors import CoursebotError

Submit = Callable[[Services, Scene, Any, Mapping[str, str]], Awaitable[list[Reply]]]
"""Takes a payload of just its kind and what was typed, by field."""

SUBMITTED: dict[type, Submit] = {
    AnswerCase: cases.submit,
    AnswerExercise: exercises.submit,
    TypeIn: subscribing.typed,
    AddAnswer: adding.submit,
    EditAnswer: editing.submit,
    AddWordings: editing.submit_wordings,
}
"""What filling in a form of each kind does."""


async def submit(services: Services, scene: Scene, payload: str, fields: Mapping[str, str]) -> list[Reply]:
    """What filling in a form does; what cannot be done is said together with what was typed, which is not lost."""
    known = payloads.decode(payload)
    do = SUBMITTED.get(type(known))
    typed = {name: fit(text) for name, text in fields.items()}
    if do is None:
        return [_with_words(scene.say("answer.old-button"), typed)]
    try:
        role = payloads.needed(known)
        if role:
            await rights.require(services, scene, role)
        return await do(services, scene, known, typed)
    except CoursebotError as error:
        reply = Reply(spans=(Text(scene.words.say(error)),), private=True)
        return [_with_words(reply, typed)]


def _with_words(reply: Reply, typed: Mapping[str, str]) -> Reply:
    """The reply, and below it what was typed, to be copied."""
    spans = [span for text in typed.values() if text for span in (Text("\n\n"), Quote(text))]
    return replace(reply, spans=(*reply.spans, *spans))
