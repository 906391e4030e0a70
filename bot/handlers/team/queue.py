"""/queue: what waits for an answer, the most wanted first, or as much as fits into a few minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.buttons.cases import MoreCases
from bot.buttons.payloads import course_key
from bot.handlers import courses, rights
from bot.handlers.scene import Scene, Services
from bot.messages import Platform
from bot.rendering import cases as render_cases
from bot.replies import Reply
from bot.stores import CourseSummary
from bot.team import queueing
from bot.team.cases import Case, CaseDesk, Featured
from bot.team.roles import Role
from knowledge.errors import CoursebotError
from knowledge.outcome import Match, matches

CARDS = 3
"""Cards that are shown at once."""
_WEIGHED = 40
"""Cases that are looked at to fill a time budget."""
_MOST = 10
"""Cards that are shown for a time budget."""
_NEAREST = 5


async def queue(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """The first cards of the queue; with a time, those that satisfy most readers in it."""
    asked = queueing.asked(arguments)
    summaries = await services.courses.summaries()
    course = ""
    if asked.course:
        found = courses.named(summaries, asked.course)
        if found.exact is None:
            return [courses.not_named(scene, asked.course, found.close)]
        course = found.exact.slug
    return await _cards(services, scene, summaries, course, budget=asked.budget)


async def press(services: Services, scene: Scene, payload: MoreCases) -> list[Reply]:
    """The next cards."""
    summaries = await services.courses.summaries()
    slugs = {course_key(each.slug): each.slug for each in summaries}
    if payload.course and payload.course not in slugs:
        return [scene.say("course.gone")]
    return await _cards(services, scene, summaries, slugs.get(payload.course, ""), after=payload.target)


def desk(services: Services) -> CaseDesk:
    """What the team does with cases.

    Raises:
        CoursebotError: "cases-none" for a bot without a team.
    """
    if services.settling is None:
        raise CoursebotError("cases-none")
    return services.settling.cases


async def _cards(
    services: Services,
    scene: Scene,
    summaries: Sequence[CourseSummary],
    course: str,
    *,
    budget: timedelta | None = None,
    after: str = "",
) -> list[Reply]:
    scope = await _scope(services, scene, course)
    cases = await _behind(services, scene, await desk(services).open(scope), after)
    if budget is not None:
        return await _within(services, scene, summaries, cases, scope, budget)
    chosen = cases[:CARDS]
    room = CARDS - len(chosen)
    comment = after if after.startswith("c") else ""
    missing = await desk(services).featured(scope, after=comment, limit=room + 1)
    shown = [await card(services, scene, case, summaries) for case in chosen]
    shown += [_featured(scene, each, summaries) for each in missing[:room]]
    if not shown:
        return [scene.say("queue.end" if after else "queue.empty")]
    if len(cases) > len(chosen) or len(missing) > room:
        last = [*(str(case.id) for case in chosen), *(each.ref for each in missing[:room])][-1]
        button = render_cases.more(scene.words, last, course_key(course) if course else "")
        shown[-1] = replace(shown[-1], buttons=(*shown[-1].buttons, button))
    if not after and cases:
        shown.insert(0, _head(scene, cases))
    return shown


async def _behind(services: Services, scene: Scene, cases: Sequence[Case], after: str) -> list[Case]:
    """The open cases behind a card, in order: all where it is not known any more, none where it is a comment's."""
    if after.startswith("c"):
        return []
    last = await desk(services).case(int(after)) if after else None
    if last is None or str(last.id) != after:
        return queueing.ordered(cases, scene.at)
    return queueing.behind(cases, last, scene.at)


async def _within(  # noqa: PLR0917
    services: Services,
    scene: Scene,
    summaries: Sequence[CourseSummary],
    cases: Sequence[Case],
    scope: frozenset[str] | None,
    budget: timedelta,
) -> list[Reply]:
    """The cards that satisfy most readers within a budget; what time is left goes to comments, by likes."""
    weighed = list(cases[:_WEIGHED])
    found = await asyncio.gather(*(closest(services, each) for each in weighed))
    costs = [
        queueing.seconds(case.question, near[0].score if near else 0.0)
        for case, near in zip(weighed, found, strict=True)
    ]
    gains = [max(case.readers, 1) for case in weighed]
    chosen = queueing.fitting(costs, gains, budget)[:_MOST]
    spent = sum(costs[place] for place in chosen)
    shown = [await card(services, scene, weighed[place], summaries, near=found[place]) for place in chosen]
    for each in await desk(services).featured(scope, limit=_MOST - len(shown)) if len(shown) < _MOST else []:
        cost = queueing.seconds(each.text, 0.0)
        if shown and spent + cost > budget.total_seconds():
            break
        spent += cost
        shown.append(_featured(scene, each, summaries))
    if not shown:
        return [scene.say("queue.empty")]
    minutes = max(1, round(spent / 60))
    if chosen:
        readers = sum(gains[place] for place in chosen)
        head = scene.say("queue.within", count=len(shown), readers=readers, minutes=minutes)
    else:
        head = scene.say("queue.within-comments", count=len(shown), minutes=minutes)
    return [replace(head, private=False), *shown]


async def card(
    services: Services,
    scene: Scene,
    case: Case,
    summaries: Sequence[CourseSummary],
    *,
    near: Sequence[Match] | None = None,
) -> Reply:
    """The card of a case."""
    near = await closest(services, case) if near is None else near
    titles = {each.slug: each.title for each in summaries}
    name = ""
    if case.assignee:
        members = await services.staff.all()
        name = next((each.name for each in members if each.key == case.assignee and each.name), case.assignee)
    return render_cases.card(
        scene.words, case, near, course=titles.get(case.course, case.course), at=scene.at, assignee=name
    )


async def closest(services: Services, case: Case) -> tuple[Match, ...]:
    """The entries nearest to a case's question; none where it cannot be searched for."""
    try:
        outcome = await services.answering.ask(
            case.question, courses=(case.course,) if case.course else None, limit=_NEAREST
        )
    except CoursebotError:
        return ()
    return matches(outcome)[:_NEAREST]


async def _scope(services: Services, scene: Scene, course: str) -> frozenset[str] | None:
    """The courses whose cases whoever asks may see; None for all, and those about no course."""
    if course:
        await rights.require(services, scene, Role.EDITOR, course)
        return frozenset({course})
    held = await rights.standing(services, scene)
    return held.courses(Role.EDITOR)


def _featured(scene: Scene, comment: Featured, summaries: Sequence[CourseSummary]) -> Reply:
    titles = {each.slug: each.title for each in summaries}
    return render_cases.featured(scene.words, comment, course=titles.get(comment.course, comment.course))


def _head(scene: Scene, cases: Sequence[Case]) -> Reply:
    readers = sum(case.readers for case in cases)
    oldest = render_cases.age(scene.words, min(case.opened_at for case in cases), scene.at)
    said = scene.say("queue.head", count=len(cases), readers=readers, oldest=oldest)
    # A reply on Discord that only its reader sees could not be replied to; the cards are of a piece with it.
    return replace(said, private=scene.chat.platform is Platform.DISCORD and scene.chat.private)
