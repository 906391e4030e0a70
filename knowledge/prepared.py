"""A wording with all that scoring needs of it worked out, so that one that is met again costs nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Wording
from knowledge.sounds import sound_ids
from knowledge.statistics import Statistics
from knowledge.terms import GAP, Ids, Terms, characters, pairs
from knowledge.vectors import WordVectors


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A wording, its terms in every form, and their weights among the entries it is compared with.

    Attributes:
        wording: what was prepared.
        pairs: [units] each unit with the next one, `GAP` where they are no neighbours.
        sounds: [units] how each unit and the next one sound, likewise.
        characters: the units as a string of one character each.
        rows: [words] each word's row in the table of vectors, or -1.
        word_rarity: [words] rarity of each word; 0 for words without a vector.
        unit_norm: length of the rarity-weighted unit counts.
        word_norm: length of the rarity-weighted word counts.
        mean: [d] mean of the words' vectors by rarity, of length 1 (zeros where no word has a vector).
        unit_sizes: [sentences] number of units of each sentence.
        word_sizes: [sentences] number of words of each sentence.
    """

    wording: Wording
    pairs: Ids
    sounds: Ids
    characters: str
    rows: NDArray[np.int64]
    word_rarity: NDArray[np.float32]
    unit_norm: float
    word_norm: float
    mean: NDArray[np.float32]
    unit_sizes: NDArray[np.int64]
    word_sizes: NDArray[np.int64]


def prepare(wording: Wording, statistics: Statistics, vectors: WordVectors) -> Prepared:
    """Work out what scoring needs of a wording."""
    terms = wording.text
    unit_rarity = np.where(terms.units == GAP, 0.0, statistics.units.rarity(terms.units))
    word_rarity = statistics.words.rarity(terms.words)
    rows = vectors.rows_of(terms.words)
    word_weights = np.where(rows >= 0, word_rarity, 0.0).astype(np.float32)
    mean = word_weights @ vectors.at(rows)
    return Prepared(
        wording=wording,
        pairs=_padded(pairs(terms.units), terms),
        sounds=_padded(pairs(sound_ids(terms.units)), terms),
        characters=characters(terms.units),
        rows=rows,
        word_rarity=word_weights,
        unit_norm=float(np.sqrt(unit_rarity @ unit_rarity)),
        word_norm=float(np.sqrt(word_rarity @ word_rarity)),
        mean=mean / max(float(np.linalg.norm(mean)), 1e-6),
        unit_sizes=_sizes(terms.unit_starts, len(terms.units)),
        word_sizes=_sizes(terms.word_starts, len(terms.words)),
    )


def _padded(neighbours: Ids, terms: Terms) -> Ids:
    padded = np.zeros(len(terms.units), np.uint32)
    padded[: len(neighbours)] = neighbours
    return padded


def _sizes(starts: Ids, total: int) -> NDArray[np.int64]:
    begins = starts.astype(np.int64)
    return np.append(begins[1:], total) - begins if len(begins) else begins
