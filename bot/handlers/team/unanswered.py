"""Questions without an answer become cases: by themselves, by 问老师, or when two readers find an answer wrong.

By itself a question becomes a case when it was put to the bot and nothing was found, and only when it is the course's
business: something of it is in the course, and the closest entry is not out of reach (`TOPICAL`). A question that leans
on the one before, and the eleventh of one person within a day, need somebody to press 问老师.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.conversation import Turn
from bot.handlers.scene import Scene, Services
from bot.messages import Platform
from bot.team.cases import Cause, Reported, Wish
from knowledge.errors import CoursebotError
from knowledge.outcome import NotFound, Outcome, matches
from knowledge.sameness import SAME

logger = logging.getLogger("coursebot.core")

TOPICAL = 0.02
"""Probability of the closest entry below which a question is taken for chatter. With one shared word at least, it lets
through 22 % of off-topic questions, and 82 % of those that the course would answer (docs/questions.md)."""
DAILY = 10
"""Cases that one person's questions open or join by themselves within a day."""
_DAY = timedelta(days=1)


async def missed(services: Services, scene: Scene, turn: Turn) -> bool:
    """Make a case of a question for which nothing was found; whether its asker is told when it is answered."""
    if not turn.alone or not topical(turn.outcome):
        return False
    try:
        counted = await services.readers.cases.reported_since(scene.at - _DAY, person=scene.sender)
        if counted >= DAILY:
            return False
        reported = await report(services, scene, turn, Cause.NOT_FOUND)
    except CoursebotError as error:
        # The reader has an honest reply all the same, with a button to try again.
        logger.warning("case not opened: %s", error.key, extra={"action": "case-not-opened"})
        return False
    return not reported.ignored and scene.chat.platform is not Platform.CONSOLE


async def report(services: Services, scene: Scene, turn: Turn, cause: Cause, *, ref: str = "") -> Reported:
    """Count whoever speaks in the case of a question, which is opened unless there is one that asks the same."""
    course = await _course(services, turn)
    wish = Wish(
        question=turn.question,
        course=course,
        language=scene.words.language,
        chat=scene.chat,
        person=scene.sender,
        cause=cause,
        ref=ref,
        at=scene.at,
    )
    async with services.reporting:
        return await services.readers.cases.report(wish, case=await _same(services, turn.question, course))


async def _same(services: Services, question: str, course: str) -> int | None:
    """Number of the open case that asks the same, in these words or in others."""
    known = await services.readers.cases.wordings(course)
    for each in known:
        if each.text == question:
            return each.case
    if services.likeness is None or not known:
        return None
    scope = (course,) if course else None
    alike = await services.likeness.alike(question, [each.text for each in known], courses=scope, least=SAME)
    best = max(range(len(known)), key=alike.__getitem__)
    return known[best].case if alike[best] >= SAME else None


async def _course(services: Services, turn: Turn) -> str:
    """The course that a question is about: the chosen one, that of the closest entry, or the only one."""
    closest = next(iter(matches(turn.outcome)), None)
    if turn.course or closest:
        return turn.course or (closest.entry.course if closest else "")
    summaries = await services.courses.summaries()
    return summaries[0].slug if len(summaries) == 1 else ""


def topical(outcome: Outcome) -> bool:
    """Whether nothing was found for what is yet the course's business."""
    if not isinstance(outcome, NotFound) or not outcome.closest:
        return False
    best = outcome.closest[0]
    return bool(best.why.matched) and best.score >= TOPICAL
