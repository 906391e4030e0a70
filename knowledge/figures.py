"""Figures drawn from judged questions (`evaluation.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from knowledge.evaluation import Judged

_FALSE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of `count` questions of a kind, the shares whose right entry is first or among three."""

    count: int
    first: float
    third: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Of `count` unanswerable questions of a kind, how many were answered all the same."""

    count: int
    answered: int
    above: int
    """How many scored above the threshold at which a tenth of all unanswerable questions do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Questions whose first result had a probability in [low, high): what was said, and what was true."""

    low: float
    high: float
    count: int
    said: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of one method on one set of questions.

    Attributes:
        kinds: by kind of question, those with an answer.
        everything: all questions with an answer together.
        refused: by kind, those without an answer.
        threshold: the score above which a tenth of the unanswerable questions are.
        right_at_threshold: share of the answerable questions whose first result is right and above it.
        found: how many questions were given an answer.
        precision: share of these whose answer is right; None when there are none.
        p50: median milliseconds of a question.
        p99: milliseconds that one in a hundred takes longer than.
    """

    kinds: dict[str, Share]
    everything: Share
    refused: dict[str, Refused]
    threshold: float
    right_at_threshold: float
    found: int
    precision: float | None
    p50: float
    p99: float


def figures(judged: Sequence[Judged]) -> Figures:
    """All figures of one method."""
    answerable = [each for each in judged if each.question.quote is not None]
    others = [each for each in judged if each.question.quote is None]
    ranked = sorted((each.answered.score for each in others), reverse=True)
    threshold = ranked[int(len(ranked) * _FALSE_SHARE)] if ranked else 0.0
    found = [each for each in judged if each.answered.found]
    times = [each.answered.milliseconds for each in judged]
    return Figures(
        kinds={kind: _share(each) for kind, each in _by_kind(answerable).items()},
        everything=_share(answerable),
        refused={kind: _refused(each, threshold) for kind, each in _by_kind(others).items()},
        threshold=threshold,
        right_at_threshold=_mean(each.first and each.answered.score > threshold for each in answerable),
        found=len(found),
        precision=_mean(each.first for each in found) if found else None,
        p50=percentile(times, 50),
        p99=percentile(times, 99),
    )


def reliability(judged: Sequence[Judged], *, bins: int = 10) -> list[Bin]:
    """Where the probability of the first result lay, and how often it was right; empty bins are left out."""
    found = []
    for place in range(bins):
        low, high = place / bins, (place + 1) / bins
        inside = [
            each
            for each in judged
            if each.answered.hits and min(int(each.answered.score * bins), bins - 1) == place
        ]
        if inside:
            said = fmean(each.answered.score for each in inside)
            right = _mean(each.first for each in inside)
            found.append(Bin(low=low, high=high, count=len(inside), said=said, right=right))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """How far what was said is from what was true, on average over the questions."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.said - each.right) for each in bins) / max(total, 1)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent of the values are."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share / 100), len(ordered) - 1)] if ordered else 0.0


def _by_kind(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    kinds: dict[str, list[Judged]] = {}
    for each in judged:
        kinds.setdefault(each.question.kind, []).append(each)
    return dict(sorted(kinds.items()))


def _share(judged: Sequence[Judged]) -> Share:
    return Share(
        count=len(judged),
        first=_mean(each.first for each in judged),
        third=_mean(each.third for each in judged),
    )


def _refused(judged: Sequence[Judged], threshold: float) -> Refused:
    return Refused(
        count=len(judged),
        answered=sum(each.answered.found for each in judged),
        above=sum(each.answered.score > threshold for each in judged),
    )


def _mean(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0
