"""`coursebot courses` and `coursebot lessons`: what is stored."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from bot.stores import CourseSummary, LessonSummary
from config.cli.context import complain, say, with_application, words
from config.wiring import Application
from knowledge.errors import CoursebotError

_as_json = click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")


@click.command
@_as_json
@click.pass_context
def courses(context: click.Context, *, as_json: bool) -> None:
    """List the stored courses."""

    async def show(application: Application) -> None:
        summaries = await (await application.courses()).summaries()
        if as_json:
            say(json.dumps([asdict(each) for each in summaries], ensure_ascii=False, indent=2))
        elif not summaries:
            complain(words(application.settings).text("course.none"))
        for each in () if as_json else summaries:
            say(_course_line(each))

    with_application(context, show)


def _course_line(course: CourseSummary) -> str:
    title = f"  {course.title}" if course.title != course.slug else ""
    counts = f"{course.lessons} 📘  {course.passages} 📖  {course.comments} 💬  {course.answered} ✍️  {course.seeds} 📌"
    return f"{course.slug}{title}\n    {counts}"


@click.command
@click.argument("course")
@_as_json
@click.pass_context
def lessons(context: click.Context, course: str, *, as_json: bool) -> None:
    """List the lessons of COURSE in reading order."""

    async def show(application: Application) -> None:
        store = await application.courses()
        if course not in {each.slug for each in await store.summaries()}:
            raise CoursebotError("course-unknown", course=course)
        found = await store.lessons(course)
        if as_json:
            say(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
        for each in () if as_json else found:
            say(_lesson_line(each))

    with_application(context, show)


def _lesson_line(lesson: LessonSummary) -> str:
    return f"{lesson.position:>3}  {lesson.slug}  ({lesson.passages} 📖, {lesson.comments} 💬)"
