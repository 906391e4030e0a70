"""What is done with a subscription that is there: another place in a course, a pause, leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.buttons.payloads import course_key, encode
from bot.buttons.subscriptions import Draft, GoTo, Leave, Manage, Step
from bot.daily.dates import day_shown
from bot.daily.subscriptions import Enrolment, Subscriber, SubscriberState
from bot.handlers.courses import named, not_named
from bot.handlers.daily import subscription_questions as ask
from bot.handlers.daily.subscribing import not_here, shown, store
from bot.handlers.daily.subscription_card import lesson_name, next_shown
from bot.handlers.lessons import wanted, without
from bot.handlers.scene import Scene, Services
from bot.rendering.excerpt import gist
from bot.replies import Button, Reply, Text
from bot.stores import CourseSummary, LessonSummary

PAUSE = timedelta(days=7)
"""How long a pause is: lessons go on on the same day of the week."""

_ALL = {"all", "*", "全部", "所有", "everything"}
_LABEL = 20
_MOST = 5
_WORD = 40


@dataclass(frozen=True, slots=True)
class Here:
    """The subscription of a chat, and the titles of its courses by slug."""

    subscriber: Subscriber
    titled: dict[str, CourseSummary]

    @property
    def reading(self) -> list[tuple[Enrolment, CourseSummary]]:
        """The courses that are read."""
        return [
            (each, self.titled[each.course]) for each in self.subscriber.reading if each.course in self.titled
        ]

    def of(self, key: str) -> tuple[Enrolment, CourseSummary] | None:
        """The course with that key, if it is read."""
        return next((each for each in self.reading if course_key(each[1].slug) == key), None)


async def here(services: Services, scene: Scene) -> Here | Reply:
    """The subscription that the sender may do something with, or why there is none."""
    refused = not_here(services, scene)
    if refused:
        return refused
    subscriber = await store(services).of(scene.chat)
    summaries = await services.courses.summaries()
    if subscriber is None or not subscriber.reading:
        return scene.say("subscribe.not-yet")
    return Here(subscriber, {each.slug: each for each in summaries})


async def unsubscribe(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """Leave the named course, or the only one; several are asked about."""
    mine = await here(services, scene)
    if isinstance(mine, Reply):
        return [mine]
    if arguments.casefold() in _ALL:
        return [await _left(services, scene, mine, mine.reading)]
    if arguments:
        found = named(list(mine.titled.values()), arguments)
        if found.exact is None:
            return [not_named(scene, arguments, None)]
        its = mine.of(course_key(found.exact.slug))
        if its is None:
            return [scene.say("unsubscribe.not-reading", course=found.exact.title)]
        return [await _left(services, scene, mine, [its])]
    if len(mine.reading) == 1:
        return [await _left(services, scene, mine, mine.reading)]
    return [_which(scene, mine)]


async def leave(services: Services, scene: Scene, payload: Leave) -> list[Reply]:
    """The button that unsubscribes, from a course or (empty) from whatever there is."""
    mine = await here(services, scene)
    if isinstance(mine, Reply):
        return [mine]
    if payload.course:
        its = mine.of(payload.course)
        return [await _left(services, scene, mine, [its])] if its else [scene.say("answer.old-button")]
    return [await _left(services, scene, mine, mine.reading)]


async def manage(services: Services, scene: Scene, payload: Manage) -> list[Reply]:
    """A button of the subscription's card."""
    mine = await here(services, scene)
    if isinstance(mine, Reply):
        return [mine]
    match payload.step:
        case Step.TIME:
            return [ask.time(scene, Draft())]
        case Step.DAYS:
            return [ask.days(scene, Draft())]
        case Step.ZONE:
            return [ask.place(scene, Draft())]
        case Step.PAUSE:
            return [await pause(services, scene, mine.subscriber)]
        case Step.RESUME:
            return [await _resumed(services, scene, mine.subscriber)]


async def pause(services: Services, scene: Scene, subscriber: Subscriber) -> Reply:
    """Send nothing for a week."""
    until = subscriber.schedule.today(scene.at) + PAUSE
    await store(services).pause(subscriber.id, until=until, at=scene.at)
    now = await store(services).get(subscriber.id) or subscriber
    said = scene.say("daily.pause", day=_day(scene, now, now.next.day if now.next else until))
    resume = Button(scene.words.text("subscribe.resume"), encode(Manage(Step.RESUME)))
    return replace(said, buttons=((resume,),), private=scene.chat.private)


