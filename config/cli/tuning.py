"""`coursebot tune`: what other thresholds would change, seen on questions that readers asked."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from config.cli.context import NOTHING_DONE, complain, options, say, with_application
from config.cli.evaluating import reading
from config.wiring import Application
from knowledge.answering import Answerer, Bands
from knowledge.comparison import Comparison, Ending, compare
from knowledge.errors import CoursebotError
from knowledge.outcome import Outcome, matches

_share = click.FloatRange(0, 1)
_SHOWN = 60


@click.command
@click.argument("course")
@click.option(
    "--found", type=_share, help="Give an answered question as the answer from this probability on."
)
@click.option("--passage", type=_share, help="The same for a passage of the article.")
@click.option("--unsure", type=_share, help="Offer a choice from this probability on.")
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    help="File with one question a line. Default: the last questions that readers asked.",
)
@click.option(
    "--last", type=click.IntRange(1), default=500, show_default=True, help="Of these, how many at most."
)
@click.option("--apply", is_flag=True, help="Write the thresholds into the settings file.")
@click.pass_context
def tune(
    context: click.Context,
    course: str,
    *,
    found: float | None,
    passage: float | None,
    unsure: float | None,
    questions: Path | None,
    last: int,
    apply: bool,
) -> None:
    """Show what other thresholds would answer, change or lose on past questions to COURSE, before they are set.

    Thresholds hold for all courses.
    """
    chosen = {"found": found, "found_passage": passage, "unsure": unsure}
    given = {name: value for name, value in chosen.items() if value is not None}
    if apply and not given:
        raise click.UsageError("--apply needs --found, --passage or --unsure.")

    async def do(application: Application) -> bool:
        await application.library.refresh()
        if course not in application.library.courses():
            raise CoursebotError("course-unknown", course=course)
        before = application.bands
        after = replace(before, **given)
        if after.unsure > min(after.found, after.found_passage):
            raise click.UsageError("--unsure must not be above --found or --passage.")
        asked = _lines(questions) if questions else await _past(application, course, last)
        _, answerer = reading(application)
        _show(_compared(answerer, asked, before, after, course), before, after)
        return bool(asked)

    compared = with_application(context, do)
    if not compared and not apply:
        context.exit(NOTHING_DONE)
    if apply:
        from config.settings import settings_file, write_settings

        given_options = options(context)
        file = settings_file(os.environ, given_options.settings().data, given_options.config)
        write_settings(file, given)
        say(f"\nWritten to {file}. A running bot takes it up at its next start.")


async def _past(application: Application, course: str, last: int) -> list[str]:
    past = await (await application.past_questions()).last(course, limit=last)
    return list(dict.fromkeys(each.text for each in past))


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CoursebotError("path-missing", path=file) from error


def _compared(
    answerer: Answerer, questions: Sequence[str], before: Bands, after: Bands, course: str
) -> list[Comparison]:
    """The outcome of each question under both."""

    def ask(question: str, bands: Bands) -> Outcome:
        answerer.bands = bands
        return answerer.ask(question, courses=(course,))

    try:
        return compare((each, partial(ask, each, before), partial(ask, each, after)) for each in questions)
    finally:
        answerer.bands = before


_NAMES = {Ending.ANSWER: "answer", Ending.CHOICE: "choice", Ending.NOTHING: "not found"}


def _show(compared: Sequence[Comparison], before: Bands, after: Bands) -> None:
    if not compared:
        complain("There are no past questions. Name a file with one question a line: --questions FILE.")
        return
    say(f"{len(compared)} questions{'':17}now   then")
    for name in ("found", "found_passage", "unsure"):
        say(f"  threshold {name:<18}{getattr(before, name):>6.2f} {getattr(after, name):>6.2f}")
    now = Counter(each.shift[0] for each in compared)
    then = Counter(each.shift[1] for each in compared)
    for kind, name in _NAMES.items():
        say(f"  {name:<28}{now[kind]:>6} {then[kind]:>6}")
    changed = [each for each in compared if each.shift[0] != each.shift[1]]
    for title, wanted in (
        ("Would be answered", lambda old, new: new == Ending.ANSWER),
        ("Would no longer be answered", lambda old, new: old == Ending.ANSWER),
        ("Would become a choice", lambda old, new: (old, new) == (Ending.NOTHING, Ending.CHOICE)),
        ("Would be lost", lambda old, new: (old, new) == (Ending.CHOICE, Ending.NOTHING)),
    ):
        lines = [each for each in changed if wanted(*each.shift)]
        if lines:
            say(f"\n{title} ({len(lines)}):")
        for each in sorted(lines, key=_score, reverse=True):
            say(f"  {_score(each):.2f}  {_short(each.question)}\n        {_best(each)}")


def _score(each: Comparison) -> float:
    found = matches(each.after) or matches(each.before)
    return found[0].score if found else 0.0


def _best(each: Comparison) -> str:
    found = matches(each.after) or matches(each.before)
    return f"{found[0].entry.ref}  {_short(found[0].entry.searched)}" if found else "-"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else flat[: _SHOWN - 1] + "…"
