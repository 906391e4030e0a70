"""What a course is about, in words: by it, a question that is none of the course's business is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.question import Question
from knowledge.statistics import Statistics
from knowledge.vectors import WordVectors

Column = NDArray[np.float32]

_AT_ONCE = 4096
"""Words whose vectors are compared at once, so that no whole table of them is ever held as large numbers."""
_REMEMBERED = 5_000
_USUAL = 4.0
"""Logarithm of the number of words in an entry: an entry has that many chances to hold a word."""


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """A course (or several) as the background of a question.

    Attributes:
        statistics: how common terms are.
        table: the word vectors.
        rows: [n] rows of the words that occur in more than one entry.
        centre: [d] their mean direction, each weighted by how common and how telling it is.
        looked_up: cosine of words that are not here with the nearest that is, by row.
    """

    statistics: Statistics
    table: WordVectors
    rows: NDArray[np.int64]
    centre: Column
    looked_up: dict[int, float]

    @classmethod
    def of(cls, statistics: Statistics, table: WordVectors) -> Self:
        """The domain of the entries that were counted."""
        words = statistics.words
        rows = table.rows_of(words.ids)
        known = rows >= 0
        weights = (
            np.log1p(words.counts[known]) * words.rarity(words.ids[known]) * table.weight(words.ids[known])
        )
        rows, centre = rows[known], np.zeros(table.dimensions, np.float32)
        for start in range(0, len(rows), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            centre += weights[part].astype(np.float32) @ table.at(rows[part])
        return cls(statistics, table, rows, centre / max(float(np.linalg.norm(centre)), 1e-6), {})

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
                float((1.0 - self._nearest(question, absent)) @ telling) / whole,
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

    def _nearest(self, question: Question, absent: NDArray[np.bool_]) -> Column:
        """[words] 1 for a word that is here, else its cosine with the nearest word here (0 without a vector)."""
        nearest = np.where(absent, 0.0, 1.0).astype(np.float32)
        vectors, known = question.vectors
        sought = np.flatnonzero(absent & known)
        if len(sought) and len(self.rows):
            rows = self.table.rows_of(question.words[sought]).tolist()
            # Several threads ask at once: what was looked up may be forgotten at any moment.
            cosines = {row: self.looked_up.get(row) for row in rows}
            new = [place for place, row in zip(sought.tolist(), rows, strict=True) if cosines[row] is None]
            if new:
                best = np.full(len(new), -1.0, np.float32)
                for start in range(0, len(self.rows), _AT_ONCE):
                    part = self.table.cosines(vectors[new], self.rows[start : start + _AT_ONCE])
                    best = np.maximum(best, part.max(axis=1))
                found = zip(self.table.rows_of(question.words[new]).tolist(), best.tolist(), strict=True)
                cosines |= dict(found)
                if len(self.looked_up) > _REMEMBERED:
                    self.looked_up.clear()
                self.looked_up.update({row: cosine for row, cosine in cosines.items() if cosine is not None})
            nearest[sought] = [cosines[row] for row in rows]
        return nearest


def _mean(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 1.0
