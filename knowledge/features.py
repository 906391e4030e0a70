"""What can be measured of a candidate against a question: the columns from which the ranking is learned.

All candidates of a question are measured at once on arrays, so that a hundred of them cost a few milliseconds. Every
feature is bounded (about 0..1) and none depends on the other candidates; what does is in `ranking.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.documents import Wording
from knowledge.question import Question
from knowledge.sounds import sound_ids
from knowledge.statistics import Frequencies, Statistics
from knowledge.terms import GAP, Ids, Terms, characters, pairs
from knowledge.vectors import WordVectors

Column = NDArray[np.float32]
Matrix = NDArray[np.float32]
Places = NDArray[np.int64]

NAMES = (
    "unit_bm25",
    "unit_cosine",
    "unit_cover",
    "unit_best",
    "pair_bm25",
    "pair_cover",
    "pair_best",
    "word_bm25",
    "word_cosine",
    "word_cover",
    "word_best",
    "sound_cover",
    "heading_unit",
    "heading_word",
    "answer_word",
    "vector_mean",
    "vector_cover",
    "vector_best",
    "vector_back",
    "partial_ratio",
    "token_ratio",
    "missing",
    "missing_near",
    "length",
    "asks",
    "answered",
    "liked",
)

_K1, _B = 1.2, 0.6
_NEAR = 0.45
"""Cosine from which on a word counts as a likely synonym."""


@dataclass(frozen=True, slots=True, eq=False)
class _Bag:
    """The ids of one kind of all candidates, one after another.

    Attributes:
        ids: [n] the ids.
        owner: [n] which candidate each belongs to.
        sentence: [n] which sentence each belongs to, counted over all candidates.
        first: [s] the candidate each sentence belongs to.
    """

    ids: Ids
    owner: Places
    sentence: Places
    first: Places


def measure(
    question: Question, candidates: Sequence[Wording], statistics: Statistics, vectors: WordVectors
) -> Matrix:
    """[candidates, len(NAMES)] features."""
    n = len(candidates)
    columns: dict[str, Column] = {}
    texts = [candidate.text for candidate in candidates]
    units = _bag([(terms.units, terms.unit_starts) for terms in texts])
    words = _bag([(terms.words, terms.word_starts) for terms in texts])
    neighbours = pairs(units.ids)
    across = units.owner[1:] != units.owner[:-1]
    neighbours[across] = GAP
    pair_bag = _Bag(neighbours, units.owner[:-1], units.sentence[:-1], units.first)

    lengths = np.bincount(units.owner, minlength=n).astype(np.float32)
    long = lengths / max(statistics.mean_units, 1.0)
    _overlap(columns, "unit", question.units, units, statistics.units, long)
    _overlap(columns, "pair", question.pairs, pair_bag, statistics.pairs, long)
    hits, weights = _overlap(columns, "word", question.words, words, statistics.words, long)
    columns["unit_cosine"] = _cosine(question.units, units, statistics.units, n)
    columns["word_cosine"] = _cosine(question.words, words, statistics.words, n)
    columns["sound_cover"] = _sound_cover(question, units, statistics, n)

    headings = [candidate.heading for candidate in candidates]
    columns["heading_unit"] = _share(question.units, [terms.units for terms in headings], statistics.units)
    columns["heading_word"] = _share(question.words, [terms.words for terms in headings], statistics.words)
    answers = [candidate.answer.words for candidate in candidates]
    columns["answer_word"] = _share(question.words, answers, statistics.words)

    near = _vector_columns(columns, question, words, statistics, vectors, n)
    columns["missing"] = _missing(hits > 0, weights)
    columns["missing_near"] = _missing((hits > 0) | (near > _NEAR), weights)
    _fuzzy_columns(columns, question, texts)

    columns["length"] = np.log1p(lengths) / 6.0
    columns["asks"] = np.array([candidate.asks for candidate in candidates], np.float32)
    columns["answered"] = np.array([candidate.answered for candidate in candidates], np.float32)
    columns["liked"] = np.log1p(np.array([candidate.likes for candidate in candidates], np.float32)) / 6.0
    return np.stack([columns[name] for name in NAMES], axis=1)


def _bag(parts: Sequence[tuple[Ids, Ids]]) -> _Bag:
    sizes = [len(ids) for ids, _ in parts]
    ids = np.concatenate([ids for ids, _ in parts])
    owner = np.repeat(np.arange(len(parts)), sizes)
    begins = np.cumsum([0, *sizes[:-1]])
    starts = np.concatenate([begin + begin_of.astype(np.int64) for begin, (_, begin_of) in zip(begins, parts, strict=True)])
    first = np.repeat(np.arange(len(parts)), [len(begin_of) for _, begin_of in parts])
    marks = np.zeros(len(ids) + 1, np.int64)
    np.add.at(marks, starts, 1)
    return _Bag(ids, owner, np.maximum(np.cumsum(marks[:-1]) - 1, 0), first)


def _overlap(
    columns: dict[str, Column], kind: str, asked: Ids, bag: _Bag, frequencies: Frequencies, long: Column
) -> tuple[Matrix, Column]:
    """BM25, share of the question's weight in the entry, and in its best sentence, all by rarity.

    Returns [n, q] how often each asked term occurs and [q] what it is worth.
    """
    n, q = len(long), len(asked)
    weights = frequencies.rarity(asked)
    whole = float(weights.sum())
    if not q or whole <= 0.0:
        for name in ("bm25", "cover", "best"):
            columns[f"{kind}_{name}"] = np.zeros(n, np.float32)
        return np.zeros((n, q), np.float32), weights
    places = np.minimum(np.searchsorted(asked, bag.ids), q - 1)
    found = np.flatnonzero(asked[places] == bag.ids)
    columns_hit = places[found]
    sentences = np.bincount(bag.sentence[found] * q + columns_hit, minlength=len(bag.first) * q)
    by_sentence = sentences.reshape(-1, q)[: len(bag.first)]
    hits = np.zeros((n, q), np.float32)
    np.add.at(hits, bag.first, by_sentence)
    best = np.zeros(n, np.float32)
    np.maximum.at(best, bag.first, (by_sentence > 0) @ weights)
    saturated = hits * (_K1 + 1) / (hits + _K1 * (1 - _B + _B * long)[:, None])
    columns[f"{kind}_bm25"] = (saturated @ weights / (whole * (_K1 + 1))).astype(np.float32)
    columns[f"{kind}_cover"] = ((hits > 0) @ weights / whole).astype(np.float32)
    columns[f"{kind}_best"] = best / whole
    return hits, weights


def _cosine(asked: Ids, bag: _Bag, frequencies: Frequencies, n: int) -> Column:
    """Cosine of rarity-weighted counts, with the square root of a count for the count."""
    weights = frequencies.rarity(asked)
    squares = np.where(bag.ids == GAP, 0.0, frequencies.rarity(bag.ids)) ** 2
    norms = np.sqrt(np.bincount(bag.owner, squares, minlength=n)) * np.sqrt(float(weights @ weights))
    if not len(asked):
        return np.zeros(n, np.float32)
    places = np.minimum(np.searchsorted(asked, bag.ids), len(asked) - 1)
    found = asked[places] == bag.ids
    counts = np.bincount(bag.owner[found] * len(asked) + places[found], minlength=n * len(asked))
    dots = np.sqrt(counts.reshape(n, -1)) @ (weights * weights)
    return np.divide(dots, norms, out=np.zeros(n), where=norms > 0).astype(np.float32)


def _share(asked: Ids, held: Sequence[Ids], frequencies: Frequencies) -> Column:
    """The share of the question's weight that each list of ids has."""
    n, weights = len(held), frequencies.rarity(asked)
    whole = float(weights.sum())
    if not len(asked) or whole <= 0.0:
        return np.zeros(n, np.float32)
    ids = np.concatenate(held)
    owner = np.repeat(np.arange(n), [len(part) for part in held])
    places = np.minimum(np.searchsorted(asked, ids), len(asked) - 1)
    found = asked[places] == ids
    counts = np.bincount(owner[found] * len(asked) + places[found], minlength=n * len(asked)).reshape(n, -1)
    return ((counts > 0) @ weights / whole).astype(np.float32)


