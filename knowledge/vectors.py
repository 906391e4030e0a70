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

_COMMON, _RARE = 5.0, 12.0
"""Minus the logarithms of the frequencies from which on a word tells nothing, or all."""

TABLE = Path(__file__).with_name("vectors.npz")


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """A table of unit vectors by word.

    Attributes:
        ids: [n] word numbers (`terms.word_id`), ascending.
        rows: [n] the row of `quantised` of each id.
        quantised: [m, d] components as whole numbers -127..127.
        scales: [m, 1] what a row is multiplied with to have length 1.
        commonness: [m] natural logarithm of how often a word occurs among all words of the training text.
    """

    ids: Ids
    rows: NDArray[np.int64]
    quantised: NDArray[np.int8]
    scales: Matrix
    commonness: NDArray[np.float32]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a table: `words` (UTF-8, one a line, most frequent first) and `q` (int8, a row a word)."""
        with np.load(path) as data:
            quantised, frequency = data["q"], data["frequency"]
            # The numbers of 50,000 words take 0.1 s to work out, so a table that is shipped has them in it.
            distinct, rows = (data["ids"], data["rows"]) if "ids" in data else _numbered(data["words"])
        lengths = np.sqrt(np.einsum("ij,ij->i", quantised, quantised, dtype=np.float32))
        scales = (1.0 / np.maximum(lengths, 1e-6))[:, None].astype(np.float32)
        return cls(distinct, rows, quantised, scales, np.log(frequency).astype(np.float32))

    @classmethod
    def empty(cls) -> Self:
        """A table without words."""
        none = np.empty(0, np.uint32)
        rows, floats = none.astype(np.int64), np.empty((0, 1), np.float32)
        return cls(none, rows, np.empty((0, 1), np.int8), floats, floats[:, 0])

    def rows_of(self, ids: Ids) -> NDArray[np.int64]:
        """[k] the row of each word, or -1 where the table lacks it."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, self.rows[places], -1)

    def at(self, rows: NDArray[np.int64]) -> Matrix:
        """[k, d] unit vectors at these rows; zeros where the row is -1."""
        vectors = (
            self.quantised[rows] * self.scales[rows]
            if len(self.ids)
            else np.zeros((len(rows), 1), np.float32)
        )
        vectors[rows < 0] = 0.0
        return vectors

    def weight(self, ids: Ids) -> Matrix:
        """[k] how much a word tells in any text, 0..1: little for a common word, 1 for one that the table lacks."""
        rows = self.rows_of(ids)
        if not len(self.ids):
            return np.ones(len(ids), np.float32)
        told = np.clip(-(self.commonness[rows] + _COMMON) / (_RARE - _COMMON), 0.05, 1.0)
        return np.where(rows >= 0, told, 1.0).astype(np.float32)

    def commonness_of(self, ids: Ids) -> Matrix:
        """[k] logarithm of how often each word occurs among all words; -14 for one that the table lacks."""
        rows = self.rows_of(ids)
        return (
            np.where(rows >= 0, self.commonness[rows], -14.0) if len(self.ids) else np.full(len(ids), -14.0)
        )

    def of(self, ids: Ids) -> tuple[Matrix, NDArray[np.bool_]]:
        """[k, d] unit vectors of words, and [k] whether the table has them (zeros where not)."""
        rows = self.rows_of(ids)
        return self.at(rows), rows >= 0


def _numbered(words: NDArray[np.uint8]) -> tuple[Ids, NDArray[np.int64]]:
    """The distinct numbers of words, ascending, and the row of each.

    A stem stands for all words that share it; the most frequent of them, which comes first, lends it its vector.
    """
    ids = np.array([word_id(stem(word)) for word in words.tobytes().decode().split("\n")], np.uint32)
    return np.unique(ids, return_index=True)


def add_numbers(path: Path) -> None:
    """Write the words' numbers into a table, and the table without compression, so that it loads fast."""
    with np.load(path) as data:
        arrays = {name: data[name] for name in ("words", "q", "frequency")}
    ids, rows = _numbered(arrays["words"])
    np.savez(path, **arrays, ids=ids, rows=rows.astype(np.int64))


@cache
def shipped() -> WordVectors:
    """The table that comes with the program."""
    return WordVectors.load(TABLE) if TABLE.is_file() else WordVectors.empty()
