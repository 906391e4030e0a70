"""Word vectors: words that occur in like company are like, so "老板" finds "领导".

The table is a plain file of numbers beside this module (see `docs/vectors.md` for what it was trained on); no model
runs. Without the file, or for words that it lacks, the features made from vectors are zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.terms import Ids, word_id
from knowledge.tokens import stem

Matrix = NDArray[np.float32]

_COMMON, _RARE = 5.0, 12.0
"""Minus the logarithms of the frequencies from which on a word tells nothing, or all."""

_SLOTS = 1 << 19
_NEIGHBOURS = 5
_LIKE = 0.3
"""Cosine under which a word is nobody's neighbour."""

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
        words: the words, UTF-8, one a line.
        neighbours: [m, k] rows of the words nearest to each, nearest first; k is 0 in a table without them.
        likeness: [m, k] their cosines, as whole numbers 0..255 for 0..1.
        slots: [2^19] for the last bits of a number, the place in `ids` of one that ends so, or -1.
    """

    ids: Ids
    rows: NDArray[np.int64]
    quantised: NDArray[np.int8]
    scales: Matrix
    commonness: NDArray[np.float32]
    words: NDArray[np.uint8]
    neighbours: NDArray[np.uint16]
    likeness: NDArray[np.uint8]
    slots: NDArray[np.int32]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a table: `words` (UTF-8, one a line, most frequent first) and `q` (int8, a row a word)."""
        with np.load(path) as data:
            quantised, frequency, words = data["q"], data["frequency"], data["words"]
            # The numbers of 50,000 words take 0.1 s to work out, so a table that is shipped has them in it.
            ids, rows = (data["ids"], data["rows"]) if "ids" in data else _numbered(words)
            has_near = "neighbours" in data
            neighbours = data["neighbours"] if has_near else np.empty((len(quantised), 0), np.uint16)
            likeness = data["likeness"] if has_near else np.empty((len(quantised), 0), np.uint8)
        lengths = np.sqrt(np.einsum("ij,ij->i", quantised, quantised, dtype=np.float32))
        scales = (1.0 / np.maximum(lengths, 1e-6))[:, None].astype(np.float32)
        commonness = np.log(frequency).astype(np.float32)
        slots = np.full(_SLOTS, -1, np.int32)
        slots[ids & np.uint32(_SLOTS - 1)] = np.arange(len(ids), dtype=np.int32)
        return cls(ids, rows, quantised, scales, commonness, words, neighbours, likeness, slots)

    @classmethod
    def empty(cls) -> Self:
        """A table without words."""
        ids, floats = np.empty(0, np.uint32), np.empty((0, 1), np.float32)
        small = np.empty((0, 0), np.uint8)
        return cls(
            ids,
            ids.astype(np.int64),
            floats.astype(np.int8),
            floats,
            floats[:, 0],
            small[0:0].reshape(0),
            small.astype(np.uint16),
            small,
            np.full(_SLOTS, -1, np.int32),
        )

    @property
    def size(self) -> int:
        """The number of rows."""
        return len(self.quantised)

    @property
    def dimensions(self) -> int:
        """The number of components of a vector."""
        return int(self.quantised.shape[1])

    def rows_of(self, ids: Ids) -> NDArray[np.int64]:
        """[k] the row of each word, or -1 where the table lacks it."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        # Nine in ten are settled by their slot; numbers that end like another's are looked up one by one.
        places = self.slots.take((ids & np.uint32(_SLOTS - 1)).astype(np.int64))
        other = np.flatnonzero((self.ids.take(places, mode="clip") != ids) & (places >= 0))
        if len(other):
            sought = ids[other]
            found = np.minimum(np.searchsorted(self.ids, sought), len(self.ids) - 1)
            places[other] = np.where(self.ids[found] == sought, found, -1)
        return np.where(places >= 0, self.rows.take(places, mode="clip"), -1)

    def at(self, rows: NDArray[np.int64]) -> Matrix:
        """[k, d] unit vectors at these rows; zeros where the row is -1."""
        if not len(self.ids):
            return np.zeros((len(rows), 1), np.float32)
        vectors = self.quantised[rows] * self.scales[rows]
        vectors[rows < 0] = 0.0
        return vectors

    def cosines(self, vectors: Matrix, rows: NDArray[np.int64]) -> Matrix:
        """[q, k] cosines of unit vectors with those at these rows; 0 where the row is -1."""
        if not len(self.ids):
            return np.zeros((len(vectors), len(rows)), np.float32)
        scales = np.where(rows >= 0, self.scales[rows, 0], 0.0)
        return np.asarray(vectors @ self.quantised[rows].astype(np.float32).T * scales, np.float32)

    def weight(self, ids: Ids) -> Matrix:
        """[k] how much a word tells in any text, 0..1: little for a common word, 1 for one that the table lacks."""
        rows = self.rows_of(ids)
        return np.where(rows >= 0, self.told(rows), 1.0).astype(np.float32)

    def told(self, rows: NDArray[np.int64]) -> Matrix:
        """[k] how much the word of each row tells in any text, 0..1; 0 where the row is -1."""
        if not len(self.ids):
            return np.zeros(len(rows), np.float32)
        told = np.clip(-(self.commonness[rows] + _COMMON) / (_RARE - _COMMON), 0.05, 1.0)
        return np.where(rows >= 0, told, 0.0).astype(np.float32)

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

    def near(self, row: int) -> list[tuple[str, float]]:
        """The stems of the words nearest to that of a row, each with its cosine; none for -1."""
        if row < 0:
            return []
        rows, cosines = self.neighbours[row].tolist(), (self.likeness[row] / 255.0).tolist()
        return [(stem(self._word(near)), cosine) for near, cosine in zip(rows, cosines, strict=True)]

    def _word(self, row: int) -> str:
        ends = _line_ends(self)
        return self.words[(ends[row - 1] + 1 if row else 0) : ends[row]].tobytes().decode()


@lru_cache(maxsize=4)
def _line_ends(table: WordVectors) -> NDArray[np.int64]:
    """[m] where each word of a table ends."""
    return np.append(np.flatnonzero(table.words == ord("\n")), len(table.words))


def _numbered(words: NDArray[np.uint8]) -> tuple[Ids, NDArray[np.int64]]:
    """The distinct numbers of words, ascending, and the row of each.

    A stem stands for all words that share it; the most frequent of them, which comes first, lends it its vector.
    """
    ids = np.array([word_id(stem(word)) for word in words.tobytes().decode().split("\n")], np.uint32)
    return np.unique(ids, return_index=True)


def complete(path: Path) -> None:
    """Write into a table what is worked out once: the words' numbers, and the nearest neighbours of each word.

    The table is written without compression, so that it loads fast.
    """
    with np.load(path) as data:
        arrays = {name: data[name] for name in ("words", "q", "frequency")}
    ids, rows = _numbered(arrays["words"])
    np.savez(path, **arrays, ids=ids, rows=rows.astype(np.int64))
    neighbours, likeness = _nearest(WordVectors.load(path))
    np.savez(path, **arrays, ids=ids, rows=rows.astype(np.int64), neighbours=neighbours, likeness=likeness)


def _nearest(table: WordVectors) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """[m, k] rows of the nearest words of each word, nearest first, and their cosines (0 for none)."""
    rows = np.unique(table.rows)
    vectors = table.at(rows)
    neighbours = np.zeros((table.size, _NEIGHBOURS), np.uint16)
    likeness = np.zeros((table.size, _NEIGHBOURS), np.uint8)
    for start in range(0, len(rows), 1000):
        cosines = vectors[start : start + 1000] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, own + start] = -1.0
        best = np.argpartition(-cosines, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        found = np.take_along_axis(cosines, best, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        found = np.take_along_axis(found, order, axis=1)
        here = rows[start : start + 1000]
        neighbours[here] = rows[np.take_along_axis(best, order, axis=1)]
        likeness[here] = np.where(found >= _LIKE, np.clip(found, 0, 1) * 255, 0)
    return neighbours, likeness


@cache
def shipped() -> WordVectors:
    """The table that comes with the program."""
    return WordVectors.load(TABLE) if TABLE.is_file() else WordVectors.empty()
