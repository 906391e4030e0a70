"""What can be measured of a candidate against a question: the columns from which the ranking is learned.

All candidates of a question are measured at once on arrays, so that a hundred of them cost a few milliseconds. Every
feature is bounded (about 0..1) and none depends on the other candidates; what does is in `ranking.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    "ratio",
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


def measure(
    question: Question, candidates: Sequence[Prepared], statistics: Statistics, vectors: WordVectors
) -> Matrix:
    """[candidates, len(NAMES)] features."""
    if not candidates:
        return np.zeros((0, len(NAMES)), np.float32)
    columns: dict[str, Column] = {}
    wordings = [candidate.wording for candidate in candidates]
    texts = [wording.text for wording in wordings]
    units = Segments.of_sizes(np.concatenate([candidate.unit_sizes for candidate in candidates]))
    words = Segments.of_sizes(np.concatenate([candidate.word_sizes for candidate in candidates]))
    per_entry = Segments.of_sizes(np.array([len(t.unit_starts) for t in texts]))
    lengths = np.array([len(t.units) for t in texts], np.float32)
    long = lengths / max(statistics.mean_units, 1.0)

    unit_ids = np.concatenate([t.units for t in texts])
    unit_hits, unit_weights = _overlap(
        columns, "unit", question.units, statistics.units, unit_ids, units, per_entry, long
    )
    pair_ids = np.concatenate([candidate.pairs for candidate in candidates])
    _overlap(columns, "pair", question.pairs, statistics.pairs, pair_ids, units, per_entry, long)
    word_ids = np.concatenate([t.words for t in texts])
    word_hits, word_weights = _overlap(
        columns, "word", question.words, statistics.words, word_ids, words, per_entry, long
    )
    unit_norms = np.array([candidate.unit_norm for candidate in candidates], np.float32)
    word_norms = np.array([candidate.word_norm for candidate in candidates], np.float32)
    columns["unit_cosine"] = _cosine(unit_hits, unit_weights, unit_norms)
    columns["word_cosine"] = _cosine(word_hits, word_weights, word_norms)
    ones = np.ones(len(question.sounds), np.float32)
    columns["sound_cover"] = _share(question.sounds, ones, [candidate.sounds for candidate in candidates])

    headings = [wording.heading for wording in wordings]
    columns["heading_unit"] = _share(question.units, unit_weights, [terms.units for terms in headings])
    columns["heading_word"] = _share(question.words, word_weights, [terms.words for terms in headings])
    columns["answer_word"] = _share(
        question.words, word_weights, [wording.answer.words for wording in wordings]
    )

    near = _vector_columns(columns, question, candidates, words, per_entry, word_weights, vectors)
    columns["missing"] = _missing(word_hits > 0, word_weights)
    columns["missing_near"] = _missing((word_hits > 0) | (near > _NEAR), word_weights)
    key_weights = word_weights * question.telling
    whole = max(float(key_weights.sum()), 1e-6)
    columns["key_cover"] = (word_hits > 0) @ key_weights / whole
    columns["key_near"] = np.maximum(word_hits > 0, near) @ key_weights / whole
    columns["key_missing"] = _missing((word_hits > 0) | (near > _NEAR), key_weights)
    held = [candidate.characters for candidate in candidates]
    columns["ratio"] = (
        process.cdist([question.characters], held, scorer=fuzz.ratio, dtype=np.float32)[0] / 100
    )

    columns["length"] = np.log1p(lengths) / 6.0
    columns["asks"] = np.array([wording.asks for wording in wordings], np.float32)
    columns["liked"] = np.log1p(np.array([wording.likes for wording in wordings], np.float32)) / 6.0
    return np.stack([columns[name] for name in NAMES], axis=1).astype(np.float32)


def _overlap(  # noqa: PLR0917
    columns: dict[str, Column],
    kind: str,
    asked: Ids,
    frequencies: Frequencies,
    held: Ids,
    sentences: Segments,
    per_entry: Segments,
    long: Column,
) -> tuple[Matrix, Column]:
    """BM25, and the share of the question's weight that is in the entry and in its best sentence.

    Returns [entries, q] how often each asked term occurs and [q] what it is worth.
    """
    n, q = len(long), len(asked)
    weights = frequencies.rarity(asked)
    whole = float(weights.sum())
    if not q or whole <= 0.0:
        columns |= {f"{kind}_{name}": np.zeros(n, np.float32) for name in ("bm25", "cover", "best")}
        return np.zeros((n, q), np.float32), weights
    places, found = _found(asked, held)
    counts = np.bincount(sentences.owners[found] * q + places[found], minlength=len(sentences.sizes) * q)
    by_sentence = counts.reshape(-1, q).astype(np.float32)
    hits = per_entry.sum(by_sentence)
    saturated = hits * (_K1 + 1) / (hits + _K1 * (1 - _B + _B * long)[:, None])
    columns[f"{kind}_bm25"] = saturated @ weights / (whole * (_K1 + 1))
    columns[f"{kind}_cover"] = (hits > 0) @ weights / whole
    columns[f"{kind}_best"] = per_entry.max((by_sentence > 0) @ weights) / whole
    return hits, weights


def _found(asked: Ids, held: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """[held] the place in `asked` (ascending) that each held id would have, and where it really is there."""
    places = np.minimum(np.searchsorted(asked, held), len(asked) - 1)
    return places, np.flatnonzero(asked[places] == held)


def _cosine(hits: Matrix, weights: Column, norms: Column) -> Column:
    """Cosine of rarity-weighted counts, with the square root of a count for the count."""
    lengths = norms * float(np.sqrt(weights @ weights))
    dots = np.sqrt(hits) @ (weights * weights)
    return np.asarray(np.divide(dots, lengths, out=np.zeros(len(hits), np.float32), where=lengths > 0))


def _share(asked: Ids, weights: Column, held: Sequence[Ids]) -> Column:
    """The share of the question's weight that each list of ids has."""
    n, q, whole = len(held), len(asked), float(weights.sum())
    if not q or whole <= 0.0:
        return np.zeros(n, np.float32)
    owners = np.repeat(np.arange(n), [len(part) for part in held])
    places, found = _found(asked, np.concatenate(held))
    counts = np.bincount(owners[found] * q + places[found], minlength=n * q).reshape(n, q)
    return np.asarray((counts > 0) @ weights / whole, np.float32)


