"""`coursebot chat`: the conversation in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from config.cli.context import say, with_application, words
from config.stores import now
from config.wiring import Application

SAMPLES = Path(__file__).resolve().parents[2] / "courses"
"""The bundled sample courses, beside the packages in a checkout and in a wheel."""


@click.command
@click.option(
    "--sample", is_flag=True, help="Import the bundled sample courses first when there is no course yet."
)
@click.pass_context
def chat(context: click.Context, *, sample: bool) -> None:
    """Talk to the bot in this terminal."""

    async def talk(application: Application) -> None:
        if sample:
            await _import_samples(application)
        core = await application.core()
        await application.library.check()
        spoken = words(application.settings)
        opening = spoken.text("console.demo") if sample else ""
        await application.console(language=spoken.language, opening=opening).run(core.handle)

    with_application(context, talk)


async def _import_samples(application: Application) -> None:
    from jobs.importing import courses_at, import_courses
    from knowledge.course import CourseOptions

    store = await application.courses()
    if await store.summaries():
        return
    found = courses_at(SAMPLES, everything=True)
    report = await import_courses(found, store, options=CourseOptions(), at=now())
    spoken = words(application.settings)
    say(
        spoken.text(
            "console.sample", courses=report.courses, lessons=report.lessons, comments=report.comments
        )
    )
