"""`coursebot ask`: one question, or one a line."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

import click

from bot.catalog import Catalog, has_han
from config.cli.context import DONE, NOTHING_DONE, complain, say, with_application, words
from config.wiring import Application
from knowledge.errors import CoursebotError
from knowledge.outcome import Found, Lessons, Match, NotFound, Outcome, Unsure, matches


@click.command
@click.argument("question", required=False)
@click.option("--course", multiple=True, metavar="SLUG", help="Look only in this course; may be repeated.")
@click.option("--limit", type=click.IntRange(1, 50), default=5, show_default=True, help="Results at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a question.")
@click.option("--stdin", is_flag=True, help="Read one question a line from standard input.")
@click.pass_context
def ask(
    context: click.Context,
    question: str | None,
    *,
    course: tuple[str, ...],
    limit: int,
    as_json: bool,
    stdin: bool,
) -> None:
    """Ask QUESTION as a reader would, and print the answer."""
    if (question is None) != stdin:
        raise click.UsageError("Give a QUESTION, or --stdin to read one a line.")
    questions: Iterable[str] = _lines() if stdin else [_printable(question or "")]

    async def answer(application: Application) -> int:
        chosen = course or None
        if chosen:
            await _check(application, chosen)
        code = DONE
        for each in questions:
            code = max(code, await _one(application, each, chosen, limit, as_json=as_json, alone=not stdin))
        return code

    context.exit(with_application(context, answer))


def _lines() -> Iterator[str]:
    """The lines of standard input, whatever encoding the environment made of it."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in sys.stdin:
        yield _printable(line.rstrip("\r\n"))


def _printable(question: str) -> str:
    """Without the halves of characters that stand for bytes which are no UTF-8: they cannot be printed."""
    return question.encode("utf-8", "replace").decode("utf-8")


async def _check(application: Application, chosen: tuple[str, ...]) -> None:
    await application.library.refresh()
    known = application.library.courses()
    for slug in chosen:
        if slug not in known:
            raise CoursebotError("course-unknown", course=slug)


async def _one(
    application: Application,
    question: str,
    courses: tuple[str, ...] | None,
    limit: int,
    *,
    as_json: bool,
    alone: bool,
) -> int:
    started = time.perf_counter()
    try:
        outcome = await application.library.ask(question, courses=courses, limit=limit)
    except CoursebotError as error:
        if alone or error.key != "question-empty":
            raise
        # One line in, one object out, in the same order: an empty line is not found, whatever stands around it.
        complain(words(application.settings).say(error))
        outcome = NotFound()
        code = NOTHING_DONE if not as_json else DONE
    else:
        code = DONE
    took = (time.perf_counter() - started) * 1000
    if as_json:
        say(json.dumps(as_object(question, outcome, took), ensure_ascii=False))
        sys.stdout.flush()
    else:
        _show(question, outcome, words_for(question, application), application.settings.excerpt)
    return code


def as_object(question: str, outcome: Outcome, took_ms: float) -> dict[str, Any]:
    """The outcome as the stable JSON object that scripts read."""
    return {
        "query": question,
        "outcome": outcome_name(outcome),
        "results": [_result(match) for match in matches(outcome)],
        "took_ms": round(took_ms, 2),
    }


def outcome_name(outcome: Outcome) -> str:
    """The outcome's name in JSON."""
    match outcome:
        case Found():
            return "found"
        case Unsure():
            return "unsure"
        case NotFound():
            return "not_found"
        case Lessons():
            return "lessons"


def _result(match: Match) -> dict[str, Any]:
    entry = match.entry
    why = {
        "matched": list(match.why.matched),
        "missing": list(match.why.missing),
        "wording": match.why.wording,
    }
    return {
        "source": entry.source.value,
        "ref": entry.ref,
        "course": entry.course,
        "lesson": entry.lesson,
        "text": entry.text,
        "answer": entry.answer,
        "score": round(match.score, 4),
        "why": why,
    }


def words_for(question: str, application: Application) -> Catalog:
    """A question is answered in its own language: Chinese where it has a Chinese character."""
    from bot.catalog import SIMPLIFIED, catalog

    if has_han(question) and not application.settings.language:
        return catalog(SIMPLIFIED)
    return words(application.settings)


def _show(question: str, outcome: Outcome, spoken: Catalog, excerpt: int) -> None:
    from adapters.console.screen import lines, terminal_width, wants_color
    from bot.rendering.answers import answer

    reply = answer(spoken, outcome, "", limit=excerpt)
    say("\n".join(lines(reply, width=terminal_width(sys.stdout), color=wants_color(sys.stdout))))
