"""`coursebot tune`: what other thresholds would change, seen on questions that readers asked."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from config.cli.context import complain, options, say, with_application
from config.cli.evaluating import reading
from config.wiring import Application
from knowledge.answering import Answerer, Bands
from knowledge.errors import CoursebotError
from knowledge.outcome import Found, Lessons, NotFound, Outcome, matches

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

    async def do(application: Application) -> None:
        await application.library.refresh()
        if course not in application.library.courses():
            raise CoursebotError("course-unknown", course=course)
        before = application.bands
        after = replace(before, **given)
        if after.unsure > min(after.found, after.found_passage):
            raise click.UsageError("--unsure must not be above --found or --passage.")
        asked = _lines(questions) if questions else await _past(application, course, last)
        _, answerer = reading(application)
        _show(compare(answerer, asked, before, after, course), before, after)

    with_application(context, do)
    if apply:
        from config.settings import settings_file, write_settings

        given_options = options(context)
        file = settings_file(os.environ, given_options.settings().data, given_options.config)
        write_settings(file, given)
        say(f"\nWritten to {file}. A running bot takes it up at its next start.")


async def _past(application: Application, course: str, last: int) -> list[str]:
    from adapters.sql.past_questions import past_questions

    return await past_questions(await application.database(), course, limit=last)


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CoursebotError("path-missing", path=file) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A question's outcome with the thresholds in force and with others."""

    question: str
    before: Outcome
    after: Outcome


def compare(
    answerer: Answerer, questions: Sequence[str], before: Bands, after: Bands, course: str
) -> list[Comparison]:
    """The outcome of each question under both; what holds nothing to search for is left out."""
    compared = []
    for question in questions:
        outcomes = []
        for bands in (before, after):
            answerer.bands = bands
            try:
                outcomes.append(answerer.ask(question, courses=(course,)))
            except CoursebotError:
                break
        if len(outcomes) == 2:
            compared.append(Comparison(question=question, before=outcomes[0], after=outcomes[1]))
    answerer.bands = before
    return compared


def _name(outcome: Outcome) -> str:
    match outcome:
        case Found() | Lessons():
            return "answer"
        case NotFound():
            return "not found"
        case _:
            return "choice"


_RANK = {"not found": 0, "choice": 1, "answer": 2}


def _show(compared: Sequence[Comparison], before: Bands, after: Bands) -> None:
    if not compared:
        complain("There are no past questions. Name a file with one question a line: --questions FILE.")
        return
    say(f"{len(compared)} questions{'':17}now   then")
    for name in ("found", "found_passage", "unsure"):
        say(f"  threshold {name:<18}{getattr(before, name):>6.2f} {getattr(after, name):>6.2f}")
    now = Counter(_name(each.before) for each in compared)
    then = Counter(_name(each.after) for each in compared)
    for name in ("answer", "choice", "not found"):
        say(f"  {name:<28}{now[name]:>6} {then[name]:>6}")
    changed = [each for each in compared if _name(each.before) != _name(each.after)]
    for title, wanted in (
        ("Would be answered", lambda old, new: new == 2),
        ("Would no longer be answered", lambda old, new: old == 2),
        ("Would become a choice", lambda old, new: (old, new) == (0, 1)),
        ("Would be lost", lambda old, new: (old, new) == (1, 0)),
    ):
        lines = [each for each in changed if wanted(_RANK[_name(each.before)], _RANK[_name(each.after)])]
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
