"""The day's lesson: shown now instead of later, and what its reader does with it."""

from __future__ import annotations

from dataclasses import replace

from bot.buttons.digests import Digest, DigestAction
from bot.buttons.payloads import course_key
from bot.buttons.subscriptions import Draft
from bot.daily.deliveries import Delivery
from bot.daily.progress import upcoming
from bot.daily.subscriptions import Enrolment, Reading
from bot.handlers.daily import subscription_questions as ask
from bot.handlers.daily.enrolments import Here, go_button, here, pause
from bot.handlers.daily.progressing import progress_of
from bot.handlers.daily.subscribing import store
from bot.handlers.daily.subscription_card import next_shown
from bot.handlers.scene import Scene, Services
from bot.replies import Reply, Text
from bot.stores import CourseSummary, LessonSummary


async def digest(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """Today's lessons now; they are not sent again."""
    mine = await here(services, scene)
    if isinstance(mine, Reply):
        return [mine]
    chosen = mine.reading
    if arguments:
        folded = arguments.casefold()
        chosen = [each for each in chosen if folded in each[1].title.casefold()] or chosen
    return [await _today(services, scene, mine, *each) for each in chosen]


async def press(services: Services, scene: Scene, payload: Digest) -> list[Reply]:
    """A button under a digest."""
    if payload.action is DigestAction.MINE:
        return [await _alone(services, scene, payload.delivery)]
    mine = await here(services, scene)
    if isinstance(mine, Reply):
        return [mine]
    delivery = await store(services).delivery(payload.delivery, chat=scene.chat)
    its = mine.of(course_key(delivery.course)) if delivery and delivery.course else None
    if delivery is None or its is None:
        return [scene.say("answer.old-button")]
    match payload.action:
        case DigestAction.READ:
            return [await _read(services, scene, mine, delivery)]
        case DigestAction.SKIP:
            return [await _skipped(services, scene, mine, delivery)]
        case DigestAction.TOMORROW:
            return [await _again(services, scene, mine, its, delivery)]
        case DigestAction.PAUSE:
            return [await pause(services, scene, mine.subscriber)]
    return [ask.time(scene, Draft())]


async def _alone(services: Services, scene: Scene, number: int) -> Reply:
    """How whoever reads a group's lessons gets them in private, at a time and a pace of their own."""
    delivery = await store(services).delivery(number, chat=scene.chat) if services.subscriptions else None
    summaries = await services.courses.summaries()
    course = next((each for each in summaries if delivery and each.slug == delivery.course), None)
    return scene.say("daily.alone", course=course.title) if course else scene.say("answer.old-button")


async def _today(
    services: Services, scene: Scene, mine: Here, enrolment: Enrolment, course: CourseSummary
) -> Reply:
    today = mine.subscriber.schedule.today(scene.at)
    taken = await store(services).take(enrolment.id, on=today, at=scene.at)
    composed = await services.compose(taken) if taken and services.compose else None
    if composed:
        return replace(composed, private=scene.chat.private)
    ahead = upcoming(enrolment, await services.courses.lessons(course.slug))
    if ahead and not taken:
        return scene.say("daily.under-way")
    return scene.say("daily.none", course=course.title)


async def _read(services: Services, scene: Scene, mine: Here, delivery: Delivery) -> Reply:
    today = mine.subscriber.schedule.today(scene.at)
    if not await store(services).mark(delivery.id, Reading.DONE, on=today, at=scene.at):
        return scene.say("daily.known")
    progress = await progress_of(services, scene, mine.subscriber)
    words = scene.words
    said = words.text("daily.read", done=progress.done, count=progress.done)
    if progress.streak > 1:
        said = f"{said}{words.text('daily.gap')}{words.text('daily.streak', count=progress.streak)}"
    return Reply(spans=(Text(f"✓ {said}"),), private=True)


async def _skipped(services: Services, scene: Scene, mine: Here, delivery: Delivery) -> Reply:
    today = mine.subscriber.schedule.today(scene.at)
    noted = await store(services).mark(delivery.id, Reading.SKIPPED, on=today, at=scene.at)
    return scene.say("daily.skipped" if noted else "daily.known")


async def _again(
    services: Services, scene: Scene, mine: Here, its: tuple[Enrolment, CourseSummary], delivery: Delivery
) -> Reply:
    """Send the lesson once more, unless later ones were sent since: then everything from it on would come again."""
    enrolment, course = its
    lessons = await services.courses.lessons(course.slug)
    lesson = next((each for each in lessons if each.slug == delivery.lesson), None)
    if lesson is None:
        return scene.say("lessons.gone")
    if _passed(enrolment, lesson, lessons):
        said = scene.say("daily.passed")
        back = go_button(course, lesson, scene.words.text("daily.restart"))
        return replace(said, buttons=((back,),))
    await store(services).move(enrolment.id, lesson.position, at=scene.at)
    coming = next_shown(scene, mine.subscriber)
    if coming is None:
        return scene.say("subscribe.paused-open")
    return replace(scene.say("daily.again", day=coming[0], time=coming[1]), private=scene.chat.private)


def _passed(enrolment: Enrolment, lesson: LessonSummary, lessons: list[LessonSummary]) -> bool:
    """Whether a lesson behind that one was sent already."""
    return any(lesson.position < each.position < enrolment.position for each in lessons)
