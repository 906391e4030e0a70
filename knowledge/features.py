"""What can be measured of a candidate against a question: the columns from which the ranking is learned.

All candidates of a question are measured at once on arrays, so that eighty of them cost about a millisecond. Every
feature is bounded (about 0..1) and none depends on the other candidates; what does is in `ranking.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.prepared import Prepared
from knowledge.question import Question
from knowledge.segments import Segments
from knowledge.statistics import Frequencies, Statistics
from knowledge.terms import Ids
from knowledge.vectors import WordVectors

Column = NDArray[np.floating[Any]]
Matrix = NDArray[np.floating[Any]]

NAMES = (
    "unit_bm25",
    "unit_cover",
    "unit_best",
    "unit_two",
    "unit_three",
    "pair_bm25",
    "pair_cover",
    "pair_best",
    "word_bm25",
    "word_cover",
    "word_best",
    "sound_cover",
    "heading_unit",
    "heading_word",
    "vector_cover",
    "vector_best",
    "vector_back",
    "ratio",
    "in_order",
    "missing",
    "missing_near",
    "key_cover",
    "key_near",
    "key_missing",
    "length",
    "asks",
    "liked",
)

_K1, _B = 1.2, 0.6
_NEAR = 0.45
"""Cosine from which on a word counts as a likely synonym."""


def measure(question: Question, held: Prepared, statistics: Statistics, vectors: WordVectors) -> Matrix:
    """[candidates, len(NAMES)] features."""
    columns: dict[str, Column] = {}
    wordings, n = held.wordings, len(held.wordings)
    lengths = held.unit_sizes.astype(np.float32)
    shorter = _K1 * (1 - _B + _B * lengths / max(statistics.mean_units, 1.0))
    in_units = _Layout(held.unit_sentences.owners, held.sentences, shorter)
    in_words = _Layout(held.word_sentences.owners, held.sentences, shorter)
    by_sentence, _, unit_weights = _overlap(
        columns, "unit", question.units, statistics.units, held.units, in_units
    )
    columns["unit_two"], columns["unit_three"] = _in_a_row(by_sentence, unit_weights, held.sentences)
    _overlap(columns, "pair", question.pairs, statistics.pairs, held.pairs, in_units)
    _, has, word_weights = _overlap(columns, "word", question.words, statistics.words, held.words, in_words)
    ones = np.ones(len(question.sounds), np.float32)
    columns["sound_cover"] = _share(question.sounds, ones, held.sounds, held.unit_sizes)

    headings = [wording.heading for wording in wordings]
    columns["heading_unit"] = _joined_share(question.units, unit_weights, [terms.units for terms in headings])
    columns["heading_word"] = _joined_share(question.words, word_weights, [terms.words for terms in headings])

    near = _vector_columns(columns, question, held, word_weights, vectors)
    columns["missing"] = _missing(has, word_weights)
    columns["missing_near"] = _missing(has | (near > _NEAR), word_weights)
    key_weights = word_weights * question.telling
    whole = max(float(key_weights.sum()), 1e-6)
    columns["key_cover"] = key_weights @ has / whole
    columns["key_near"] = key_weights @ np.maximum(has, near) / whole
    columns["key_missing"] = _missing(has | (near > _NEAR), key_weights)
    ratios = (
        process.cdist([question.characters], held.characters, scorer=fuzz.ratio, dtype=np.float32)[0] / 100
    )
    columns["ratio"] = ratios
    # A ratio is twice the longest common subsequence over both lengths; this is its share of the question.
    asked = len(question.characters)
    columns["in_order"] = ratios * (asked + lengths) / (2 * max(asked, 1))

    columns["length"] = np.log1p(lengths) / 6.0
    columns["asks"] = np.fromiter((wording.asks for wording in wordings), np.float32, n)
    columns["liked"] = np.log1p(np.fromiter((wording.likes for wording in wordings), np.float32, n)) / 6.0
    return np.stack([columns[name] for name in NAMES], axis=1).astype(np.float32)


def covers(
    question: Question, held: Prepared, statistics: Statistics, vectors: WordVectors
) -> tuple[Column, Column]:
    """[candidates] `vector_cover` and `sound_cover` as `measure` has them, without the rest."""
    columns: dict[str, Column] = {}
    _vector_columns(columns, question, held, statistics.words.rarity(question.words), vectors)
    ones = np.ones(len(question.sounds), np.float32)
    return columns["vector_cover"], _share(question.sounds, ones, held.sounds, held.unit_sizes)


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """How terms are spread over the candidates.

    Attributes:
        owners: [terms] the sentence that each stands in.
        sentences: the candidates in sentences.
        shorter: [candidates] what a candidate's length takes from a term's count in BM25.
    """

    owners: NDArray[np.int64]
    sentences: Segments
    shorter: Column


def _overlap(  # noqa: PLR0917
    columns: dict[str, Column], kind: str, asked: Ids, frequencies: Frequencies, held: Ids, layout: _Layout
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Column]:
    """BM25, and the share of the question's weight that is in the entry and in its best sentence.

    Returns [q, sentences] and [q, entries] whether each asked term occurs and [q] what it is worth.
    """
    n, q = len(layout.shorter), len(asked)
    weights = frequencies.rarity(asked)
    whole = float(weights.sum())
    if not q or whole <= 0.0:
        columns |= {f"{kind}_{name}": np.zeros(n, np.float32) for name in ("bm25", "cover", "best")}
        return np.zeros((q, len(layout.sentences.owners)), np.bool_), np.zeros((q, n), np.bool_), weights
    places, found = found_in(asked, held)
    sentences = int(layout.sentences.sizes.sum())
    counts = np.bincount(places * sentences + layout.owners[found], minlength=q * sentences)
    by_sentence = counts.reshape(q, sentences).astype(np.float32)
    hits = layout.sentences.sum(by_sentence)
    has = hits > 0
    saturated = hits * (_K1 + 1) / (hits + layout.shorter)
    columns[f"{kind}_bm25"] = weights @ saturated / (whole * (_K1 + 1))
    columns[f"{kind}_cover"] = weights @ has / whole
    said = by_sentence > 0
    columns[f"{kind}_best"] = layout.sentences.max(weights @ said) / whole
    return said, has, weights


def _in_a_row(said: NDArray[np.bool_], weights: Column, sentences: Segments) -> tuple[Column, Column]:
    """[entries] the share of the question's weight in the best two and in the best three sentences in a row.

    What answers, in a passage, is seldom a single sentence.
    """
    whole = max(float(weights.sum()), 1e-6)
    owners = sentences.owners
    found: list[Column] = []
    joined = said
    for further in (1, 2):
        joined = joined.copy()
        joined[:, :-further] |= said[:, further:] & (owners[further:] == owners[:-further])
        found.append(sentences.max(weights @ joined) / whole)
    return found[0], found[1]


def found_in(asked: Ids, held: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of the asked ids (ascending) stand in `held`, and where: [k] the place in `asked`, [k] the place in `held`.

    Few do, so they are sifted by their last two bytes first, which costs a twentieth of looking each one up.
    """
    marks = np.zeros(1 << 16, np.bool_)
    marks[asked.astype(np.uint16)] = True
    likely = np.flatnonzero(marks.take(held.astype(np.uint16)))
    ids = held.take(likely)
    places = np.minimum(np.searchsorted(asked, ids), len(asked) - 1)
    right = asked.take(places) == ids
    return places[right], likely[right]


