"""`coursebot digest`: what the digests of a course say, before anybody gets one."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from config.cli.context import say, with_application
from config.cli.previewing import instant, preview
from config.stores import now
from config.wiring import Application
from knowledge.errors import CoursebotError


@click.command
@click.argument("course", required=False)
@click.argument("lesson", required=False)
@click.option("--dry-run", is_flag=True, help="Instead say who would get which lesson when; nothing is sent.")
@click.option(
    "--at", callback=instant, help="With --dry-run: when (ISO 8601, UTC without an offset), else now."
)
@click.option("--show", is_flag=True, help="With --dry-run: print the words of each, too.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="With --dry-run: at most."
)
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: print a JSON list.")
@click.pass_context
def digest(
    context: click.Context,
    *,
    course: str | None,
    lesson: str | None,
    dry_run: bool,
    at: datetime | None,
    show: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Show the digest of a LESSON of COURSE as its readers get it, or those of all its lessons.

    LESSON is its number or its slug.
    """
    if dry_run == (course is not None):
        raise click.UsageError("Name a COURSE, or say --dry-run.")

    async def do(application: Application) -> None:
        if course is None:
            await preview(application, at or now(), limit=limit, show=show, as_json=as_json)
            return
        for number, slug in enumerate(await _slugs(application, course, lesson)):
            if number:
                say("\n" + "─" * 40 + "\n")
            await _show(application, course, slug)

    with_application(context, do)


async def _slugs(application: Application, course: str, lesson: str | None) -> list[str]:
    """The lessons to show; several where a number is given twice in a course."""
    store = await application.courses()
    if course not in {each.slug for each in await store.summaries()}:
        raise CoursebotError("course-unknown", course=course)
    lessons = await store.lessons(course)
    found = [
        each.slug
        for each in lessons
        if lesson is None or lesson == each.slug or (lesson.isdecimal() and each.number == int(lesson))
    ]
    if lesson is not None and not found:
        raise CoursebotError("lesson-unknown", course=course, lesson=lesson)
    return found


async def _show(application: Application, course: str, lesson: str) -> None:
    from adapters.console.screen import lines, terminal_width, wants_color
    from bot.catalog import catalog, negotiate
    from bot.rendering.digest import digest as composed

    content = await (await application.digests()).lesson(course, lesson)
    if content is None:
        raise CoursebotError("lesson-unknown", course=course, lesson=lesson)
    words = catalog(negotiate(application.settings.language or content.language))
    reply = composed(words, content)
    say("\n".join(lines(reply, width=terminal_width(sys.stdout), color=wants_color(sys.stdout))))