async def goto(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """Go on with another lesson, by its number or title."""
    mine = await here(services, scene)
    if isinstance(mine, Reply):
        return [mine]
    if not arguments:
        return [scene.say("goto.which")]
    found = await _lessons(services, mine, arguments)
    if not found:
        return [scene.say("goto.no-such", wanted=gist(arguments, _WORD).text)]
    if len(found) == 1:
        return [await _moved(services, scene, mine, *found[0])]
    rows = tuple((_there(scene, mine, course, lesson),) for course, lesson in found[:_MOST])
    said = scene.say("goto.several", wanted=gist(arguments, _WORD).text)
    return [replace(said, buttons=rows)]


async def go(services: Services, scene: Scene, payload: GoTo) -> list[Reply]:
    """The button that goes on with a lesson."""
    mine = await here(services, scene)
    if isinstance(mine, Reply):
        return [mine]
    its = mine.of(payload.course)
    if its is None:
        return [scene.say("answer.old-button")]
    for lesson in await services.courses.lessons(its[1].slug):
        if course_key(lesson.slug) == payload.lesson:
            return [await _moved(services, scene, mine, its[1], lesson)]
    return [scene.say("lessons.gone")]


def go_button(course: CourseSummary, lesson: LessonSummary, label: str) -> Button:
    """A button that goes on with a lesson."""
    return Button(label, encode(GoTo(course_key(course.slug), course_key(lesson.slug))))


async def _lessons(
    services: Services, mine: Here, arguments: str
) -> list[tuple[CourseSummary, LessonSummary]]:
    """The lessons of the courses that are read which may be meant; a course may be named before the lesson."""
    found: list[tuple[CourseSummary, LessonSummary]] = []
    for _, course in mine.reading:
        lessons = await services.courses.lessons(course.slug)
        for words in (arguments, without(arguments, course)):
            meant = wanted(lessons, words) if words else []
            if meant:
                if words != arguments:
                    return [(course, each) for each in meant]
                found += [(course, each) for each in meant]
                break
    return found


def _there(scene: Scene, mine: Here, course: CourseSummary, lesson: LessonSummary) -> Button:
    several = len(mine.reading) > 1
    label = f"{lesson_name(lesson)} · {course.title}" if several else lesson_name(lesson)
    return go_button(course, lesson, gist(label, _LABEL * 2).text)


async def _moved(
    services: Services, scene: Scene, mine: Here, course: CourseSummary, lesson: LessonSummary
) -> Reply:
    its = mine.of(course_key(course.slug))
    if its is None:
        return scene.say("unsubscribe.not-reading", course=course.title)
    await store(services).move(its[0].id, lesson.position, at=scene.at)
    lines = [scene.words.text("goto.done", course=course.title, lesson=lesson_name(lesson))]
    coming = next_shown(scene, mine.subscriber)
    if coming and mine.subscriber.state is SubscriberState.ACTIVE:
        lines.append(scene.words.text("goto.when", day=coming[0], time=coming[1]))
    return Reply(spans=(Text("\n".join(lines)),), private=scene.chat.private)


async def _left(
    services: Services, scene: Scene, mine: Here, leaving: Sequence[tuple[Enrolment, CourseSummary]]
) -> Reply:
    for enrolment, _ in leaving:
        await store(services).leave(enrolment.id, at=scene.at)
    if len(leaving) == 1:
        course = leaving[0][1]
        again = Button(scene.words.text("subscribe.again"), encode(Draft(course=course_key(course.slug))))
        said = scene.say("unsubscribe.done", course=course.title)
        return replace(said, buttons=((again,),), private=scene.chat.private)
    return replace(scene.say("unsubscribe.all"), private=scene.chat.private)


def _which(scene: Scene, mine: Here) -> Reply:
    rows = [
        (Button(gist(course.title, _LABEL).text, encode(Leave(course_key(course.slug)))),)
        for _, course in mine.reading
    ]
    rows.append((Button(scene.words.text("unsubscribe.everything"), encode(Leave(""))),))
    return replace(scene.say("unsubscribe.which"), buttons=tuple(rows))


async def _resumed(services: Services, scene: Scene, subscriber: Subscriber) -> Reply:
    await store(services).resume(subscriber.id, at=scene.at)
    now = await store(services).get(subscriber.id) or subscriber
    coming = next_shown(scene, now)
    if coming is None:
        return await shown(services, scene, now)
    said = scene.say("daily.resumed", day=coming[0], time=coming[1])
    return replace(said, private=scene.chat.private)


def _day(scene: Scene, subscriber: Subscriber, day: date) -> str:
    return day_shown(scene.words, day, today=subscriber.schedule.today(scene.at))
