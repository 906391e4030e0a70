"""A question, and choosing by number among what was offered for the last one."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import render
from bot.excerpt import cut
from bot.handlers.recall import open_entry
from bot.handlers.scene import Scene, Services
from bot.messages import Reply, Text
from bot.ports import CourseSummary
from knowledge.errors import CoursebotError
from knowledge.outcome import Found, NotFound, Outcome, Unsure

LONGEST = 2000
"""Characters of a question that are read."""

_NUMBER = re.compile(r"第?\s*([1-5１-５一二三四五])\s*[个個条條]?[.。)）]?")
_VALUES = {character: index % 5 + 1 for index, character in enumerate("12345１２３４５一二三四五")}


async def ask(services: Services, scene: Scene, question: str) -> list[Reply]:
    """The answer to a question.

    Raises:
        CoursebotError: "question-empty" when nothing is asked.
    """
    question = question.strip()
    if not question:
        raise CoursebotError("question-empty")
    picked = await _picked(services, scene, question)
    if picked:
        return [picked]
    asked, left_out = cut(question, LONGEST)
    only = await _only(services, scene)
    outcome = await services.answering.ask(asked, courses=(only.slug,) if only else None)
    notes: list[str] = []
    if isinstance(outcome, NotFound):
        if not outcome.closest and not await services.courses.summaries():
            return [scene.say("course.none")]
        if only:
            notes.append(scene.words.text("answer.only-in", course=only.title))
    if left_out:
        notes.append(scene.words.text("answer.shortened", limit=LONGEST))
    reply = _remembered(services, scene, outcome)
    return [replace(reply, spans=(*reply.spans, Text("\n\n" + "\n".join(notes))))] if notes else [reply]


def _remembered(services: Services, scene: Scene, outcome: Outcome) -> Reply:
    """The answer, with the turn kept for what the reader may want next."""
    turn = services.conversations.remember(
        scene.chat, scene.sender, outcome, language=scene.words.language, at=scene.at
    )
    match outcome:
        case Found(best=best):
            services.conversations.update(turn, shown=best.entry.ref)
        case Unsure(candidates=candidates):
            offered = tuple(each.entry.ref for each in candidates[: render.CHOICES])
            services.conversations.update(turn, offered=offered)
        case _:
            pass
    return render.answer(scene.words, outcome, turn.id, limit=services.excerpt)


async def _picked(services: Services, scene: Scene, text: str) -> Reply | None:
    """What a bare number picks, when numbers were just offered; None for a question."""
    number = _NUMBER.fullmatch(text)
    turn = services.conversations.last(scene.chat, scene.sender, at=scene.at) if number else None
    if number is None or turn is None or not turn.offered:
        return None
    index = _VALUES[number[1]] - 1
    if index >= len(turn.offered):
        return scene.say("answer.out-of-range", count=len(turn.offered))
    return await open_entry(services, scene, turn.offered[index], turn_id=turn.id)


async def _only(services: Services, scene: Scene) -> CourseSummary | None:
    """The one course to look in; a chosen course that is no more restricts nothing."""
    if not scene.preference.course:
        return None
    scope = await services.in_scope(scene.preference)
    return next((each for each in scope if each.slug == scene.preference.course), None)
