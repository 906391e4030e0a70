"""What a course is about, in words: by it, a question that is none of the course's business is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.question import Question
from knowledge.statistics import Statistics
from knowledge.vectors import Matrix, WordVectors

Column = NDArray[np.float32]

_USUAL = 4.0
"""Logarithm of the number of words in an entry: an entry has that many chances to hold a word."""


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """A course (or several) as the background of a question.

    Attributes:
        statistics: how common terms are.
        table: the word vectors.
        held: [n, d] vectors of the words that occur in more than one entry.
        centre: [d] their mean direction, each weighted by how common and how telling it is.
    """

    statistics: Statistics
    table: WordVectors
    held: Matrix
    centre: Column

    @classmethod
    def of(cls, statistics: Statistics, table: WordVectors) -> Self:
        """The domain of the entries that were counted."""
        words = statistics.words
        rows = table.rows_of(words.ids)
        known = rows >= 0
        held = table.at(rows[known])
        weights = (
            np.log1p(words.counts[known]) * words.rarity(words.ids[known]) * table.weight(words.ids[known])
        )
        centre = weights.astype(np.float32) @ held
        return cls(statistics, table, held, centre / max(float(np.linalg.norm(centre)), 1e-6))

    def belonging(self, question: Question) -> Column:
        """[12] how much of the question belongs here; the last of `ranking.VERDICT`, in that order."""
        statistics, telling = self.statistics, question.telling
        absent = statistics.words.absent(question.words)
        vectors, known = question.vectors
        whole = max(float(telling.sum()), 1e-6)
        foreign = telling * absent
        mean = (telling * known) @ vectors
        length = float(np.linalg.norm(mean))
        common = self.table.commonness_of(question.words)
        ratios = np.log(statistics.words.share(question.words)) - common - _USUAL
        return np.array(
            [
                float(foreign.sum()) / whole,
                _mean(statistics.pairs.absent(question.pairs)),
                _mean(statistics.units.absent(question.units)),
                float((1.0 - self._nearest(vectors, known, absent)) @ telling) / whole,
                float(mean @ self.centre) / length if length > 0 else 0.0,
                float(np.clip(ratios, -4, 4) @ telling) / whole if len(telling) else -4.0,
                float(ratios.max()) / 6.0 if len(ratios) else -1.0,
                len(question.words) / 10.0,
                float(np.log1p(len(question.units))) / 4.0,
                float(telling.max(initial=0.0)),
                float(foreign.max(initial=0.0)),
                whole / 6.0,
            ],
            np.float32,
        )

    def _nearest(self, vectors: Matrix, known: NDArray[np.bool_], absent: NDArray[np.bool_]) -> Column:
        """[words] 1 for a word that is here, else its cosine with the nearest word here (0 without a vector)."""
        nearest = np.where(absent, 0.0, 1.0).astype(np.float32)
        sought = np.flatnonzero(absent & known)
        if len(sought) and len(self.held):
            nearest[sought] = (self.held @ vectors[sought].T).max(axis=0)
        return nearest


def _mean(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 1.0
