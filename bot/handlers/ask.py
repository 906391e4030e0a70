"""A question, and choosing by number among what was offered for the last one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.conversation import Turn, short_id
from bot.followup import continued, key_words, leans
from bot.handlers.recall import open_entry
from bot.handlers.scene import Scene, Services
from bot.handlers.team import unanswered
from bot.rendering import answers as render
from bot.rendering.excerpt import cut
from bot.replies import Reply, Text
from bot.stores import CourseSummary
from knowledge.errors import CoursebotError
from knowledge.outcome import Found, Lessons, Match, NotFound, Outcome, Unsure, matches

LONGEST = 2000
"""Characters of a question that are read."""

MEANWHILE = timedelta(minutes=10)
"""How long after an answer a question may lean on it."""

_NEARLY = 0.9
"""Share of the best score at which the lesson that is talked about goes first."""

_NUMBER = re.compile(r"第?\s*(10|１０|[1-9１-９一二三四五六七八九十])\s*[个個条條]?[.。)）]?")
_VALUES = {
    character: index % 9 + 1
    for index, character in enumerate("123456789１２３４５６７８９一二三四五六七八九")
} | {
    "10": 10,
    "１０": 10,
    "十": 10,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is searched for.

    Attributes:
        text: the words to search for.
        topic: what it is about.
        course: the one course to look in, or None for all.
        after: the turn that it leans on, or None.
    """

    text: str
    topic: tuple[str, ...]
    course: CourseSummary | None
    after: Turn | None


async def ask(services: Services, scene: Scene, question: str) -> list[Reply]:
    """The answer to a question; nothing for an edited message that asks the same as before.

    Raises:
        CoursebotError: "question-empty" when nothing is asked.
    """
    question = question.strip()
    if not question:
        raise CoursebotError("question-empty")
    picked = await _picked(services, scene, question)
    if picked:
        return [picked]
    said, left_out = cut(question, LONGEST)
    asked = await _understood(services, scene, said)
    if scene.edited and await _asked_before(services, scene) in {said, asked.text}:
        return []
    only = (asked.course.slug,) if asked.course else None
    outcome = await services.answering.ask(asked.text, courses=only)
    if asked.after:
        outcome = _nearer(outcome, asked.after)
    if isinstance(outcome, NotFound) and not outcome.closest and not await services.courses.summaries():
        return [scene.say("course.none")]
    turn = await remembered(services, scene, asked.text, outcome, asked=asked)
    notes = _notes(scene, outcome, asked, left_out=bool(left_out))
    if await unanswered.missed(services, scene, turn):
        notes.append(scene.words.text("answer.noted"))
    reply = render.answer(scene.words, outcome, turn.id, limit=services.excerpt)
    return [replace(reply, spans=(*reply.spans, Text("\n\n" + "\n".join(notes))))] if notes else [reply]


def _notes(scene: Scene, outcome: Outcome, asked: _Asked, *, left_out: bool) -> list[str]:
    """What is to be said about how a question was understood."""
    notes: list[str] = []
    if isinstance(outcome, NotFound) and asked.course and not asked.after:
        notes.append(scene.words.text("answer.only-in", course=asked.course.title))
    if asked.after:
        notes.append(scene.words.text("answer.continued", words=asked.topic))
    if left_out:
        notes.append(scene.words.text("answer.shortened", limit=LONGEST))
    return notes


async def remembered(
    services: Services,
    scene: Scene,
    question: str,
    outcome: Outcome,
    *,
    asked: _Asked | None = None,
    unasked: bool = False,
) -> Turn:
    """The turn of an answered question, kept for what the reader may want next."""
    shown, offered = "", tuple[str, ...]()
    if isinstance(outcome, Found):
        shown = outcome.best.entry.ref
    elif isinstance(outcome, Unsure):
        offered = tuple(each.entry.ref for each in outcome.candidates[: render.CHOICES])
    elif isinstance(outcome, Lessons):
        offered = tuple(each.entry.ref for each in outcome.matches)
    turn = Turn(
        id=short_id(),
        asker=scene.sender.id,
        question=question,
        topic=asked.topic if asked else key_words(question),
        alone=asked is None or asked.after is None,
        course=asked.course.slug if asked and asked.course else "",
        outcome=outcome,
        language=scene.words.language,
        at=scene.at,
        shown=shown,
        offered=offered,
    )
    await services.turns.keep(turn, scene.chat, scene.sender, message=scene.message, unasked=unasked)
    return turn


async def chosen_course(services: Services, slug: str) -> CourseSummary | None:
    """The one course to look in; a chosen course that is no more restricts nothing."""
    if not slug:
        return None
    return next((each for each in await services.in_scope(slug) if each.slug == slug), None)


async def _picked(services: Services, scene: Scene, text: str) -> Reply | None:
    """What a bare number picks of what was just offered; None for a question."""
    number = _NUMBER.fullmatch(text)
    if number is None:
        return None
    turn = services.conversations.last(scene.chat, scene.sender, at=scene.at)
    if turn is None or not turn.offered:
        return scene.say("answer.no-choices")
    index = _VALUES[number[1]] - 1
    if index >= len(turn.offered):
        return scene.say("answer.out-of-range", count=len(turn.offered))
    return await open_entry(services, scene, turn.offered[index], turn_id=turn.id)


async def _asked_before(services: Services, scene: Scene) -> str | None:
    """What the message asked before it was edited: a platform also tells of edits that leave the words alone."""
    before = await services.readers.questions.asked_as(scene.message, chat=scene.chat)
    return before.text if before else None


async def _understood(services: Services, scene: Scene, said: str) -> _Asked:
    """The question by itself, or together with what the one before was about."""
    last = services.conversations.last(scene.chat, scene.sender, at=scene.at)
    if last and last.topic and scene.at - last.at <= MEANWHILE and leans(said):
        match = _shown(last)
        course = await chosen_course(services, match.entry.course if match else last.course)
        return _Asked(continued(said, last.topic), last.topic, course, last)
    return _Asked(said, key_words(said), await chosen_course(services, scene.course), None)


def _shown(turn: Turn) -> Match | None:
    """What the reader was looking at."""
    return turn.match(turn.shown) or next(iter(matches(turn.outcome)), None)


def _nearer(outcome: Outcome, after: Turn) -> Outcome:
    """The outcome of a leaning question: the same answer is not given again, and the same lesson goes first."""
    if isinstance(outcome, Lessons):
        return outcome
    match = _shown(after)
    lesson = match.entry.lesson if match else None
    found = [each for each in matches(outcome) if each.entry.ref != after.shown]
    if not found or isinstance(outcome, NotFound):
        return NotFound(closest=tuple(found))
    enough = found[0].score * _NEARLY
    found.sort(key=lambda each: each.score < enough or each.entry.lesson != lesson)
    if isinstance(outcome, Found) and outcome.best.entry.ref != after.shown:
        return Found(best=found[0], others=tuple(found[1:]))
    return Unsure(candidates=tuple(found))
