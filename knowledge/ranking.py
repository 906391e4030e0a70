"""The ranking: which candidate comes first, and how sure we are that it is right.

Two small linear models, learned offline on real courses (`ranking.toml` holds their weights and says on what):

1. A conditional logit orders all candidates of a question, whatever their kind, in one list. Passages have weights
   of their own on top of the common ones, for what makes a passage answer is not what makes two questions alike.
2. A logistic regression says how probable it is that the first of that list is right, from how well it fits, how far
   it is ahead, and how much of the question belongs to the course at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from knowledge import features
from knowledge.documents import Kind
from knowledge.features import Column, Matrix

TABLE = Path(__file__).with_name("ranking.toml")

LISTED = (*features.NAMES, "rank", "support_other", "support_own", "support_rest", "lead_kind")
"""Features of a candidate among the others; the ones behind `features.NAMES` are made here."""

_FIRST = [
    features.NAMES.index(n) for n in ("unit_bm25", "pair_bm25", "word_bm25", "vector_cover", "vector_best")
]
_SHARPNESS = 6.0
_STRONGEST = [
    features.NAMES.index(n) for n in ("unit_cover", "word_cover", "pair_cover", "vector_cover", "key_near")
]

VERDICT = (
    *features.NAMES,
    *(
        "score",
        "lead",
        "lead_fifth",
        "share",
        "share_second",
        "entropy",
        "is_passage",
        "is_remark",
        "support",
    ),
    *(f"most_{features.NAMES[place]}" for place in _STRONGEST),
    *("foreign_words", "foreign_pairs", "foreign_units", "far", "topical", "belonging", "most_belonging"),
    *("word_count", "unit_count", "most_telling", "most_foreign", "telling"),
)
"""Features from which the probability of the first one is made."""


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """All candidates of one question.

    Attributes:
        measured: [n, len(LISTED)] their features.
        kinds: [n] what each is.
    """

    measured: Matrix
    kinds: NDArray[np.int64]


def pool(measured: Sequence[Matrix], lessons: Sequence[Sequence[str]]) -> Pool:
    """Put candidates of each kind (in the order of `Kind`) together, each seen among the others.

    Args:
        measured: for each kind [n, len(features.NAMES)].
        lessons: for each kind [n] the lesson of each candidate: entries of one lesson support each other.
    """
    firsts = [matrix[:, _FIRST].sum(axis=1) for matrix in measured]
    shares = [_softmax(first * _SHARPNESS) for first in firsts]
    names: dict[str, int] = {}
    codes = [np.array([names.setdefault(each, len(names)) for each in one], np.intp) for one in lessons]
    by_lesson = [
        np.bincount(code, share, minlength=len(names)) for code, share in zip(codes, shares, strict=True)
    ]
    blocks: list[Matrix] = []
    for kind, matrix in enumerate(measured):
        if not len(matrix):
            continue
        others = [place for place in range(len(measured)) if place != kind and len(measured[place])]
        own = by_lesson[kind][codes[kind]]
        elsewhere = sum(
            (by_lesson[other][codes[kind]] for other in others), start=np.zeros(len(matrix))
        ) / max(len(measured) - 1, 1)
        place = np.empty(len(matrix))
        place[np.argsort(-firsts[kind], kind="stable")] = np.arange(len(matrix))
        best = max((float(firsts[other].max()) for other in others), default=0.0)
        added = np.stack(
            [
                1.0 / (1.0 + place),
                elsewhere,
                own,
                own - shares[kind],
                firsts[kind] - best,
            ],
            axis=1,
        )
        blocks.append(np.concatenate([matrix, added], axis=1))
    kinds = np.repeat(np.arange(len(measured)), [len(matrix) for matrix in measured])
    return Pool(np.concatenate(blocks) if blocks else np.zeros((0, len(LISTED)), np.float32), kinds)


def verdict_features(pooled: Pool, scores: Column, asked: Column) -> Column:
    """[len(VERDICT)] what tells whether the best of `scores` is right; `asked` is `Domain.belonging`."""
    order = np.argsort(-scores, kind="stable")
    best = order[0]
    ranked, share = scores[order], _softmax(scores)
    ahead = np.array(
        [
            ranked[0],
            ranked[0] - ranked[min(1, len(ranked) - 1)],
            ranked[0] - ranked[min(5, len(ranked) - 1)],
            share[best],
            share[order[1]] if len(order) > 1 else 0.0,
            -float(share @ np.log(share + 1e-12)),
            pooled.kinds[best] == _PASSAGE,
            pooled.kinds[best] == _REMARK,
            pooled.measured[best][LISTED.index("support_own")],
        ]
    )
    strongest = pooled.measured[:, _STRONGEST].max(axis=0)
    own = pooled.measured[best][: len(features.NAMES)]
    return np.concatenate([own, ahead, strongest, asked]).astype(np.float32)


_PASSAGE, _REMARK = list(Kind).index(Kind.PASSAGE), list(Kind).index(Kind.REMARK)


def _softmax(scores: NDArray[Any]) -> NDArray[Any]:
    if not len(scores):
        return scores
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The two models.

    Attributes:
        common: [len(LISTED)] weights of a candidate's features, whatever its kind.
        passage: [len(LISTED)] what is added to them for a passage.
        bias: [kinds] a score for being of a kind.
        centre: [len(LISTED)] mean of each feature in training.
        spread: [len(LISTED)] standard deviation of each.
        verdict: [len(VERDICT)] weights of the second model, on features as they are.
        bounds: [2, len(VERDICT)] the least and the most that each of them was in training: what lies beyond counts
            as the bound, so that a course of a kind that was never seen does not make the model sure.
        threshold: its intercept.
    """

    common: Column
    passage: Column
    bias: Column
    centre: Column
    spread: Column
    verdict: Column
    bounds: Matrix
    threshold: float

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a table of weights; a feature that it does not name has weight 0."""
        table = tomllib.loads(path.read_text("utf-8"))
        listed = table["listed"]
        columns = [
            np.array([listed.get(name, [0, 0, 0, 1])[c] for name in LISTED], np.float32) for c in range(4)
        ]
        rows = [table["verdict"].get(name, [0.0, 0.0, 0.0]) for name in VERDICT]
        verdict, *bounds = np.array(rows, np.float32).T
        bias = np.array([table["bias"][kind] for kind in Kind], np.float32)
        common, passage, centre, spread = columns
        threshold = float(table["verdict"]["intercept"])
        return cls(common, passage, bias, centre, spread, verdict, np.array(bounds), threshold)

    def scores(self, pooled: Pool) -> Column:
        """[n] scores by which candidates are ordered; only their differences mean something."""
        standard = (pooled.measured - self.centre) / self.spread
        own = np.where(pooled.kinds == _PASSAGE, standard @ self.passage, 0.0)
        return np.asarray(standard @ self.common + own + self.bias[pooled.kinds], np.float32)

    def probabilities(self, pooled: Pool, scores: Column, asked: Column) -> Column:
        """[n] how probable it is that each candidate is right: the best from the second model, others by share."""
        evidence = np.clip(verdict_features(pooled, scores, asked), *self.bounds)
        sure = 1.0 / (1.0 + float(np.exp(-np.clip(evidence @ self.verdict + self.threshold, -30, 30))))
        return np.asarray(sure * np.exp(np.minimum(scores - scores.max(), 0.0)), np.float32)


@cache
def shipped() -> Ranking:
    """The models that come with the program."""
    return Ranking.load(TABLE)
