"""`coursebot bench`: how well and how fast questions are answered, beside naive methods."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from config.cli.chatting import SAMPLES
from config.cli.context import complain, say
from config.cli.evaluating import QUESTIONS, as_object, measure, table
from knowledge.errors import CoursebotError

_MEASURED = 20_000
"""Entries up to which rivals are run. They look at every entry, so what more would cost follows from the sizes before
(a straight line), and the largest size is not spent on waiting for them."""


def _sizes(context: click.Context, parameter: click.Parameter, value: str) -> list[int]:
    try:
        sizes = sorted({int(each) for each in value.split(",") if each.strip()})
    except ValueError:
        sizes = [0]
    if any(not 1 <= size <= 1_000_000 for size in sizes):
        raise click.BadParameter("numbers from 1 to 1000000, separated by commas")
    return sizes


_GROWING = ("p50", "cpu", "memory", "seconds")


@click.command
@click.option(
    "--sizes",
    callback=_sizes,
    default="2000,20000,300000",
    show_default=True,
    help='Numbers of entries to measure speed with; "" for none.',
)
@click.option(
    "--questions", type=click.IntRange(1), default=200, show_default=True, help="Asked at each size."
)
@click.option(
    "--load",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="Questions on end over which memory is watched, after a crowd; 0 for neither.",
)
@click.option(
    "--crowd",
    type=click.IntRange(1),
    default=500,
    show_default=True,
    help="Readers who ask at the same time.",
)
@click.option(
    "--due",
    type=click.IntRange(0),
    default=10_000,
    show_default=True,
    help="Subscribers whose lesson is due at the same moment; 0 for none.",
)
@click.option(
    "--backlog",
    type=click.IntRange(5, 3600),
    default=60,
    show_default=True,
    help="Seconds of sending to them that are measured.",
)
@click.option(
    "--held",
    type=click.IntRange(1),
    default=100_000,
    show_default=True,
    help="Subscribers with which memory is measured.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the synthetic entries.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench(
    *,
    sizes: list[int],
    questions: int,
    load: int,
    crowd: int,
    due: int,
    backlog: int,
    held: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure how well the bundled courses are answered, how fast with many entries, a crowd, and lessons due at once.

    The largest default size takes minutes, nearly all of it for building the index; so do the crowd and the lessons.
    What rivals would take for it is estimated. "cpu" is the median of processor time, "mapped" what is in memory of
    files (the index, the program) and goes when the system is short of it.
    """
    # One file for each bundled course; beside them lie questions of other kinds.
    files = sorted(each for each in QUESTIONS.glob("*.jsonl") if (SAMPLES / each.stem).is_dir())
    if not files:
        raise CoursebotError("path-missing", path=QUESTIONS / "*.jsonl")

    def tell(lines: list[str]) -> None:
        if not as_json:
            say("\n".join(lines))

    quality = []
    for file in files:
        report = _quality(file)
        quality.append(as_object(report))
        tell([*table(report), ""])
    asked = [line for file in files for line in _queries(file)]
    asked = [asked[place * len(asked) // questions % len(asked)] for place in range(questions)]
    speed = _speeds(sizes, asked, seed, tell)
    busy = asyncio.run(_load(load, crowd, asked, tell)) if load else []
    lessons = asyncio.run(_lessons(due, backlog, held, asked, tell)) if due else []
    if as_json:
        found = {"quality": quality, "speed": speed, "load": busy, "delivery": lessons}
        say(json.dumps(found, ensure_ascii=False))


async def _load(
    load: int, crowd: int, asked: list[str], tell: Callable[[list[str]], None]
) -> list[dict[str, Any]]:
    """Many readers of the sample courses."""
    from config import loading

    rows: list[dict[str, Any]] = []
    tell(["", loading.HEAD])
    async for row in loading.measured(str(SAMPLES), asked, total=load, crowd=crowd):
        rows.append(row)
        tell(loading.lines(row))
    return rows


async def _lessons(
    due: int, backlog: int, held: int, asked: list[str], tell: Callable[[list[str]], None]
) -> list[dict[str, Any]]:
    """Many subscribers whose lesson is due at once."""
    from config import sending

    rows: list[dict[str, Any]] = []
    tell(["", sending.HEAD])
    async for row in sending.measured(str(SAMPLES), asked, due=due, seconds=backlog, held=held):
        rows.append(row)
        tell(sending.lines(row))
    return rows


def _speeds(
    sizes: list[int], asked: list[str], seed: int, tell: Callable[[list[str]], None]
) -> list[dict[str, Any]]:
    speed: list[dict[str, Any]] = []
    if sizes:
        tell(_head())
    for size in sizes:
        if sys.stderr.isatty():
            complain(f"… {size:,} entries")
        for row in _speed(size, asked, seed, speed):
            speed.append(row)
            tell([_row(row)])
    if len(sizes) > 1:
        tell(["", *_growth(speed)])
    tell([f"100,000 characters of anything: {row['odd']:.0f} ms of processor time" for row in speed[:1]])
    return speed


def _queries(file: Path) -> Iterator[str]:
    from knowledge.evaluation import read_questions

    return (question.query for question in read_questions(file))


def _quality(file: Path) -> Any:
    from knowledge.answering import Answerer
    from knowledge.course import read_course
    from knowledge.documents import documents
    from knowledge.evaluation import read_questions
    from knowledge.index import SearchIndex
    from knowledge.synthesis import entries_of

    course = read_course(SAMPLES / file.stem).course
    if course is None:
        raise CoursebotError("not-a-course", path=SAMPLES / file.stem)
    with tempfile.TemporaryDirectory() as folder:
        index = SearchIndex(Path(folder))
        with index.updating() as update:
            entries = entries_of(course)
            update.replace(course.slug, 1, [document for entry in entries for document in documents(entry)])
        questions = read_questions(file)
        return measure(index, Answerer, course.slug, questions, sample=200, seed=0)


def _speed(
    size: int, questions: list[str], seed: int, before: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """A row for each method; each runs in a process of its own."""
    from knowledge.baselines import RIVALS

    with tempfile.TemporaryDirectory() as folder:
        built = _child("build", folder=folder, courses=str(SAMPLES), size=size, seed=seed)
        stored = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        started = time.perf_counter()
        _child("first", folder=folder, question=questions[0])
        cold = time.perf_counter() - started
        row = _child("ours", folder=folder, questions=questions)
    yield {"size": size, "method": "coursebot"} | row | built | {"cold": cold, "disk": stored / (1 << 20)}
    for rival in RIVALS:
        measured = [each for each in before if each["method"] == rival.name and not each.get("estimated")]
        if size > _MEASURED and measured:
            yield _estimated(size, measured)
            continue
        row = _child(
            "theirs", rival=rival.name, courses=str(SAMPLES), size=size, seed=seed, questions=questions
        )
        yield {"size": size, "method": rival.name} | row


def _estimated(size: int, measured: list[dict[str, Any]]) -> dict[str, Any]:
    """A row for more entries than a rival was run with: on from the last two sizes in a straight line."""
    last = measured[-1]
    row = {"size": size, "method": last["method"], "estimated": True, "questions": 0}
    first = measured[-2] if len(measured) > 1 else {"size": 0} | dict.fromkeys(_GROWING, 0.0)
    for name in _GROWING:
        slope = max(last[name] - first[name], 0.0) / (last["size"] - first["size"])
        row[name] = last[name] + slope * (size - last["size"])
    return row


def _child(step: str, **values: Any) -> dict[str, Any]:
    """A step in a process of its own, with matrices multiplied as the command itself does it."""
    ran = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-m", "config.speed", step, json.dumps(values)],
        env={"OPENBLAS_NUM_THREADS": "1", **os.environ},
        cwd=SAMPLES.parent,
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(ran.stdout)
    assert isinstance(found, dict)  # noqa: S101 (tells the type checker what a step prints)
    return found


def _head() -> list[str]:
    names = ("p50 ms", "p99 ms", "cpu ms", "memory MB", "mapped MB", "build s", "cold s", "disk MB", "asked")
    return [f"{'entries':>9}  {'method':<14}" + "".join(f"{name:>11}" for name in names)]


def _row(row: dict[str, Any]) -> str:
    head = f"{row['size']:>9,}  {row['method']:<14}"
    digits = {"p50": 1, "p99": 1, "cpu": 1, "memory": 0, "mapped": 0, "seconds": 1, "cold": 2, "disk": 0}
    cells = [f"{row[name]:.{after}f}" if name in row else "-" for name, after in digits.items()]
    asked = "estimated" if row.get("estimated") else str(row["questions"])
    return head + "".join(f"{cell:>11}" for cell in [*cells, asked])


def _growth(speed: list[dict[str, Any]]) -> list[str]:
    """How the cost of a question grows with the number of entries."""
    lines = []
    for method in dict.fromkeys(row["method"] for row in speed):
        rows = [row for row in speed if row["method"] == method and not row.get("estimated")]
        if len(rows) > 1:
            more = rows[-1]["size"] / rows[0]["size"]
            slower = rows[-1]["p50"] / max(rows[0]["p50"], 1e-9)
            lines.append(f"{method}: {more:.0f} times the entries, {slower:.1f} times the median")
    return lines
