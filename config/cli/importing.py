"""`coursebot import`: course folders into the database and the index."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.catalog import Catalog
from bot.rendering import bulk as render_bulk
from bot.team.bulk_reports import CourseReport
from config.cli.context import DONE, NOTHING_DONE, SOME_SKIPPED, complain, say, with_application, words
from config.stores import now
from config.wiring import Application
from jobs.importing import ImportReport, courses_at, import_courses, read_courses
from knowledge.course import CourseOptions, count_files, course_root
from knowledge.glossary import add_group

MOST_PROBLEMS = 1_000
"""Problems that are named of a course."""


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--course", metavar="SLUG", help="The course's short name. Default: its folder's name.")
@click.option("--title", help="The course's title. Default: what its folder says.")
@click.option("--url-template", help="Link to a lesson, with {slug}, {number} or {position} in it.")
@click.option("--all", "everything", is_flag=True, help="Import every course found below PATH, at any depth.")
@click.option("--dry-run", is_flag=True, help="Only show what it would change, also for past questions.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.pass_context
def import_(
    context: click.Context,
    path: Path,
    *,
    course: str | None,
    title: str | None,
    url_template: str | None,
    everything: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the course in PATH, a folder or one lesson file, or bring it up to date."""
    if everything and (course or title):
        raise click.UsageError("--course and --title name one course: leave them out with --all.")
    if dry_run and as_json:
        raise click.UsageError("--dry-run prints sentences, not JSON.")
    options = CourseOptions(slug=course, title=title, url_template=url_template)

    async def do(application: Application) -> int:
        paths = courses_at(path, everything=everything)
        if dry_run:
            return await _try(application, paths, options)
        store = await application.courses()
        with progress([count_files(course_root(each)) if each.is_dir() else 1 for each in paths]) as advance:
            report = await import_courses(
                paths,
                store,
                options=options,
                at=now(),
                read=advance,
                learn=lambda slug, terms: add_group(application.settings.glossary_file, terms, slug),
            )
        await application.library.refresh()
        spoken = words(application.settings)
        if as_json:
            say(json.dumps(as_object(report, spoken), ensure_ascii=False))
        else:
            _show(report, spoken)
        if report.courses == 0:
            return NOTHING_DONE
        return SOME_SKIPPED if report.skipped else DONE

    context.exit(with_application(context, do))


async def _try(application: Application, paths: list[Path], options: CourseOptions) -> int:
    """Show what importing would change, course by course; nothing is kept."""
    spoken = words(application.settings)
    bulk = await application.bulk()
    await application.library.refresh()
    readable = skipped = 0
    for folder, file in read_courses(paths, options):
        report = CourseReport(folder=folder, course=folder.course)
        if folder.course is not None:
            report = await bulk.try_course(await bulk.known(report), at=now())
            readable += 1
        skipped += len(folder.problems)
        spans = render_bulk.course(spoken, report, file=str(file), tried=True, most=MOST_PROBLEMS)
        say("".join(span.text for span in spans) + "\n")
    if not readable:
        return NOTHING_DONE
    return SOME_SKIPPED if skipped else DONE


@contextmanager
def progress(sizes: list[int]) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal's standard error; elsewhere nothing. Yields what to call after each file."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(sizes))
        yield lambda: bar.advance(task)


def as_object(report: ImportReport, spoken: Catalog) -> dict[str, object]:
    """The report as the stable JSON object that scripts read."""
    return {
        "courses": report.courses,
        "lessons": report.lessons,
        "passages": report.passages,
        "comments": report.comments,
        "with_reply_text": report.with_reply_text,
        "answered_elsewhere": report.answered_elsewhere,
        "changed": report.changed,
        "skipped": [
            {"file": problem.file, "line": problem.line, "why": spoken.explain(problem)}
            for problem in report.skipped
        ],
    }


def _show(report: ImportReport, spoken: Catalog) -> None:
    for problem in report.skipped:
        complain(f"{problem.file}:{problem.line}: {spoken.explain(problem)}")
    if report.courses:
        counts = {name: value for name, value in as_object(report, spoken).items() if name != "skipped"}
        say(spoken.text("import.report", **counts, skipped=len(report.skipped)))
