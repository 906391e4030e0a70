"""`coursebot seed import` and `coursebot seed export`: answers in files."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import click

from bot.catalog import Catalog
from bot.ports import CourseStore, CourseSummary, SavedSeeds
from config.cli.context import DONE, NOTHING_DONE, SOME_SKIPPED, complain, say, with_application, words
from config.wiring import Application, now
from knowledge.errors import CoursebotError
from knowledge.model import Seed
from knowledge.seeds import BadRow, read_seeds, write_seeds

_course = click.option(
    "--course", metavar="SLUG", help="The course they belong to; may be left out when there is one."
)
_file = click.argument("file", type=click.Path(path_type=Path))


@click.group
def seed() -> None:
    """Answers that admins give: import them from a file, export them to one."""


@seed.command("import")
@_file
@_course
@click.pass_context
def import_(context: click.Context, file: Path, *, course: str | None) -> None:
    """Import answers from FILE, JSON Lines or CSV with question, answer, aliases, lesson, author.

    Good rows are kept, bad ones are reported by number.
    """

    async def do(application: Application) -> int:
        read = read_seeds(file)
        spoken = words(application.settings)
        bad = list(read.bad)
        store = await application.courses()
        saved_rows = 0
        report = SavedSeeds()
        for slug, rows in (await _by_course(store, course, read.seeds, bad)).items():
            saved = await (await application.seeds()).save(slug, [seed for _, seed in rows], at=now())
            bad += [BadRow(rows[place][0], "row-no-lesson") for place in saved.no_such_lesson]
            report = _together(report, saved)
            saved_rows += len(rows) - len(saved.no_such_lesson)
        await application.library.refresh()
        _show(report, bad, spoken)
        if not saved_rows and (bad or not read.seeds):
            return NOTHING_DONE
        return SOME_SKIPPED if bad else DONE

    context.exit(with_application(context, do))


@seed.command
@_file
@_course
@click.pass_context
def export(context: click.Context, file: Path, *, course: str | None) -> None:
    """Export all answers to FILE: CSV where its name ends so, else JSON Lines."""

    async def do(application: Application) -> None:
        if course is not None:
            await _known(await application.courses(), course)
        seeds = [seed for _, seed in await (await application.seeds()).all(course)]
        try:
            written = write_seeds(file, seeds)
        except OSError as error:
            raise CoursebotError("path-unwritable", path=file, reason=error.strerror or "") from error
        say(words(application.settings).text("seed.exported", count=written, path=file))

    with_application(context, do)


async def _known(store: CourseStore, course: str) -> CourseSummary:
    for summary in await store.summaries():
        if summary.slug == course:
            return summary
    raise CoursebotError("course-unknown", course=course)


async def _by_course(
    store: CourseStore, course: str | None, rows: tuple[tuple[int, Seed], ...], bad: list[BadRow]
) -> dict[str, list[tuple[int, Seed]]]:
    """The rows by the course they belong to; without a named one, by their lessons when there are several."""
    summaries = await store.summaries()
    if course is not None:
        return {(await _known(store, course)).slug: list(rows)}
    if not summaries:
        raise CoursebotError("no-course")
    if len(summaries) == 1:
        return {summaries[0].slug: list(rows)}
    lessons: dict[str, list[str]] = defaultdict(list)
    for summary in summaries:
        for lesson in await store.lessons(summary.slug):
            lessons[lesson.slug].append(summary.slug)
    found: dict[str, list[tuple[int, Seed]]] = defaultdict(list)
    for number, seed in rows:
        homes = lessons.get(seed.lesson or "", [])
        if len(homes) == 1:
            found[homes[0]].append((number, seed))
        else:
            bad.append(BadRow(number, "row-no-course"))
    return found


def _together(one: SavedSeeds, other: SavedSeeds) -> SavedSeeds:
    return SavedSeeds(
        added=one.added + other.added,
        updated=one.updated + other.updated,
        unchanged=one.unchanged + other.unchanged,
        attached=one.attached + other.attached,
    )


def _show(report: SavedSeeds, bad: list[BadRow], spoken: Catalog) -> None:
    for row in sorted(bad, key=lambda each: each.row):
        complain(spoken.text("error.seed-row-bad", row=row.row, why=spoken.text(f"row.{row.why}")))
    say(
        spoken.text(
            "seed.imported",
            added=len(report.added),
            updated=len(report.updated),
            unchanged=len(report.unchanged),
            attached=report.attached,
            bad=len(bad),
        )
    )