def _missing(has: NDArray[np.bool_], weights: Column) -> Column:
    """How much the rarest word that an entry lacks weighs beside the rarest word of the question."""
    if not len(weights):
        return np.zeros(len(has), np.float32)
    lacking = np.where(has, 0.0, weights[None, :]).max(axis=1)
    return (lacking / max(float(weights.max()), 1e-6)).astype(np.float32)


def _vector_columns(
    columns: dict[str, Column], question: Question, words: _Bag, statistics: Statistics, vectors: WordVectors, n: int
) -> Matrix:
    """Likeness of meaning; returns [n, q] the cosine of each asked word with the nearest word of an entry."""
    asked, known = question.vectors
    weights = question.word_weights(statistics) * known
    held, held_known = vectors.of(words.ids)
    near = np.zeros((n, len(question.words)), np.float32)
    names = ("vector_mean", "vector_cover", "vector_best", "vector_back")
    whole = float(weights.sum())
    if whole <= 0.0 or not len(words.ids):
        columns.update({name: np.zeros(n, np.float32) for name in names})
        return near
    rarity = statistics.words.rarity(words.ids) * held_known
    centre = weights @ asked
    centre /= max(float(np.linalg.norm(centre)), 1e-6)
    sums = np.zeros((n, held.shape[1]), np.float32)
    np.add.at(sums, words.owner, held * rarity[:, None])
    norms = np.maximum(np.linalg.norm(sums, axis=1), 1e-6)
    columns["vector_mean"] = (sums @ centre / norms).astype(np.float32)

    cosines = held @ asked.T
    by_sentence = np.zeros((len(words.first), cosines.shape[1]), np.float32)
    np.maximum.at(by_sentence, words.sentence, cosines)
    np.maximum.at(near, words.first, by_sentence)
    columns["vector_cover"] = (near @ weights / whole).astype(np.float32)
    best = np.zeros(n, np.float32)
    np.maximum.at(best, words.first, (by_sentence @ weights / whole).astype(np.float32))
    columns["vector_best"] = best
    nearest = cosines.max(axis=1) * rarity
    mass = np.bincount(words.owner, rarity, minlength=n)
    back = np.bincount(words.owner, nearest, minlength=n)
    columns["vector_back"] = np.divide(back, mass, out=np.zeros(n), where=mass > 0).astype(np.float32)
    return near


