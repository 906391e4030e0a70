"""Candidates: from a question's terms to the few hundred entries that are worth measuring."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from knowledge.documents import unit_pairs
from knowledge.index import Term
from knowledge.question import Question
from knowledge.statistics import Frequencies, Statistics
from knowledge.terms import Ids, unit_id, word_id
from knowledge.tokens import Sentence

_MOST_TERMS = 96
"""Terms searched for at most; of a very long question the rarest count."""
_WORD_WEIGHT, _PAIR_WEIGHT, _UNIT_WEIGHT = 1.0, 1.0, 0.5


def query_terms(question: Question, statistics: Statistics) -> list[Term]:
    """The rarest terms of a question, each weighted by what it is worth in the courses that are asked."""
    sentences = question.sentences
    units = _distinct(unit for sentence in sentences for unit in sentence.units if unit)
    words = _distinct(word for sentence in sentences for word in sentence.words)
    terms = _weighted("unit", units, statistics.units, _ids(map(unit_id, units)), _UNIT_WEIGHT)
    terms += [Term(field="pair", text=pair, weight=_PAIR_WEIGHT) for pair in _pairs(sentences)]
    terms += _weighted("word", words, statistics.words, _ids(map(word_id, words)), _WORD_WEIGHT)
    return sorted(terms, key=lambda term: -term.weight)[:_MOST_TERMS]


def _pairs(sentences: Iterable[Sentence]) -> list[str]:
    return _distinct(pair for sentence in sentences for pair in unit_pairs(sentence))


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _ids(numbers: Iterable[int]) -> Ids:
    return np.array(list(numbers), np.uint32)


def _weighted(field: str, texts: list[str], frequencies: Frequencies, ids: Ids, weight: float) -> list[Term]:
    rarity = frequencies.rarity(ids).tolist()
    return [
        Term(field=field, text=text, weight=weight * (0.1 + r)) for text, r in zip(texts, rarity, strict=True)
    ]
