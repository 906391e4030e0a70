"""Answering cases: by replying to a card, by its form, or by `/answer ID TEXT`; and what else can be done with them.

Rights are asked for again at each step, in the case's own course.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.buttons import payloads
from bot.buttons.cases import TARGET, AnswerCase, CaseStep, OnCase
from bot.handlers import rights
from bot.handlers.scene import Scene, Services
from bot.handlers.team import case_steps
from bot.handlers.team.queue import desk
from bot.rendering import cases as render_cases
from bot.replies import Field, Form, Reply
from bot.team.cases import Case, CaseState, Closing
from bot.team.curating import ANSWER, checked
from bot.team.roles import Role
from bot.team.settling import seed_of
from knowledge.errors import CoursebotError

_NAMED = re.compile(rf"#?({TARGET})(?:\s*[:：｜|]\s*|\s+)(.+)", re.DOTALL)


async def answer(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/answer ID TEXT`."""
    found = _NAMED.fullmatch(arguments.strip())
    if found is None:
        return [scene.say("queue.answer-how")]
    return await answered(services, scene, found[1], found[2])


async def replied(services: Services, scene: Scene, said: str) -> list[Reply] | None:
    """The answer that replying to a card is; None for what is no reply to one, or comes from a reader."""
    if scene.quoted is None or not scene.quoted.ours or scene.edited:
        return None
    decoded = (payloads.decode(each) for each in scene.quoted.payloads)
    card = next((each for each in decoded if isinstance(each, AnswerCase)), None)
    if card is None or not (await rights.standing(services, scene)).may_somewhere(Role.EDITOR):
        return None
    return await answered(services, scene, card.target, said)


async def press(services: Services, scene: Scene, payload: AnswerCase) -> list[Reply]:
    """Ask for the answer."""
    case = await found(services, scene, payload.target)
    if case.state is not CaseState.OPEN:
        return [_ended(scene, case)]
    form = Form(
        payload=payloads.encode(payload),
        title=scene.words.text("queue.form-title", target=_numbered(payload.target)),
        fields=(
            Field(
                name="answer",
                label=scene.words.text("queue.form-answer"),
                limit=ANSWER,
                long=True,
            ),
        ),
    )
    return [Reply(spans=(), form=form)]


async def submit(
    services: Services, scene: Scene, payload: AnswerCase, fields: Mapping[str, str]
) -> list[Reply]:
    """The form was filled in."""
    return await answered(services, scene, payload.target, fields.get("answer", ""))


async def step(services: Services, scene: Scene, payload: OnCase) -> list[Reply]:
    """A button under a card."""
    case = await found(services, scene, payload.target)
    if case.state is not CaseState.OPEN and payload.step is not CaseStep.REPLACE:
        return [_ended(scene, case)]
    return await case_steps.STEPS[payload.step](services, scene, case, payload.argument)


async def found(services: Services, scene: Scene, target: str) -> Case:
    """The case that a payload or a command names, when whoever speaks may work on it.

    Raises:
        CoursebotError: "case-unknown"; errors of `rights.require`.
    """
    held = desk(services)
    number = await held.about_comment(target, at=scene.at) if target[:1] == "c" else int(target)
    case = await held.case(number) if number else None
    if case is None:
        # Who may do nothing is told that, and not which cases there are.
        await rights.require(services, scene, Role.EDITOR)
        raise CoursebotError("case-unknown", case=target)
    await rights.require(services, scene, Role.EDITOR, case.course)
    return case


async def answered(services: Services, scene: Scene, target: str, text: str) -> list[Reply]:
    """An answer to a case; who comes second sees the first one and may replace it.

    Raises:
        CoursebotError: as `found`; errors of `bot.team.curating.checked` for what is no answer.
    """
    case = await found(services, scene, target)
    by = await rights.require(services, scene, Role.EDITOR, case.course)
    if not case.course:
        return [replace(await case_steps.choose_course(services, scene, case), private=False)]
    # What cannot be saved ends nothing.
    text = checked(seed_of(replace(case, answer=text))).answer
    closing = Closing(state=CaseState.ANSWERED, answer=text, by=by, by_name=scene.sender.name)
    if await desk(services).close(case.id, closing, at=scene.at):
        return [await case_steps.settled(services, scene, case.id)]
    case = await found(services, scene, target)
    if case.state is CaseState.IGNORED:
        return [_ended(scene, case)]
    if case.answer == text:
        # The same message once more, after a restart: what is left to do is done.
        return [await case_steps.settled(services, scene, case.id)]
    draft = await desk(services).draft(case.id, text, by=by, at=scene.at)
    return [render_cases.second(scene.words, case, draft)]


def _ended(scene: Scene, case: Case) -> Reply:
    return scene.say(f"queue.is-{case.state.value}", name=case.by_name or case.by)


def _numbered(target: str) -> str:
    """A case as the team reads it: `#12`, or `c34` for a comment's."""
    return target if target.startswith("c") else f"#{target}"
