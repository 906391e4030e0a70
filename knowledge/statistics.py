"""How common each term is in a course: what a matching term is worth follows from it."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.terms import GAP, Ids, Terms, pairs

Weights = NDArray[np.float32]

_AT_ONCE = 16

_HEADER = struct.Struct("<IffIII")


@dataclass(frozen=True, slots=True, eq=False)
class Frequencies:
    """In how many entries each term occurs; terms that occur once are left out to save room.

    Attributes:
        ids: [n] term numbers, ascending.
        counts: [n] number of entries with that term.
        total: number of entries.
    """

    ids: Ids
    counts: Ids
    total: int

    def absent(self, ids: Ids) -> NDArray[np.bool_]:
        """[k] whether each id occurs in no more than one entry."""
        if not len(self.ids):
            return np.ones(len(ids), np.bool_)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.asarray(self.ids[places] != ids)

    def share(self, ids: Ids) -> Weights:
        """[k] the share of entries that have each id; half an entry for one that occurs at most once."""
        counts = np.full(len(ids), 0.5, np.float32)
        known = ~self.absent(ids)
        counts[known] = self.counts[np.searchsorted(self.ids, ids[known])]
        return (counts / max(self.total, 1)).astype(np.float32)

    def rarity(self, ids: Ids) -> Weights:
        """Inverse document frequency of each id, natural logarithm, as BM25 defines it; never below 0."""
        if not len(self.ids):
            counts = np.ones(len(ids), dtype=np.float32)
        else:
            places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
            counts = np.where(self.ids[places] == ids, self.counts[places], 1).astype(np.float32)
        return np.log1p((max(self.total, 1) - counts + 0.5) / (counts + 0.5)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Term frequencies of a course, or of all courses together.

    Attributes:
        units: of single characters and Latin tokens.
        pairs: of neighbouring units.
        words: of words.
        mean_units: mean number of units of an entry.
        mean_words: mean number of words of an entry.
    """

    units: Frequencies
    pairs: Frequencies
    words: Frequencies
    mean_units: float
    mean_words: float

    @classmethod
    def of(cls, entries: Iterable[Terms]) -> Self:
        """Count the terms of entries."""
        unit_sets: list[Ids] = []
        pair_sets: list[Ids] = []
        word_sets: list[Ids] = []
        units = words = 0
        for terms in entries:
            unit_sets.append(_distinct(terms.units))
            pair_sets.append(_distinct(pairs(terms.units)))
            word_sets.append(_distinct(terms.words))
            units += len(terms.units)
            words += len(terms.words)
        total = len(unit_sets)
        return cls(
            _counted(unit_sets, total),
            _counted(pair_sets, total),
            _counted(word_sets, total),
            mean_units=units / max(total, 1),
            mean_words=words / max(total, 1),
        )

    @classmethod
    def merged(cls, parts: Iterable[Self]) -> Self:
        """The statistics of several courses together; terms that occur once in a course are not counted."""
        parts = list(parts)
        total = sum(part.units.total for part in parts)
        return cls(
            _summed([part.units for part in parts], total),
            _summed([part.pairs for part in parts], total),
            _summed([part.words for part in parts], total),
            mean_units=sum(part.mean_units * part.units.total for part in parts) / max(total, 1),
            mean_words=sum(part.mean_words * part.units.total for part in parts) / max(total, 1),
        )

    def pack(self) -> bytes:
        """These statistics as bytes; `unpack` makes them again."""
        tables = (self.units, self.pairs, self.words)
        head = _HEADER.pack(self.units.total, self.mean_units, self.mean_words, *(len(t.ids) for t in tables))
        return head + b"".join(a.astype("<u4").tobytes() for t in tables for a in (t.ids, t.counts))

    @classmethod
    def unpack(cls, data: bytes) -> Self:
        """The statistics that `pack` wrote."""
        total, mean_units, mean_words, *sizes = _HEADER.unpack_from(data)
        offset = _HEADER.size
        tables: list[Frequencies] = []
        for size in sizes:
            ids = np.frombuffer(data, "<u4", size, offset)
            counts = np.frombuffer(data, "<u4", size, offset + 4 * size)
            tables.append(Frequencies(ids, counts, total))
            offset += 8 * size
        units, pairs_, words = tables
        return cls(units, pairs_, words, mean_units=mean_units, mean_words=mean_words)


def _distinct(ids: Ids) -> Ids:
    distinct = np.unique(ids)
    return distinct[1:] if len(distinct) and distinct[0] == GAP else distinct


def _counted(sets: list[Ids], total: int) -> Frequencies:
    everything = np.concatenate(sets) if sets else np.empty(0, np.uint32)
    ids, counts = np.unique(everything, return_counts=True)
    common = counts > 1
    return Frequencies(ids[common], counts[common].astype(np.uint32), total)


def _summed(tables: list[Frequencies], total: int) -> Frequencies:
    """The counts of several tables added up, a few tables at a time: all at once would take much memory."""
    ids, counts = np.empty(0, np.uint32), np.empty(0, np.uint32)
    for start in range(0, len(tables), _AT_ONCE):
        some = tables[start : start + _AT_ONCE]
        every = np.concatenate([ids, *(table.ids for table in some)])
        if not len(every):
            continue
        order = np.argsort(every, kind="stable")
        weights = np.concatenate([counts, *(table.counts for table in some)])[order]
        every = every[order]
        begins = np.flatnonzero(np.append([True], every[1:] != every[:-1]))
        ids, counts = every[begins], np.add.reduceat(weights, begins)
    return Frequencies(ids, counts.astype(np.uint32), total)
