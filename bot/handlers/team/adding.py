"""A new answer: typed whole, in reply to a question or an answer, or field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.buttons.curating import AddAnswer
from bot.buttons.payloads import AskTeacher, Others, course_key, decode, encode
from bot.handlers import at_hand, courses, rights
from bot.handlers.scene import Scene, Services
from bot.handlers.team import curating, weighing
from bot.replies import Field, Form, Reply
from bot.stores import CourseSummary
from bot.team.curating import ALIAS, ANSWER, QUESTION, Saved
from bot.team.roles import Role
from knowledge.errors import CoursebotError
from knowledge.model import Seed

_PARTS = re.compile(r"\s*[｜|]\s*|\s*\n\s*")


async def add(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/add question｜answer` saves at once; anything less opens a form with what is known."""
    at_hand.desk(services)
    question, answer = parted(arguments)
    typed = bool(question)
    if scene.quoted:
        question, answer = await _quoted(services, scene, question, answer)
    course = await _course(services, scene)
    await rights.require(services, scene, Role.EDITOR, course.slug)
    if question and answer and typed:
        return await submit(
            services,
            scene,
            AddAnswer(course_key(course.slug)),
            {"question": question, "answer": answer},
        )
    payload = encode(AddAnswer(course_key(course.slug)))
    fields = (
        Field(
            name="question",
            label=scene.words.text("field.question"),
            value=question[:QUESTION],
            limit=QUESTION,
        ),
        Field(
            name="answer",
            label=scene.words.text("field.answer"),
            value=answer[:ANSWER],
            limit=ANSWER,
            long=True,
        ),
        wordings_field(scene),
    )
    title = scene.words.text("curate.add-title")
    return [Reply(spans=(), form=Form(payload=payload, title=title, fields=fields), private=True)]


async def begin(services: Services, scene: Scene, payload: AddAnswer) -> list[Reply]:
    """A button that asks for a new answer."""
    course = await _named(services, payload.course)
    return await add(services, scene, "") if course else [scene.say("course.gone")]


async def submit(
    services: Services, scene: Scene, payload: AddAnswer, fields: Mapping[str, str]
) -> list[Reply]:
    """The form was filled in."""
    course = await _named(services, payload.course)
    if course is None:
        raise CoursebotError("curate-gone")
    seed = Seed(
        question=fields.get("question", ""),
        answer=fields.get("answer", ""),
        aliases=lines(fields.get("wordings", "")),
    )
    by = await rights.require(services, scene, Role.EDITOR, course)

    async def save() -> Saved:
        return await at_hand.desk(services).add(course, seed, by=by, at=scene.at)

    first = await weighing.asked_first(services, scene, course, save, payload=encode(payload), fields=fields)
    return [first or await _done(services, scene, await save())]


def lines(text: str) -> tuple[str, ...]:
    """One wording a line."""
    return tuple(each.strip() for each in text.splitlines() if each.strip())


def wordings_field(scene: Scene, value: str = "", *, required: bool = False) -> Field:
    """Asks for other wordings, one a line."""
    return Field(
        name="wordings",
        label=scene.words.text("field.wordings"),
        value=value,
        limit=10 * ALIAS,
        long=True,
        required=required,
    )


async def _done(services: Services, scene: Scene, saved: Saved) -> Reply:
    if not saved.change:
        return await curating.shown(services, scene, saved.ref, "curate.there")
    if saved.replaced:
        return await curating.shown(
            services, scene, saved.ref, "curate.replaced", change=saved.change, before=saved.replaced.answer
        )
    return await curating.shown(services, scene, saved.ref, "curate.added", change=saved.change)


def parted(arguments: str) -> tuple[str, str]:
    """Question and answer, parted by the first ｜, | or line break; without one all of it is the first."""
    parts = _PARTS.split(arguments.strip(), maxsplit=1)
    return parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""


async def _quoted(services: Services, scene: Scene, first: str, second: str) -> tuple[str, str]:
    """What a message that is replied to adds: the question, or the answer with the question it replied to."""
    quoted = scene.quoted
    if quoted is None or (first and second):
        return first, second
    if quoted.ours:
        known = await at_hand.asked(services, scene, _turn(quoted.payloads))
        # What was typed is the answer to the question of that card.
        return (known.question, first) if known else (first, second)
    earlier = services.recent.replied(scene.chat, scene.reply_to, at=scene.at) or quoted.replied
    author = quoted.author
    theirs = author is not None and (await services.staff.of(author)).may_somewhere(Role.EDITOR)
    if first:
        return quoted.text, first
    if earlier or theirs or author == scene.sender:
        return earlier, quoted.text
    return quoted.text, ""


def _turn(carried: tuple[str, ...]) -> str:
    """The turn that a card's buttons are about."""
    shown = at_hand.shown_in(carried)
    if shown and shown[1]:
        return shown[1]
    for each in map(decode, carried):
        if isinstance(each, AskTeacher | Others):
            return each.turn
    return ""


async def _course(services: Services, scene: Scene) -> CourseSummary:
    """The course that an answer is for: that of the card replied to, the chosen one, or the only one.

    Raises:
        CoursebotError: "curate-which-course" where there are several, "no-course" where there is none.
    """
    summaries = await services.courses.summaries()
    wanted = scene.course
    if scene.quoted and (shown := at_hand.shown_in(scene.quoted.payloads)):
        found = await services.answering.entry(shown[0])
        wanted = found.course if found else wanted
    chosen = courses.named(summaries, wanted).exact if wanted else None
    if chosen:
        return chosen
    held = (await rights.standing(services, scene)).courses(Role.EDITOR)
    allowed = [each for each in summaries if held is None or each.slug in held]
    if len(allowed) == 1:
        return allowed[0]
    raise CoursebotError("curate-which-course" if summaries else "no-course")


async def _named(services: Services, key: str) -> str | None:
    """Slug of the course with that key."""
    return next(
        (each.slug for each in await services.courses.summaries() if course_key(each.slug) == key), None
    )
