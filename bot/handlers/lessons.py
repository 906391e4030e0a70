"""A course's lessons, and one of them."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.buttons.payloads import Lessons, course_key, encode
from bot.handlers.courses import named, not_named
from bot.handlers.scene import Scene, Services
from bot.links import LessonLink
from bot.rendering.excerpt import gist
from bot.rendering.spans import joined, marked
from bot.replies import Bold, Button, Link, Reply, Span, Text
from bot.stores import CourseSummary, LessonSummary

PAGE = 20
"""Lessons on one page."""
_CLOSE = 60
_MOST = 5


async def lessons(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """The lessons of the named or the chosen course."""
    summaries = await services.courses.summaries()
    if arguments:
        found = named(summaries, arguments)
        if found.exact is None:
            return [not_named(scene, arguments, found.close)]
        return [await _page(services, scene, found.exact, 1)]
    scope = await services.in_scope(scene.course)
    if not scope:
        return [scene.say("course.none")]
    if len(scope) == 1:
        return [await _page(services, scene, scope[0], 1)]
    rows = tuple(
        (Button(gist(each.title, PAGE).text, encode(Lessons(course_key(each.slug)))),) for each in scope[:20]
    )
    return [Reply(spans=marked(scene.words.text("lessons.pick-course")), buttons=rows, private=True)]


async def press(services: Services, scene: Scene, payload: Lessons) -> list[Reply]:
    """Another page, or the course that was asked for."""
    for each in await services.courses.summaries():
        if course_key(each.slug) == payload.course:
            return [await _page(services, scene, each, payload.page, replaces=True)]
    return [scene.say("course.gone")]


async def opened(services: Services, scene: Scene, link: LessonLink) -> list[Reply]:
    """The lesson that a deep link names."""
    for course in await services.courses.summaries():
        if course_key(course.slug) != link.course:
            continue
        for each in await services.courses.lessons(course.slug):
            if course_key(each.slug) == link.lesson:
                return [_lesson(scene, course.title, each)]
    return [scene.say("lessons.gone")]


async def lesson(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """One lesson by its number or title, in the courses the reader looks in."""
    if not arguments:
        return [scene.say("lessons.which")]
    scope = await services.in_scope(scene.course)
    if not scope:
        return [scene.say("course.none")]
    titles = {each.slug: each.title for each in scope}
    every = [each for course in scope for each in await services.courses.lessons(course.slug)]
    found = _named(scope, every, arguments)
    if len(found) == 1:
        return [_lesson(scene, titles[found[0].course], found[0])]
    short = gist(arguments, 40).text
    close = found or _close(every, arguments)
    if not close:
        return [scene.say("lessons.no-such", wanted=short)]
    said = scene.words.text("lessons.several" if found else "lessons.close", wanted=short)
    lines = "\n".join(f"· {titles[each.course]} › {_name(each)}" for each in close[:_MOST])
    return [
        Reply(
            spans=(
                Text(f"{said}\n\n{lines}\n\n"),
                *marked(_hint(scene, close[0], several=len(scope) > 1)),
            ),
            private=True,
        )
    ]


def _named(scope: Sequence[CourseSummary], every: Sequence[LessonSummary], said: str) -> list[LessonSummary]:
    """The lessons that may be meant; a course may be named before or after the lesson."""
    for course in scope:
        if rest := without(said, course):
            inside = wanted([each for each in every if each.course == course.slug], rest)
            if inside:
                return inside
    return wanted(every, said)


def _hint(scene: Scene, example: LessonSummary, *, several: bool) -> str:
    """How to get one of the lessons shown; where there are several courses, a number alone does not say which."""
    if not several:
        return scene.words.text("lessons.hint")
    lesson = example.title if example.number is None else example.number
    return scene.words.text("lessons.hint-course", example=f"{example.course} {lesson}")


def without(said: str, course: CourseSummary) -> str:
    """What follows the course's name, where the line begins or ends with it; else nothing."""
    folded = said.casefold()
    for name in (course.title.casefold(), course.slug.casefold()):
        if folded.startswith(name):
            return folded.removeprefix(name).strip()
        if folded.endswith(name):
            return folded.removesuffix(name).strip()
    return ""


def wanted(every: Sequence[LessonSummary], said: str) -> list[LessonSummary]:
    """The lessons of that number, or else that title, or else with those words in the title."""
    folded = said.casefold()
    if folded.isdecimal() and len(folded) < 6:
        return [each for each in every if each.number == int(folded)]
    exact = [each for each in every if folded in (each.title.casefold(), each.slug.casefold())]
    return exact or [each for each in every if folded in each.title.casefold()]


def _close(every: Sequence[LessonSummary], wanted: str) -> list[LessonSummary]:
    """The lessons whose titles are most like it."""
    names = {index: each.title.casefold() for index, each in enumerate(every)}
    nearest = process.extract(
        wanted.casefold()[:200], names, scorer=fuzz.WRatio, score_cutoff=_CLOSE, limit=_MOST
    )
    return [every[index] for _, _, index in nearest]


def _name(each: LessonSummary) -> str:
    return each.title if each.number is None else f"{each.number:02d} {each.title}"


def _lesson(scene: Scene, course: str, each: LessonSummary) -> Reply:
    numbers = scene.words.text("lessons.numbers", passages=each.passages, comments=each.comments)
    head: tuple[Span, ...] = (Bold(f"📖 {_name(each)}"), Text(f"\n📘 {course}\n{numbers}"))
    if each.url:
        head = (*head, Text("\n🔗 "), Link(scene.words.text("card.read"), each.url))
    return Reply(spans=joined((head, marked(scene.words.text("lessons.ask"))), "\n\n"), private=True)


async def _page(
    services: Services, scene: Scene, course: CourseSummary, page: int, *, replaces: bool = False
) -> Reply:
    """A page of a course's lessons; a page beyond the last is the last."""
    words = scene.words
    every = await services.courses.lessons(course.slug)
    if not every:
        return scene.say("lessons.none", course=course.title)
    pages = -(-len(every) // PAGE)
    page = min(page, pages)
    lines = [
        f"{'' if each.number is None else f'{each.number:02d}':>2}  {each.title}"
        for each in every[(page - 1) * PAGE : page * PAGE]
    ]
    parts: list[tuple[Span, ...]] = [
        (Bold(f"📘 {words.text('lessons.title', course=course.title, count=len(every))}"),),
        (Text("\n".join(lines)),),
    ]
    row: list[Button] = []
    if pages > 1:
        parts.append((Text(words.text("lessons.page", page=page, pages=pages)),))
    key = course_key(course.slug)
    if page > 1:
        row.append(Button(words.text("button.previous"), encode(Lessons(key, page - 1))))
    if page < pages:
        row.append(Button(words.text("button.next"), encode(Lessons(key, page + 1))))
    parts.append(marked(words.text("lessons.hint")))
    return Reply(
        spans=joined(parts, "\n\n"), buttons=(tuple(row),) if row else (), private=True, replaces=replaces
    )
