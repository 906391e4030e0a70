"""Candidates: from a question's terms to the few hundred entries that are worth measuring."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from knowledge.documents import unit_pairs
from knowledge.index import Term
from knowledge.question import Question
from knowledge.statistics import Frequencies, Statistics
from knowledge.terms import GAP, Ids, unit_id, word_id
from knowledge.terms import pairs as neighbours
from knowledge.tokens import Sentence
from knowledge.vectors import WordVectors

MOST_TERMS = 48
"""Terms searched for at most; the rarest count. Twice as many find no more of the right entries."""
_WORD_WEIGHT, _PAIR_WEIGHT, _UNIT_WEIGHT = 1.0, 0.3, 1.0
_NEIGHBOUR_WEIGHT = 0.5
_LIKE = 0.4
"""Cosine from which on a neighbour of a word is searched for too: the right entry is then among the candidates of 80 %
of paraphrases instead of 75 % (docs/matching.md)."""
_EVERYWHERE = 0.3
"""Share of entries from which on a character is not searched for: it costs the most to look up and tells nothing."""
_FEW = 200
"""Among so few entries nothing is common enough to be left out."""


def query_terms(question: Question, statistics: Statistics, vectors: WordVectors) -> list[Term]:
    """The rarest terms of a question, each weighted by what it is worth in the courses that are asked."""
    sentences = question.sentences
    units = _distinct(unit for sentence in sentences for unit in sentence.units if unit)
    words = _distinct(word for sentence in sentences for word in sentence.words)
    ids = _ids(map(unit_id, units))
    if statistics.units.total > _FEW:
        telling = statistics.units.share(ids) < _EVERYWHERE
        units, ids = [unit for unit, kept in zip(units, telling.tolist(), strict=True) if kept], ids[telling]
    terms = _weighted("unit", units, statistics.units, ids, _UNIT_WEIGHT)
    terms += _pairs(sentences, statistics.pairs)
    own = _weighted("word", words, statistics.words, _ids(map(word_id, words)), _WORD_WEIGHT)
    terms += [*own, *_neighbours(own, statistics.words, vectors)]
    return sorted(terms, key=lambda term: -term.weight)[:MOST_TERMS]


def _neighbours(own: list[Term], frequencies: Frequencies, vectors: WordVectors) -> list[Term]:
    """Words of the courses that are near in meaning to those of the question."""
    held = {term.text for term in own}
    weights: dict[str, float] = {}
    rows = vectors.rows_of(_ids(word_id(term.text) for term in own)).tolist()
    for term, row in zip(own, rows, strict=True):
        for word, cosine in vectors.near(row):
            if cosine >= _LIKE and word not in held:
                weights[word] = max(weights.get(word, 0.0), _NEIGHBOUR_WEIGHT * cosine * term.weight)
    here = ~frequencies.absent(_ids(map(word_id, weights)))
    return [
        Term(field="word", text=word, weight=weight)
        for (word, weight), kept in zip(weights.items(), here.tolist(), strict=True)
        if kept
    ]


def _pairs(sentences: Iterable[Sentence], frequencies: Frequencies) -> list[Term]:
    """Neighbouring units; among many entries those that are in one of them at most are not worth looking up."""
    texts: list[str] = []
    numbers: list[Ids] = []
    for sentence in sentences:
        texts += unit_pairs(sentence)
        ids = neighbours(_ids(map(unit_id, sentence.units)))
        numbers.append(ids[ids != GAP])
    ids = np.concatenate(numbers) if numbers else _ids(())
    kept = ~frequencies.absent(ids) if frequencies.total > _FEW else np.ones(len(ids), np.bool_)
    distinct = {text: place for place, text in enumerate(texts) if kept[place]}
    return _weighted("pair", list(distinct), frequencies, ids[list(distinct.values())], _PAIR_WEIGHT)


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _ids(numbers: Iterable[int]) -> Ids:
    return np.array(list(numbers), np.uint32)


def _weighted(field: str, texts: list[str], frequencies: Frequencies, ids: Ids, weight: float) -> list[Term]:
    rarity = frequencies.rarity(ids).tolist()
    return [
        Term(field=field, text=text, weight=weight * (0.1 + r)) for text, r in zip(texts, rarity, strict=True)
    ]
