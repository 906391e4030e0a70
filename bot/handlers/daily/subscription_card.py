"""A subscription as it is shown: when lessons come, which one is next, and what can be changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons.payloads import Run, course_key, encode
from bot.buttons.subscriptions import Draft, Manage, Step
from bot.daily.dates import day_shown, schedule_shown, time_shown
from bot.daily.schedule import zone
from bot.daily.subscriptions import Subscriber, SubscriberState
from bot.handlers.scene import Scene
from bot.rendering.excerpt import gist
from bot.rendering.spans import joined
from bot.replies import Bold, Button, Reply, Span, Text
from bot.stores import CourseSummary, LessonSummary

_LABEL = 16
_ADDED = 4
"""Courses that are offered beside those that are read."""

Reads = Sequence[tuple[CourseSummary, LessonSummary | None]]
"""Courses that are read, and the next lesson of each."""


def lesson_name(lesson: LessonSummary) -> str:
    """A lesson by its number and title."""
    return lesson.title if lesson.number is None else f"{lesson.number:02d} {lesson.title}"


def subscribed(scene: Scene, subscriber: Subscriber, reads: Reads, *, course: str) -> Reply:
    """That a course was subscribed to (its title, or empty: only the schedule was changed), and what comes."""
    words = scene.words
    head = words.text("subscribe.done", course=course) if course else words.text("subscribe.changed")
    lines = [schedule_shown(words, subscriber.schedule, now=scene.at)]
    going_on = sum(lesson is not None for _, lesson in reads)
    if going_on > 1:
        lines.append(words.text("subscribe.all-courses", count=going_on))
    shown = [(summary, lesson) for summary, lesson in reads if not course or summary.title == course]
    lines += [_next(scene, subscriber, summary, lesson) for summary, lesson in shown]
    spans = joined(((Bold(f"✅ {head}"),), (Text("\n".join(lines)),)))
    # Everyone in the chat gets the lessons, so everyone may know.
    return Reply(spans=spans, buttons=_buttons(scene, subscriber, ()), private=scene.chat.private)


def card(scene: Scene, subscriber: Subscriber, reads: Reads, others: Sequence[CourseSummary]) -> Reply:
    """The subscription as it is, with everything that can be done about it."""
    words = scene.words
    lines: list[Span] = [Text(schedule_shown(words, subscriber.schedule, now=scene.at))]
    for summary, lesson in reads:
        where = (
            words.text("subscribe.place", lesson=lesson_name(lesson))
            if lesson
            else words.text("subscribe.next-none", course=summary.title)
        )
        lines.append(Text(f"\n📘 {summary.title}\n    {where}"))
    lines.append(Text(f"\n{state_shown(scene, subscriber)}"))
    spans = joined(((Bold(f"📬 {words.text('subscribe.title')}"),), lines))
    return Reply(spans=spans, buttons=_buttons(scene, subscriber, others), private=scene.chat.private)


def next_shown(scene: Scene, subscriber: Subscriber) -> tuple[str, str] | None:
    """The day and the time of what is due next, as they are said now; None while nothing is."""
    due = subscriber.next
    if due is None:
        return None
    today = subscriber.schedule.today(scene.at)
    clock = due.at.astimezone(zone(subscriber.schedule.zone)).time()
    return day_shown(scene.words, due.day, today=today), time_shown(clock)


def state_shown(scene: Scene, subscriber: Subscriber) -> str:
    """When the next lesson comes, or until when none does."""
    words = scene.words
    coming = next_shown(scene, subscriber)
    if subscriber.state is SubscriberState.PAUSED and subscriber.paused_until and coming:
        return words.text("subscribe.paused", day=coming[0])
    if coming is None:
        return words.text("subscribe.paused-open")
    return words.text("subscribe.when", day=coming[0], time=coming[1])


def _next(scene: Scene, subscriber: Subscriber, summary: CourseSummary, lesson: LessonSummary | None) -> str:
    coming = next_shown(scene, subscriber)
    if lesson is None or coming is None:
        return scene.words.text("subscribe.next-none", course=summary.title)
    return scene.words.text("subscribe.next", day=coming[0], time=coming[1], lesson=lesson_name(lesson))


def _buttons(
    scene: Scene, subscriber: Subscriber, others: Sequence[CourseSummary]
) -> tuple[tuple[Button, ...], ...]:
    words = scene.words
    change = tuple(
        Button(words.text(key), encode(Manage(step)))
        for key, step in (
            ("subscribe.time", Step.TIME),
            ("subscribe.days", Step.DAYS),
            ("subscribe.zone", Step.ZONE),
        )
    )
    paused = subscriber.state is SubscriberState.PAUSED
    pause = (
        Button(words.text("subscribe.resume"), encode(Manage(Step.RESUME)))
        if paused
        else Button(words.text("subscribe.pause"), encode(Manage(Step.PAUSE)))
    )
    leave = Button(words.text("subscribe.leave"), encode(Run("unsubscribe")))
    added = tuple(
        (
            Button(
                words.text("subscribe.add", course=gist(each.title, _LABEL).text),
                encode(Draft(course=course_key(each.slug))),
            ),
        )
        for each in others[:_ADDED]
    )
    return (change, (pause, leave), *added)
