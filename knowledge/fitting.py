"""Learning the ranking's weights from questions whose right entry is known.

Both models are convex and small, so Newton's method finds their weights in a few steps, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Kind
from knowledge.ranking import LISTED, VERDICT, Pool, Ranking, verdict_features

Array = NDArray[np.float64]

PASSAGE_WEIGHT = 1.7
"""How much a question answered by a passage counts: there are fewer of them, and readers ask them as often."""
_RIDGE_LIST, _RIDGE_VERDICT = 2.0, 20.0
_STEPS = 25
_USUAL = (0.5, 99.5)
"""Percentiles of the second model's features between which it is trusted."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A question that was searched for.

    Attributes:
        group: the course; what is checked on a course was not learned from it.
        pool: its candidates.
        right: [n] which of them are right; none where the question has no answer or the answer was not found.
        asked: `Domain.belonging` of the question.
    """

    group: str
    pool: Pool
    right: NDArray[np.bool_]
    asked: NDArray[np.float32]


def fit(samples: Sequence[Sample], *, folds: int = 5) -> Ranking:
    """Learn both models; the second one from lists that the first ranked without having seen their course."""
    groups = sorted({sample.group for sample in samples})
    evidence: list[NDArray[np.float32]] = []
    outcomes: list[bool] = []
    for fold in range(min(folds, len(groups))):
        unseen = set(groups[fold::folds])
        first = _fit_list([sample for sample in samples if sample.group not in unseen])
        for sample in samples:
            if sample.group in unseen and len(sample.right):
                scores = first.scores(sample.pool)
                evidence.append(verdict_features(sample.pool, scores, sample.asked))
                outcomes.append(bool(sample.right[np.argsort(-scores, kind="stable")[0]]))
    rows = np.array(evidence, np.float64)
    bounds = np.percentile(rows, _USUAL, axis=0)
    weights, threshold = _fit_verdict(np.clip(rows, *bounds), np.array(outcomes))
    final = _fit_list(samples)
    return Ranking(
        final.common,
        final.passage,
        final.bias,
        final.centre,
        final.spread,
        weights.astype(np.float32),
        bounds.astype(np.float32),
        threshold,
    )


def _fit_list(samples: Sequence[Sample]) -> Ranking:
    told = [sample for sample in samples if sample.right.any()]
    measured = np.concatenate([sample.pool.measured for sample in told]).astype(np.float64)
    centre, spread = measured.mean(axis=0), measured.std(axis=0)
    spread[spread < 1e-4] = 1.0  # a feature that never varied in training
    passage = list(Kind).index(Kind.PASSAGE)
    lists = [
        _expanded((sample.pool.measured - centre) / spread, sample.pool.kinds, passage) for sample in told
    ]
    width, n = lists[0].shape[1], len(LISTED)
    weights = np.zeros(width)
    worth = [PASSAGE_WEIGHT if (s.pool.kinds[s.right] == passage).all() else 1.0 for s in told]
    rights = [sample.right for sample in told]
    loss = _list_loss(lists, rights, worth, weights)
    for _ in range(_STEPS):
        gradient, hessian = _RIDGE_LIST * weights, _RIDGE_LIST * np.eye(width)
        for rows, is_right, weight in zip(lists, rights, worth, strict=True):
            chance = _softmax(rows @ weights)
            right = chance * is_right
            right /= max(right.sum(), 1e-300)
            mean = chance @ rows
            gradient += weight * (mean - right @ rows)
            hessian += weight * ((rows * chance[:, None]).T @ rows - np.outer(mean, mean))
        step = np.linalg.solve(hessian, gradient)
        # A full step overshoots while the weights are far off: halve it until it leads downhill.
        length = 1.0
        while (moved := _list_loss(lists, rights, worth, weights - length * step)) > loss and length > 1e-3:
            length /= 2
        weights, gain, loss = weights - length * step, loss - moved, moved
        if gain < 1e-4 * abs(loss):
            break
    none = np.zeros(len(VERDICT), np.float32)
    bounds = np.stack([none, none])
    common, passage_own, bias = (part.astype(np.float32) for part in np.split(weights, [n, 2 * n]))
    return Ranking(
        common,
        passage_own,
        bias,
        centre.astype(np.float32),
        spread.astype(np.float32),
        none,
        bounds,
        threshold=0.0,
    )


def _list_loss(
    lists: Sequence[Array], rights: Sequence[NDArray[np.bool_]], worth: Sequence[float], weights: Array
) -> float:
    """Minus the log-likelihood of the right candidates, with the ridge."""
    loss = _RIDGE_LIST * float(weights @ weights) / 2
    for rows, right, weight in zip(lists, rights, worth, strict=True):
        loss -= weight * float(np.log(max(float(_softmax(rows @ weights) @ right), 1e-300)))
    return loss


def _expanded(standard: Array, kinds: NDArray[np.int64], passage: int) -> Array:
    own = np.where((kinds == passage)[:, None], standard, 0.0)
    return np.concatenate([standard, own, np.eye(len(Kind))[kinds]], axis=1)


def _fit_verdict(evidence: Array, outcomes: NDArray[np.bool_]) -> tuple[Array, float]:
    """Logistic regression on standardised evidence, given back for evidence as it is."""
    centre, spread = evidence.mean(axis=0), evidence.std(axis=0)
    spread[spread < 1e-6] = 1.0
    rows = np.concatenate([(evidence - centre) / spread, np.ones((len(evidence), 1))], axis=1)
    ridge = np.full(rows.shape[1], _RIDGE_VERDICT)
    ridge[-1] = 0.0
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-rows @ weights))
        gradient = rows.T @ (chance - outcomes) + ridge * weights
        hessian = (
            (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge) + 1e-9 * np.eye(len(ridge))
        )
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-5:
            break
    plain = weights[:-1] / spread
    return plain, float(weights[-1] - plain @ centre)


def _softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def table(ranking: Ranking, provenance: str) -> str:
    """The weights as a readable TOML table that `Ranking.load` reads."""
    lines = [f"# {line}".rstrip() for line in provenance.splitlines()]
    lines += ["", "[bias]", *(f"{kind} = {_shown(b)}" for kind, b in zip(Kind, ranking.bias, strict=True))]
    lines += ["", "# feature = [weight, added for a passage, mean, standard deviation]", "[listed]"]
    columns = (ranking.common, ranking.passage, ranking.centre, ranking.spread)
    for place, name in enumerate(LISTED):
        lines.append(f"{name} = [{', '.join(_shown(column[place]) for column in columns)}]")
    lines += [
        "",
        "# feature = [weight, least, most]",
        "[verdict]",
        f"intercept = {_shown(ranking.threshold)}",
    ]
    for place, name in enumerate(VERDICT):
        numbers = (ranking.verdict[place], *ranking.bounds[:, place])
        lines.append(f"{name} = [{', '.join(map(_shown, numbers))}]")
    return "\n".join(lines) + "\n"


def _shown(number: float) -> str:
    return f"{float(number):.4f}"