def _fuzzy_columns(columns: dict[str, Column], question: Question, texts: Sequence[Terms]) -> None:
    """rapidfuzz on the units, each as one character."""
    held = [characters(terms.units) for terms in texts]
    asked = [question.characters]
    columns["partial_ratio"] = process.cdist(asked, held, scorer=fuzz.partial_ratio, dtype=np.float32)[0] / 100
    columns["token_ratio"] = process.cdist(asked, held, scorer=fuzz.ratio, dtype=np.float32)[0] / 100


def _sound_cover(question: Question, units: _Bag, statistics: Statistics, n: int) -> Column:
    """The share of the question's neighbouring sounds that an entry has, each worth what its characters are."""
    asked = question.sound_pairs
    if not len(asked):
        return np.zeros(n, np.float32)
    heard = pairs(sound_ids(units.ids))
    places = np.minimum(np.searchsorted(asked, heard), len(asked) - 1)
    found = asked[places] == heard
    found &= units.owner[1:] == units.owner[:-1]
    owner = units.owner[:-1][found]
    counts = np.bincount(owner * len(asked) + places[found], minlength=n * len(asked)).reshape(n, -1)
    weights = question.sound_weights(statistics)
    return ((counts > 0) @ weights / max(float(weights.sum()), 1e-6)).astype(np.float32)

