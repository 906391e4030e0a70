"""One step of `coursebot bench`, in a process of its own so that its memory and its start are its own.

Run as `python -m config.speed STEP JSON`; prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_HOPELESS = 20_000.0
"""Milliseconds a question after which a rival is not asked another."""


def build(folder: str, courses: str, size: int, seed: int) -> dict[str, Any]:
    """Make an index of `size` synthetic entries in `folder`."""
    from knowledge.documents import documents
    from knowledge.index import SearchIndex
    from knowledge.synthesis import synthetic

    started = time.perf_counter()
    index = SearchIndex(Path(folder))
    with index.updating() as update:
        for slug, entries in synthetic(_models(courses), size, seed=seed):
            update.replace(slug, 1, [document for entry in entries for document in documents(entry)])
            update.commit()
        update.merge_statistics()
    return {"seconds": time.perf_counter() - started}


def first(folder: str, question: str) -> dict[str, Any]:
    """Open the index and answer one question; the caller measures how long it takes from nothing."""
    from knowledge.answering import Answerer
    from knowledge.index import SearchIndex

    Answerer(SearchIndex(Path(folder))).ask(question)
    return {"memory": memory()}


def ours(folder: str, questions: Sequence[str]) -> dict[str, Any]:
    """Ask all questions of the index."""
    from knowledge.answering import Answerer
    from knowledge.index import SearchIndex

    answerer = Answerer(SearchIndex(Path(folder)))
    answerer.ask(questions[0])
    return _timed(answerer.ask, questions) | {"memory": memory()}


def theirs(rival: str, courses: str, size: int, seed: int, questions: Sequence[str]) -> dict[str, Any]:
    """Ask all questions of a rival over the same entries."""
    from knowledge.baselines import RIVALS
    from knowledge.synthesis import synthetic

    entries = [entry for _, each in synthetic(_models(courses), size, seed=seed) for entry in each]
    started = time.perf_counter()
    made = next(each for each in RIVALS if each.name == rival)(entries)
    built = time.perf_counter() - started
    del entries
    return _timed(lambda question: made.rank(question, 5), questions) | {
        "memory": memory(),
        "seconds": built,
    }


def memory() -> float:
    """Megabytes that the process has in memory now."""
    if found := resident("self"):
        return found
    import resource

    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def resident(process: int | str) -> float:
    """Megabytes that a process has in memory now; 0 where the system does not say (only Linux does)."""
    status = Path("/proc") / str(process) / "status"
    if not status.exists():
        return 0.0
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmRSS"))
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
    budget = time.perf_counter() + 30
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - started) * 1000)
        if times[0] > _HOPELESS or time.perf_counter() > budget:
            break
    return {"questions": len(times), "p50": percentile(times, 50), "p99": percentile(times, 99)}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "build": build,
    "first": first,
    "ours": ours,
    "theirs": theirs,
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](**json.loads(sys.argv[2]))))  # noqa: T201
