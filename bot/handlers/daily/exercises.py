"""A lesson's questions to think about: what others answered is shown to whoever has answered, or has given up.

The answer is typed into a form, or is a reply to the digest. It is looked at by nobody and not kept; that it was
given is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.buttons import payloads
from bot.buttons.digests import AnswerExercise, Exercise, ExerciseStep
from bot.buttons.payloads import course_key
from bot.daily.digests import LessonContent
from bot.followup import asks
from bot.handlers.scene import Scene, Services
from bot.rendering import digest as digest_card
from bot.replies import Reply
from knowledge.errors import CoursebotError

_SENTENCE = re.compile(r"[^。！!?？；;\n]+[。！!?？；;\n]*")
_ANSWERS = re.compile(
    r"因为|所以|应该|我认为|我觉得|我的答案|思考题|第[一二三四\d]题|^\d[.、)）]|"
    r"\b(?:because|i think|my answer|exercise)\b",
    re.IGNORECASE,
)
"""Words of somebody who answers, also where others of theirs could ask."""


async def press(services: Services, scene: Scene, payload: Exercise) -> list[Reply]:
    """Look at what others answered, or give up first."""
    content = await _content(services, payload)
    if content is None:
        return [scene.say("lessons.gone")]
    if payload.step is ExerciseStep.GIVE_UP:
        return [await _opened(services, scene, content)]
    if await services.readers.exercises.seen(scene.sender, content.course, content.slug):
        return [digest_card.answers(scene.words, content)]
    return [digest_card.gate(scene.words, content)]


async def ask(services: Services, scene: Scene, payload: AnswerExercise) -> list[Reply]:
    """Ask for the reader's own answer."""
    content = await _content(services, payload)
    return [digest_card.asking(scene.words, content) if content else scene.say("lessons.gone")]


async def submit(
    services: Services, scene: Scene, payload: AnswerExercise, _fields: Mapping[str, str]
) -> list[Reply]:
    """Show what others answered to whoever has typed an answer.

    Raises:
        CoursebotError: "lesson-gone" when the lesson is no more.
    """
    content = await _content(services, payload)
    if content is None:
        raise CoursebotError("lesson-gone")
    return [await _opened(services, scene, content, note=scene.words.text("exercise.kept-none"))]


async def replied(services: Services, scene: Scene, said: str) -> list[Reply] | None:
    """What comes of a reply to a digest: None for a question, which is asked like any other."""
    quoted = scene.quoted
    if quoted is None or not quoted.ours or scene.edited or _only_asks(said):
        return None
    for text in quoted.payloads:
        payload = payloads.decode(text)
        if isinstance(payload, Exercise | AnswerExercise):
            return await submit(services, scene, AnswerExercise(payload.course, payload.lesson), {})
    return None


def _only_asks(said: str) -> bool:
    """Whether a reply to a digest asks and says nothing: an answer with a question behind it is an answer."""
    sentences = [each.strip() for each in _SENTENCE.findall(said) if each.strip()]
    if _ANSWERS.search(said):
        return False
    return all(each.endswith(("?", "？")) for each in sentences) or (len(sentences) == 1 and asks(said))


async def _opened(services: Services, scene: Scene, content: LessonContent, *, note: str = "") -> Reply:
    await services.readers.exercises.see(scene.sender, content.course, content.slug, at=scene.at)
    return digest_card.answers(scene.words, content, note=note)


async def _content(services: Services, payload: Exercise | AnswerExercise) -> LessonContent | None:
    """The lesson that a payload's keys name."""
    if services.digests is None:
        return None
    for course in await services.courses.summaries():
        if course_key(course.slug) != payload.course:
            continue
        for each in await services.courses.lessons(course.slug):
            if course_key(each.slug) == payload.lesson:
                return await services.digests.lesson(course.slug, each.slug)
    return None