def _missing(has: NDArray[np.bool_], weights: Column) -> Column:
    """How much the rarest word that an entry lacks weighs beside the rarest word of the question."""
    if not len(weights):
        return np.zeros(len(has), np.float32)
    lacking = np.where(has, 0.0, weights[None, :]).max(axis=1)
    return np.asarray(lacking / max(float(weights.max()), 1e-6), np.float32)


def _vector_columns(  # noqa: PLR0917
    columns: dict[str, Column],
    question: Question,
    candidates: Sequence[Prepared],
    words: Segments,
    per_entry: Segments,
    word_weights: Column,
    vectors: WordVectors,
) -> Matrix:
    """Likeness of meaning; returns [entries, q] the cosine of each asked word with the nearest word held."""
    asked, known = question.vectors
    weights = word_weights * known
    whole = float(weights.sum())
    rows = np.concatenate([candidate.rows for candidate in candidates])
    n = len(candidates)
    if whole <= 0.0 or not len(rows):
        names = ("vector_mean", "vector_cover", "vector_best", "vector_back")
        columns |= {name: np.zeros(n, np.float32) for name in names}
        return np.zeros((n, len(question.words)), np.float32)
    distinct, places = np.unique(rows, return_inverse=True)
    held = vectors.at(distinct)
    cosines = (held @ asked.T)[places]
    by_sentence = words.max(np.maximum(cosines, 0.0))
    near = per_entry.max(by_sentence)
    columns["vector_cover"] = near @ weights / whole
    columns["vector_best"] = per_entry.max(by_sentence @ weights / whole)

    rarity = np.concatenate([candidate.word_rarity for candidate in candidates])
    entries = Segments.of_sizes(np.array([len(candidate.rows) for candidate in candidates]))
    mass = np.maximum(entries.sum(rarity), 1e-6)
    columns["vector_back"] = entries.sum(cosines.max(axis=1) * rarity) / mass
    centre = weights @ asked
    means = np.stack([candidate.mean for candidate in candidates])
    columns["vector_mean"] = means @ centre / max(float(np.linalg.norm(centre)), 1e-6)
    return near