def _joined_share(asked: Ids, weights: Column, held: Sequence[Ids]) -> Column:
    return _share(asked, weights, np.concatenate(held), np.array([len(part) for part in held]))


def _share(asked: Ids, weights: Column, held: Ids, sizes: NDArray[np.int64]) -> Column:
    """[entries] the share of the question's weight among ids that belong to entries, to each so many."""
    n, q, whole = len(sizes), len(asked), float(weights.sum())
    if not q or whole <= 0.0:
        return np.zeros(n, np.float32)
    places, found = found_in(asked, held)
    owners = np.searchsorted(np.cumsum(sizes), found, side="right")
    counts = np.bincount(places * n + owners, minlength=q * n).reshape(q, n)
    return np.asarray(weights @ (counts > 0) / whole, np.float32)


def _missing(has: NDArray[np.bool_], weights: Column) -> Column:
    """How much the rarest word that an entry lacks weighs beside the rarest word of the question."""
    if not len(weights):
        return np.zeros(has.shape[1], np.float32)
    lacking = np.where(has, 0.0, weights[:, None]).max(axis=0)
    return np.asarray(lacking / max(float(weights.max()), 1e-6), np.float32)


def _vector_columns(
    columns: dict[str, Column],
    question: Question,
    held: Prepared,
    word_weights: Column,
    vectors: WordVectors,
) -> Matrix:
    """Likeness of meaning; returns [q, entries] the cosine of each asked word with the nearest word held."""
    asked, known = question.vectors
    weights = word_weights * known
    whole = float(weights.sum())
    n = len(held.wordings)
    if whole <= 0.0 or not len(held.rows):
        columns |= {name: np.zeros(n, np.float32) for name in ("vector_cover", "vector_best", "vector_back")}
        return np.zeros((len(question.words), n), np.float32)
    distinct, places = _distinct(held.rows, vectors.size)
    found = vectors.cosines(asked, distinct)
    by_sentence = held.word_sentences.max(np.maximum(found, 0.0).take(places, axis=1))
    near = held.sentences.max(by_sentence)
    columns["vector_cover"] = weights @ near / whole
    columns["vector_best"] = held.sentences.max(weights @ by_sentence / whole)
    told = vectors.told(distinct)
    back = np.stack([told, told * found.max(axis=0)]).take(places, axis=1)
    mass, kept = Segments.of_sizes(held.word_sizes).sum(back)
    columns["vector_back"] = kept / np.maximum(mass, 1e-6)
    return near


def _distinct(rows: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct rows of a table of that size (-1 for none comes last), and the place of each row among them."""
    seen = np.zeros(size + 1, np.bool_)
    seen[rows] = True
    distinct = np.flatnonzero(seen)
    places = np.empty(size + 1, np.int64)
    places[distinct] = np.arange(len(distinct))
    return np.where(distinct < size, distinct, -1), places[rows]
