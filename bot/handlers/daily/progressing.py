"""How far the reader is, in words and as a calendar in a picture."""

from __future__ import annotations

from bot.daily.progress import CourseProgress, Progress, read_days, streaks, upcoming
from bot.daily.subscriptions import EnrolmentState, Reading, Subscriber
from bot.handlers.daily.subscribing import store
from bot.handlers.daily.subscription_card import lesson_name
from bot.handlers.scene import Scene, Services
from bot.rendering.heatmap import progress_picture
from bot.rendering.spans import joined
from bot.replies import Bold, Reply, Span, Text

_BAR = 10
"""Squares of the bar of a course."""


async def progress(services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """Lessons done, days in a row, and what comes next."""
    if services.subscriptions is None:
        return [scene.say("subscribe.not-here")]
    subscriber = await store(services).of(scene.chat)
    if subscriber is None or not subscriber.enrolments:
        return [scene.say("subscribe.not-yet")]
    return [_shown(scene, await progress_of(services, scene, subscriber))]


async def progress_of(services: Services, scene: Scene, subscriber: Subscriber) -> Progress:
    """How far a subscriber is."""
    subscriptions = store(services)
    today = subscriber.schedule.today(scene.at)
    titled = {each.slug: each for each in await services.courses.summaries()}
    reads = {each.id: await subscriptions.read(each.id) for each in subscriber.enrolments}
    courses: list[CourseProgress] = []
    for each in subscriber.enrolments:
        if each.state is EnrolmentState.LEFT or each.course not in titled:
            continue
        lessons = await services.courses.lessons(each.course)
        there = {lesson.slug for lesson in lessons}
        its = [read for read in reads[each.id] if read.lesson in there]
        done = sum(read.reading is Reading.DONE for read in its)
        courses.append(
            CourseProgress(
                course=each.course,
                title=titled[each.course].title,
                done=done,
                skipped=len(its) - done,
                lessons=len(lessons),
                next=upcoming(each, lessons),
            )
        )
    days = read_days(read for each in reads.values() for read in each)
    streak, longest = streaks(days, await subscriptions.sent_on(subscriber.id), today=today)
    return Progress(today=today, courses=tuple(courses), days=days, streak=streak, longest=longest)


def _shown(scene: Scene, progress: Progress) -> Reply:
    words = scene.words
    parts: list[tuple[Span, ...]] = [(Bold(f"📈 {words.text('progress.title')}"),)]
    for each in progress.courses:
        lines = [f"{_bar(each)} {words.text('progress.course', done=each.done, lessons=each.lessons)}"]
        if each.skipped:
            lines[0] += f" · {words.text('progress.skipped', count=each.skipped)}"
        if each.next:
            lines.append(words.text("subscribe.place", lesson=lesson_name(each.next)))
        parts.append((Bold(f"📘 {each.title}"), Text("\n" + "\n".join(lines))))
    if progress.days:
        count = len(progress.days)
        told = words.text("progress.days", count=count, done=progress.done)
        streak = words.text("progress.streak", count=progress.streak, longest=progress.longest)
        parts.append((Text(f"{told}\n🔥 {streak}"),))
    else:
        parts.append((Text(words.text("progress.none")),))
    picture = progress_picture(words, progress.days, today=progress.today) if progress.days else None
    return Reply(spans=joined(parts, "\n\n"), private=True, document=picture)


def _bar(course: CourseProgress) -> str:
    """A bar that is full only when every lesson was read, and not empty once one was."""
    full = course.done * _BAR // max(1, course.lessons)
    full = max(1, full) if course.done else 0
    return "▰" * full + "▱" * (_BAR - full)
