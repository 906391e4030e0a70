"""`coursebot seed import` and `coursebot seed export`: answers in files."""

from __future__ import annotations

from pathlib import Path

import click

from bot.catalog import Catalog
from bot.rendering import bulk as render_bulk
from bot.rendering.impact import impact
from bot.replies import Span
from bot.team.bulk_reports import AnswersReport
from bot.team.roles import OPERATOR
from config.cli.context import DONE, NOTHING_DONE, SOME_SKIPPED, complain, say, with_application, words
from config.stores import now
from config.wiring import Application
from knowledge.errors import CoursebotError
from knowledge.seeds import read_seeds

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
@click.option("--dry-run", is_flag=True, help="Only show what it would do, also to past questions.")
@click.pass_context
def import_(context: click.Context, file: Path, *, course: str | None, dry_run: bool) -> None:
    """Import answers from FILE: JSON Lines, CSV or Excel, with question, answer, aliases, lesson, author, course.

    Good rows are kept, bad ones are reported by number.
    """

    async def do(application: Application) -> int:
        read = read_seeds(file)
        spoken = words(application.settings)
        bulk = await application.bulk()
        found = await bulk.sorted(read, course or "")
        if dry_run:
            await application.library.refresh()
            done = await bulk.try_answers(found, by=OPERATOR, at=now())
        else:
            done = await bulk.save_answers(found, by=OPERATOR, at=now())
        _show(done, spoken, tried=dry_run)
        if not any(share.rows for share in done.shares) or not (done.changes or done.unchanged):
            return NOTHING_DONE
        return SOME_SKIPPED if done.bad else DONE

    context.exit(with_application(context, do))


@seed.command
@_file
@click.option("--course", metavar="SLUG", help="Only those of this course. Default: all.")
@click.pass_context
def export(context: click.Context, file: Path, *, course: str | None) -> None:
    """Export all answers to FILE: CSV, TSV or Excel where its name ends so (.csv, .tsv, .xlsx), else JSON Lines."""

    async def do(application: Application) -> tuple[bytes, str]:
        slugs = [each.slug for each in await (await application.courses()).summaries()]
        if course is not None and course not in slugs:
            raise CoursebotError("course-unknown", course=course)
        bulk = await application.bulk()
        content, count = await bulk.export([course] if course is not None else slugs, file.name)
        return content, words(application.settings).text("seed.exported", count=count, path=file)

    content, done = with_application(context, do)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CoursebotError("path-unwritable", path=file, reason=error.strerror or "") from error
    say(done)


def _show(report: AnswersReport, spoken: Catalog, *, tried: bool) -> None:
    for line in render_bulk.left_out(spoken, report):
        complain(line)
    for line in render_bulk.remarks(spoken, report):
        complain(line)
    say(
        spoken.text(
            "seed.tried" if tried else "seed.imported",
            added=report.added,
            updated=report.updated,
            unchanged=report.unchanged,
            attached=report.attached,
            bad=len(report.bad) + len(report.repeats),
        )
    )
    for share in report.shares:
        show_impact(impact(spoken, share.impact))


def show_impact(spans: tuple[Span, ...]) -> None:
    """Print what a change does to past questions, where anything was asked."""
    if spans:
        say("".join(span.text for span in spans))
