"""What the buttons under a case's card do, but for answering."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.buttons.cases import CaseStep, OnCase
from bot.buttons.payloads import course_key, encode
from bot.daily.deliveries import Notice
from bot.handlers import rights
from bot.handlers.scene import Scene, Services
from bot.handlers.team import queue
from bot.handlers.team.queue import desk
from bot.rendering import cases as render_cases
from bot.rendering.excerpt import gist
from bot.replies import Bold, Button, Reply
from bot.team.cases import Case, CaseState, Closing
from bot.team.reaching import reach
from bot.team.roles import Role
from knowledge.errors import CoursebotError
from knowledge.sameness import ALIKE

HANDED = "case-handed"
"""The kind of a notice that tells a colleague of a case."""
_CHOICES = 5


async def settled(services: Services, scene: Scene, number: int) -> Reply:
    """Settle a case that has just ended, and say what came of it."""
    if services.settling is None:
        raise CoursebotError("cases-none")
    told = await services.settling.settle(number, at=scene.at)
    return scene.say("queue.saved-told" if told else "queue.saved", count=told)


async def show(services: Services, scene: Scene, case: Case, _: str) -> list[Reply]:
    """Its card."""
    return [await queue.card(services, scene, case, await services.courses.summaries())]


async def merge(services: Services, scene: Scene, case: Case, into: str) -> list[Reply]:
    """Offer the cases that ask perhaps the same, or merge into one."""
    if into:
        other = await desk(services).case(int(into))
        if other is None or not await desk(services).merge(case.id, other.id, at=scene.at):
            return [scene.say("queue.cannot-merge")]
        return [scene.say("queue.merged", case=case.id, into=other.id)]
    others = [each for each in await desk(services).open(frozenset({case.course})) if each.id != case.id]
    if not others:
        return [scene.say("queue.none-alike")]
    scores = [0.0] * len(others)
    if services.likeness is not None:
        scope = (case.course,) if case.course else None
        scores = await services.likeness.alike(
            case.question, [each.question for each in others], courses=scope
        )
    alike = sorted(zip(others, scores, strict=True), key=lambda pair: (-pair[1], -pair[0].id))
    # Where nothing is alike, the latest are offered: the team may know better.
    close = [pair for pair in alike if pair[1] >= ALIKE] or alike
    return [render_cases.merging(scene.words, str(case.id), close[:_CHOICES])]


async def link(services: Services, scene: Scene, case: Case, ref: str) -> list[Reply]:
    """Offer the closest entries, or say that one of them is the answer."""
    if not ref:
        close = await queue.closest(services, case)
        if not close:
            return [scene.say("queue.nothing-to-link")]
        return [render_cases.linking(scene.words, str(case.id), close)]
    entry = await services.answering.entry(ref)
    if entry is None:
        return [scene.say("answer.gone")]
    by = await rights.require(services, scene, Role.EDITOR, entry.course)
    if not case.course:
        await desk(services).place(case.id, entry.course)
    closing = Closing(state=CaseState.LINKED, entry=ref, by=by, by_name=scene.sender.name)
    if not await desk(services).close(case.id, closing, at=scene.at):
        return [scene.say("queue.was-closed")]
    return [await settled(services, scene, case.id)]


async def ignore(services: Services, scene: Scene, case: Case, _: str) -> list[Reply]:
    """It needs no answer."""
    by = await rights.require(services, scene, Role.EDITOR, case.course)
    closing = Closing(state=CaseState.IGNORED, by=by, by_name=scene.sender.name)
    if not await desk(services).close(case.id, closing, at=scene.at):
        return [scene.say("queue.was-closed")]
    return [scene.say("queue.ignored")]


async def hand(services: Services, scene: Scene, case: Case, to: str) -> list[Reply]:
    """Offer the colleagues, or hand it to one."""
    members = [
        each
        for each in await services.staff.all()
        if each.role.covers(Role.EDITOR) and each.course in {"", case.course}
    ]
    if not to:
        mine = f"{scene.sender.platform.value}:{scene.sender.id}"
        others = {each.key: each for each in members if each.key != mine}
        if not others:
            return [scene.say("queue.no-colleague")]
        return [render_cases.handing(scene.words, str(case.id), list(others.values()))]
    member = next((each for each in members if each.key == to), None)
    if member is None:
        return [scene.say("queue.not-in-team")]
    if not await desk(services).hand(case.id, to):
        return [scene.say("queue.was-closed")]
    name = member.name or member.key
    where = await reach(services.directs, to) or services.team_chat
    if where is None or services.settling is None:
        return [scene.say("queue.handed-untold", name=name)]
    await services.settling.notify(
        Notice(
            key=f"case:{case.id}:hand:{to}:{_stamp(scene.at)}",
            kind=HANDED,
            chat=where,
            language=scene.words.language,
            subject={"case": case.id, "to": to},
        ),
        at=scene.at,
    )
    return [scene.say("queue.handed", name=name)]


async def take_draft(services: Services, scene: Scene, case: Case, number: str) -> list[Reply]:
    """Put an answer that came second in the place of the first."""
    kept = await desk(services).drafted(int(number or "0"))
    if kept is None or kept[0] != case.id:
        return [scene.say("answer.old-button")]
    by = await rights.require(services, scene, Role.EDITOR, case.course)
    closing = Closing(state=CaseState.ANSWERED, answer=kept[1], by=by, by_name=scene.sender.name)
    if not await desk(services).replace(case.id, closing, at=scene.at):
        return [scene.say("answer.old-button")]
    await settled(services, scene, case.id)
    return [scene.say("queue.replaced")]


async def place(services: Services, scene: Scene, case: Case, key: str) -> list[Reply]:
    """Offer the courses, or say which one it is about."""
    if not key:
        return [await choose_course(services, scene, case)]
    slugs = {course_key(each.slug): each.slug for each in await services.courses.summaries()}
    if key not in slugs:
        return [scene.say("course.gone")]
    await rights.require(services, scene, Role.EDITOR, slugs[key])
    if not await desk(services).place(case.id, slugs[key]):
        return [scene.say("queue.cannot-merge")]
    return await show(services, scene, replace(case, course=slugs[key]), "")


async def choose_course(services: Services, scene: Scene, case: Case) -> Reply:
    """Which course a case is about."""
    buttons = tuple(
        (
            Button(
                gist(each.title, 24).text,
                encode(OnCase(CaseStep.COURSE, str(case.id), course_key(each.slug))),
            ),
        )
        for each in (await services.courses.summaries())[:20]
    )
    return Reply(spans=(Bold(scene.words.text("queue.which-course")),), buttons=buttons)


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


Step = Callable[[Services, Scene, Case, str], Awaitable[list[Reply]]]

STEPS: Mapping[CaseStep, Step] = {
    CaseStep.SHOW: show,
    CaseStep.MERGE: merge,
    CaseStep.LINK: link,
    CaseStep.IGNORE: ignore,
    CaseStep.HAND: hand,
    CaseStep.REPLACE: take_draft,
    CaseStep.COURSE: place,
}
"""What each step does with an open case and its argument."""
