"""One step of `coursebot bench`, in a process of its own so that its memory and its start are its own.

Run as `python -m config.speed STEP JSON`; prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_BUDGET = 30.0
"""Seconds of questions after which a method is not asked another."""
_TOLD_EVERY = 20_000
ODD = (
    *(
        "容器" * 50_000,
        "a" * 100_000,
        "(" * 100_000,
        "\ufdfa" * 100_000,
        "👩\u200d👧" * 33_000,
        "第5讲" * 33_000,
    ),
    "".join(chr(0x4E00 + place % 20_000) for place in range(100_000)),
    " ".join(f"w{place}" for place in range(15_000)),
    "資料庫怎麼備份？\n" * 11_000,
)
"""Questions of 100,000 characters such as nobody asks in earnest."""


def build(folder: str, courses: str, size: int, seed: int) -> dict[str, Any]:
    """Make an index of `size` synthetic entries in `folder`."""
    from knowledge.documents import documents
    from knowledge.index import SearchIndex
    from knowledge.synthesis import synthetic

    started = time.perf_counter()
    index = SearchIndex(Path(folder))
    written = 0
    with index.updating() as update:
        for slug, entries in synthetic(_models(courses), size, seed=seed):
            update.replace(slug, 1, [document for entry in entries for document in documents(entry)])
            update.commit()
            written += len(entries)
            if written % _TOLD_EVERY < len(entries) and sys.stderr.isatty():
                print(f"… {written:,} of {size:,} entries indexed", file=sys.stderr, flush=True)  # noqa: T201
        update.merge_statistics()
    return {"seconds": time.perf_counter() - started}


def first(folder: str, question: str) -> dict[str, Any]:
    """Open the index and answer one question; the caller measures how long it takes from nothing."""
    from knowledge.answering import Answerer
    from knowledge.index import SearchIndex

    Answerer(SearchIndex(Path(folder))).ask(question)
    return memory()


def ours(folder: str, questions: Sequence[str]) -> dict[str, Any]:
    """Ask all questions of the index."""
    from knowledge.answering import Answerer
    from knowledge.index import SearchIndex

    answerer = Answerer(SearchIndex(Path(folder)))
    answerer.ask(questions[0])
    return _timed(answerer.ask, questions) | memory() | {"odd": max(map(_cpu(answerer.ask), ODD))}


def theirs(rival: str, courses: str, size: int, seed: int, questions: Sequence[str]) -> dict[str, Any]:
    """Ask all questions of a rival over the same entries."""
    from knowledge.baselines import RIVALS
    from knowledge.synthesis import synthetic

    entries = [entry for _, each in synthetic(_models(courses), size, seed=seed) for entry in each]
    started = time.perf_counter()
    made = next(each for each in RIVALS if each.name == rival)(entries)
    built = time.perf_counter() - started
    del entries
    return _timed(lambda question: made.rank(question, 5), questions) | memory() | {"seconds": built}


def _cpu(ask: Callable[[str], object]) -> Callable[[str], float]:
    """Milliseconds of processor time that a question takes."""
    from knowledge.errors import CoursebotError

    def timed(question: str) -> float:
        started = time.process_time()
        with suppress(CoursebotError):  # some say nothing that could be searched for
            ask(question)
        return (time.process_time() - started) * 1000

    return timed


def memory() -> dict[str, float]:
    """Megabytes that the process has in memory now: its own, and (where the system says so) those of files."""
    if found := resident("self"):
        mapped = resident("self", "RssFile")
        return {"memory": found - mapped, "mapped": mapped}
    import resource

    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}


def resident(process: int | str, what: str = "VmRSS") -> float:
    """Megabytes that a process has in memory now; 0 where the system does not say (only Linux does)."""
    status = Path("/proc") / str(process) / "status"
    if not status.exists():
        return 0.0
    line = next((each for each in status.read_text().splitlines() if each.startswith(what)), "0 0")
    return int(line.split()[1]) / 1024


def _models(courses: str) -> list[Any]:
    from jobs.importing import courses_at
    from knowledge.course import read_course
    from knowledge.synthesis import entries_of

    read = [read_course(path).course for path in courses_at(Path(courses), everything=True)]
    return [entry for course in read if course for entry in entries_of(course)]


def _timed(ask: Callable[[str], object], questions: Sequence[str]) -> dict[str, Any]:
    from knowledge.figures import percentile

    times: list[float] = []
    cpu: list[float] = []
    budget = time.perf_counter() + _BUDGET
    for question in questions:
        started, at = time.perf_counter(), time.process_time()
        ask(question)
        times.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - at) * 1000)
        if time.perf_counter() > budget:
            break
    p50, p99 = percentile(times, 50), percentile(times, 99)
    return {"questions": len(times), "p50": p50, "p99": p99, "cpu": percentile(cpu, 50)}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "build": build,
    "first": first,
    "ours": ours,
    "theirs": theirs,
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](**json.loads(sys.argv[2]))))  # noqa: T201
