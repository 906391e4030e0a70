"""Word vectors: words that occur in like company are like, so "老板" finds "领导".

The table is a plain file of numbers beside this module (see `docs/vectors.md` for what it was trained on); no model
runs. Without the file, or for words that it lacks, the features made from vectors are zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.terms import Ids, word_id
from knowledge.tokens import stem

Matrix = NDArray[np.float32]

TABLE = Path(__file__).with_name("vectors.npz")


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """A table of unit vectors by word.

    Attributes:
        ids: [n] word numbers (`terms.word_id`), ascending.
        rows: [n] the row of `quantised` of each id.
        quantised: [m, d] components as whole numbers -127..127.
        scales: [m, 1] what a row is multiplied with to have length 1.
    """

    ids: Ids
    rows: NDArray[np.int64]
    quantised: NDArray[np.int8]
    scales: Matrix

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a table: `words` (UTF-8, one a line, most frequent first) and `q` (int8, a row a word)."""
        with np.load(path) as data:
            words = data["words"].tobytes().decode().split("\n")
            quantised = data["q"]
        # A stem stands for all words that share it; the most frequent of them lends it its vector.
        ids = np.array([word_id(stem(word)) for word in words], np.uint32)
        distinct, rows = np.unique(ids, return_index=True)
        lengths = np.sqrt(np.einsum("ij,ij->i", quantised, quantised, dtype=np.float32))
        return cls(distinct, rows, quantised, (1.0 / np.maximum(lengths, 1e-6))[:, None].astype(np.float32))

    @classmethod
    def empty(cls) -> Self:
        """A table without words."""
        none = np.empty(0, np.uint32)
        return cls(none, none.astype(np.int64), np.empty((0, 1), np.int8), np.empty((0, 1), np.float32))

    def of(self, ids: Ids) -> tuple[Matrix, NDArray[np.bool_]]:
        """[k, d] unit vectors of words, and [k] whether the table has them (zeros where not)."""
        if not len(self.ids):
            return np.zeros((len(ids), 1), np.float32), np.zeros(len(ids), np.bool_)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        known = self.ids[places] == ids
        rows = self.rows[places]
        vectors = self.quantised[rows].astype(np.float32) * self.scales[rows]
        vectors[~known] = 0.0
        return vectors, known


@cache
def shipped() -> WordVectors:
    """The table that comes with the program."""
    return WordVectors.load(TABLE) if TABLE.is_file() else WordVectors.empty()
