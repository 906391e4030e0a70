"""`coursebot simulate`: what the order of the queue is worth, on a course's own reader questions."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from config.cli.context import complain, say, with_application
from config.wiring import Application
from knowledge.errors import CoursebotError

if TYPE_CHECKING:
    from jobs.arrivals import Topic
    from jobs.simulation import Run
    from knowledge.entry import Entry


@click.command
@click.argument("course")
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    help='JSON Lines, each {"query", "quote", "lesson"}: those with one quote ask the same. '
    "Default: the course's own comments, in their readers' words.",
)
@click.option("--readers", type=click.IntRange(1, 100_000), default=1000, show_default=True, metavar="N")
@click.option(
    "--arrivals",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    metavar="N",
    help="Readers who ask on one day.",
)
@click.option(
    "--per-day",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    metavar="N",
    help="Cards that the team answers on one day.",
)
@click.option(
    "--popularity",
    type=click.Choice(["likes", "root", "even"]),
    default="likes",
    show_default=True,
    help="How many readers bring a comment's question: 1 + its likes, the square root of that, or one each.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of who asks what, and how.")
@click.option(
    "--seeds",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    help="How many, one after the other.",
)
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE.png", help="Draw the share answered too."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def simulate(
    context: click.Context,
    course: str,
    *,
    questions: Path | None,
    readers: int,
    arrivals: int,
    per_day: int,
    popularity: str,
    seed: int,
    seeds: int,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Let readers ask about COURSE while a team answers a few cards a day, in three orders.

    The bot knows only the article to begin with. docs/questions.md says what stands for what.
    """

    async def do(application: Application) -> tuple[list[Entry], list[Topic]]:
        from jobs.arrivals import Popularity, topics_of, topics_of_questions
        from knowledge.entry import Source
        from knowledge.evaluation import course_entries, read_questions
        from knowledge.index import SearchIndex

        await application.library.refresh()
        if course not in application.library.courses():
            raise CoursebotError("course-unknown", course=course)
        entries = list(course_entries(SearchIndex(application.settings.index_folder), course).values())
        topics = (
            topics_of_questions(read_questions(questions))
            if questions
            else topics_of(entries, Popularity(popularity))
        )
        passages = [entry for entry in entries if entry.source is Source.PASSAGE]
        if not topics or not passages:
            raise CoursebotError("nothing-to-simulate", course=course)
        return passages, topics

    passages, topics = with_application(context, do)
    runs: list[dict[str, Run]] = []
    for number in range(seed, seed + seeds):
        runs.append(_runs(passages, topics, readers, arrivals, per_day, number))
        if not as_json:
            say("\n".join(_table(runs[-1], number)))
    if plot is not None:
        _draw(runs, course if course.isascii() else "", plot)
    if as_json:
        say(json.dumps([_as_object(run) for run in runs]))
    elif seeds > 1:
        say("\n" + "\n".join(_together(runs)))


def _runs(  # noqa: PLR0917
    passages: Sequence[Entry], topics: Sequence[Topic], readers: int, per_day: int, cards: int, seed: int
) -> dict[str, Run]:
    from jobs.arrivals import arrivals
    from jobs.simulation import Policy
    from jobs.simulation import simulate as run

    coming = arrivals(topics, count=readers, per_day=per_day, seed=seed)
    found = {}
    for policy in Policy:
        complain(f"… seed {seed}, {policy.value}")
        found[policy.value] = run(passages, coming, policy, per_day=cards)
    return found


def _table(runs: dict[str, Run], seed: int) -> list[str]:
    names = list(runs)
    readers = next(iter(runs.values())).asked[-1]
    rows = {
        "answered in the end": [run.content[-1] / readers for run in runs.values()],
        "  at once, by the team's answers": [run.at_once / readers for run in runs.values()],
        "  at once, by the article": [run.article / readers for run in runs.values()],
        "  told later": [run.told / readers for run in runs.values()],
        "told the answer to another question": [run.wrongly / readers for run in runs.values()],
        "left": [run.left / readers for run in runs.values()],
        "readers told per minute of the team": [run.per_minute for run in runs.values()],
        "median hours until told": [
            statistics.median(run.waited) if run.waited else 0.0 for run in runs.values()
        ],
    }
    lines = [f"seed {seed}, {readers} readers" + " " * 20 + "".join(f"{name:>14}" for name in names)]
    return lines + [
        f"{label:<40}" + "".join(f"{cell:>14.2f}" for cell in cells) for label, cells in rows.items()
    ]


def _together(runs: Sequence[dict[str, Run]]) -> list[str]:
    """The ratios over all seeds."""
    lines = []
    for other in ("first come", "one by one"):
        ratios = sorted(
            run["queue"].per_minute / run[other].per_minute for run in runs if run[other].per_minute
        )
        if ratios:
            lines.append(
                f"readers told per minute, queue : {other} = {statistics.mean(ratios):.2f} "
                f"({ratios[0]:.2f} to {ratios[-1]:.2f}, {len(ratios)} seeds)"
            )
    return lines


def _as_object(runs: dict[str, Run]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        name: {key: value for key, value in asdict(run).items() if key != "policy"}
        | {"per_minute": run.per_minute}
        for name, run in runs.items()
    }


def _draw(runs: Sequence[dict[str, Run]], title: str, file: Path) -> None:
    from config.plot import shares_plot

    shares = {
        name: [
            statistics.mean(run[name].content[day] / run[name].asked[-1] for run in runs)
            for day in range(len(runs[0][name].content))
        ]
        for name in runs[0]
    }
    shares["asked"] = [
        runs[0]["queue"].asked[day] / runs[0]["queue"].asked[-1] for day in range(len(runs[0]["queue"].asked))
    ]
    try:
        file.write_bytes(shares_plot(shares, title or "share of readers with an answer"))
    except OSError as error:
        raise CoursebotError("path-unwritable", path=file, reason=error.strerror or "") from error
