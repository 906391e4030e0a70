"""`coursebot evaluate`: how well a course's questions are answered, beside naive methods on the same entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from config.cli.chatting import SAMPLES
from config.cli.context import say, with_application
from config.wiring import Application
from knowledge.errors import CoursebotError

if TYPE_CHECKING:
    from knowledge.answering import Answerer
    from knowledge.evaluation import LeftOut, Method, TestQuestion
    from knowledge.figures import Bin, Figures
    from knowledge.index import SearchIndex

QUESTIONS = SAMPLES.parent / "tests" / "questions"
"""Questions on the bundled courses, in a checkout."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A method's figures."""

    left_out: LeftOut
    figures: Figures | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that was measured of a course; the first method is ours."""

    course: str
    entries: int
    methods: dict[str, Row]
    reliability: tuple[Bin, ...]

    @property
    def has_questions(self) -> bool:
        """Whether questions of a file were asked."""
        return any(row.figures for row in self.methods.values())


@click.command
@click.argument("course")
@click.option(
    "--queries",
    type=click.Path(path_type=Path),
    help='JSON Lines, each {"query", "quote" (null: nothing answers), "lesson", "kind"}. '
    "Default: the questions on the bundled course, where they are at hand.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE.png", help="Draw the reliability too.")
@click.option(
    "--sample",
    type=click.IntRange(0),
    default=200,
    show_default=True,
    metavar="N",
    help="Of the course's own reader questions ask at most N (chosen by --seed).",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the choice of reader questions.")
@click.pass_context
def evaluate(
    context: click.Context,
    course: str,
    *,
    queries: Path | None,
    as_json: bool,
    plot: Path | None,
    sample: int,
    seed: int,
) -> None:
    """Measure how well questions on COURSE are answered, beside three naive methods."""

    async def do(application: Application) -> Report:
        from knowledge.evaluation import read_questions

        await application.library.refresh()
        if course not in application.library.courses():
            raise CoursebotError("course-unknown", course=course)
        file = queries or _bundled(course)
        questions = read_questions(file) if file else ()
        index, _ = reading(application)
        return measure(index, application.answerer, course, questions, sample=sample, seed=seed)

    report = with_application(context, do)
    if plot is not None:
        _draw(report, plot)
    say(json.dumps(as_object(report), ensure_ascii=False) if as_json else "\n".join(table(report)))


def _bundled(course: str) -> Path | None:
    file = QUESTIONS / f"{course}.jsonl"
    return file if (SAMPLES / course).is_dir() and file.is_file() else None


def reading(application: Application) -> tuple[SearchIndex, Answerer]:
    """The index as it stands, and an answerer as the settings have it."""
    from knowledge.index import SearchIndex

    index = SearchIndex(application.settings.index_folder)
    return index, application.answerer(index)


def measure(
    index: SearchIndex,
    make: Callable[[SearchIndex], Answerer],
    course: str,
    questions: Sequence[TestQuestion],
    *,
    sample: int,
    seed: int,
) -> Report:
    """All figures of a course, ours first; `make` makes what answers from an index."""
    from knowledge.baselines import rivals
    from knowledge.evaluation import (
        LeavingOut,
        course_entries,
        judge,
        leave_one_out,
        leaving_out,
        ours,
        reader_questions,
        theirs,
    )
    from knowledge.figures import figures, reliability

    entries = course_entries(index, course)
    asked = reader_questions(index, course, sample=sample, seed=seed)
    methods: dict[str, Method] = {"coursebot": ours(make(index), course)}
    methods |= {rival.name: theirs(rival) for rival in rivals(list(entries.values()))}
    left = LeavingOut(index.folder)
    leaving = {"coursebot": leaving_out(left, make(left), course)}
    rows: dict[str, Row] = {}
    bins: tuple[Bin, ...] = ()
    for name, method in methods.items():
        if questions:
            method(questions[0].query, 1)  # what is loaded on first use is no part of a question's time
        judged = judge(method, questions, entries)
        if name == "coursebot":
            bins = tuple(reliability(judged))
        rows[name] = Row(
            left_out=leave_one_out(leaving.get(name, method), asked, entries),
            figures=figures(judged) if judged else None,
        )
    return Report(course=course, entries=len(entries), methods=rows, reliability=bins)


def _draw(report: Report, file: Path) -> None:
    from config.plot import reliability_plot

    try:
        file.write_bytes(reliability_plot(report.reliability, f"{report.course}: said and right"))
    except OSError as error:
        raise CoursebotError("path-unwritable", path=file, reason=error.strerror or "") from error


def as_object(report: Report) -> dict[str, Any]:
    """The report as JSON."""
    from knowledge.figures import calibration_error

    return asdict(report) | {"calibration_error": calibration_error(report.reliability)}


def table(report: Report) -> list[str]:
    """The report as lines of text."""
    from knowledge.figures import calibration_error

    names = list(report.methods)
    lines = [f"{report.course}: {report.entries} entries", "", _line("", names)]
    left = [row.left_out for row in report.methods.values()]
    lines += [
        _line(
            f"reader questions, lesson first (n={left[0].questions})", [f"{each.first:.2f}" for each in left]
        ),
        _line("reader questions, lesson among 3", [f"{each.third:.2f}" for each in left]),
    ]
    if not report.has_questions:
        return lines
    columns = [row.figures for row in report.methods.values() if row.figures]
    for kind, share in columns[0].kinds.items():
        cells = [f"{each.kinds[kind].first:.2f} / {each.kinds[kind].third:.2f}" for each in columns]
        lines.append(_line(f"{kind}, first / among 3 (n={share.count})", cells))
    cells = [f"{each.everything.first:.2f} / {each.everything.third:.2f}" for each in columns]
    lines.append(_line(f"all, first / among 3 (n={columns[0].everything.count})", cells))
    for kind, refused in columns[0].refused.items():
        cells = [f"{refused.answered}", *("-" for _ in columns[1:])]
        lines.append(_line(f"{kind}, answered as found (of {refused.count})", cells))
        cells = [f"{each.refused[kind].above}" for each in columns]
        lines.append(_line(f"{kind}, above the 10 % threshold", cells))
    ours = columns[0]
    precision = "-" if ours.precision is None else f"{ours.precision:.2f}"
    nothing = ["-" for _ in columns[1:]]
    lines += [
        _line("right, and above the 10 % threshold", [f"{each.right_at_threshold:.2f}" for each in columns]),
        _line("the 10 % threshold", [f"{each.threshold:.2f}" for each in columns]),
        _line(f"right when it says found (n={ours.found})", [precision, *nothing]),
        _line("ms a question, p50 / p99", [f"{each.p50:.1f} / {each.p99:.1f}" for each in columns]),
        "",
        "probability     n   said  right",
    ]
    lines += [
        f"{each.low:.1f} to {each.high:.1f}  {each.count:>4}   {each.said:.2f}   {each.right:.2f}"
        for each in report.reliability
    ]
    lines.append(f"mean distance of said and right: {calibration_error(report.reliability):.3f}")
    return lines


def _line(label: str, cells: Sequence[str]) -> str:
    return f"{label:<44}" + "".join(f"{cell:>15}" for cell in cells)
