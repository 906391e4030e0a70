"""From a question to an outcome: candidates from the index, a score for each, and an honest verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from knowledge.documents import Wording, unit_pairs, unpack_entry
from knowledge.entry import Entry
from knowledge.errors import CoursebotError
from knowledge.index import Scope, SearchIndex, Term
from knowledge.normalize import normalize
from knowledge.outcome import Found, Match, NotFound, Outcome, Unsure, Why
from knowledge.scoring import Question, scores
from knowledge.statistics import Frequencies, Statistics
from knowledge.terms import Ids, analyse, terms_of, unit_id, word_id
from knowledge.tokens import Sentence, tokenize

CANDIDATES = 60
"""How many entries of each kind are scored; 95 % of the right ones were among the first 60."""

FOUND = 0.6
UNSURE = 0.4
_MOST_TERMS = 96
_WORD_WEIGHT, _PAIR_WEIGHT, _UNIT_WEIGHT = 1.0, 1.0, 0.5
_CHOICES = 5


class Answerer:
    """Answers questions from an index."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def entry(self, ref: str) -> Entry | None:
        """The entry known by `ref`."""
        return self._index.entry(ref)

    def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        """What the courses (None: all) have to say to `question`, at most `limit` entries of it.

        Raises:
            CoursebotError: "question-empty" when there is nothing to search for.
        """
        sentences = tokenize(question)
        if not sentences:
            raise CoursebotError("question-empty")
        statistics = self._index.statistics(courses)
        terms = _query_terms(sentences, statistics)
        asked = Question(normalize(question), terms_of(sentences))
        scope = Scope(courses=courses)
        found: list[Match] = []
        for passages in (False, True):
            candidates = self._index.search(terms, passages=passages, scope=scope, limit=CANDIDATES)
            found += _matches(asked, candidates, statistics, sentences)
        best = sorted(found, key=lambda match: (-match.score, match.entry.ref))[: max(limit, 1)]
        return _verdict(best)


def _verdict(best: Sequence[Match]) -> Outcome:
    if best and best[0].score >= FOUND:
        return Found(best=best[0], others=tuple(best[1:]))
    if best and best[0].score >= UNSURE:
        return Unsure(candidates=tuple(best[:_CHOICES]))
    return NotFound(closest=tuple(best))


def _matches(
    asked: Question, candidates: Sequence[Wording], statistics: Statistics, sentences: Sequence[Sentence]
) -> list[Match]:
    if not candidates:
        return []
    probabilities = scores(asked, candidates, statistics)
    best: dict[str, tuple[float, Wording]] = {}
    for wording, probability in zip(candidates, probabilities.tolist(), strict=True):
        held = best.get(wording.ref)
        if held is None or probability > held[0]:
            best[wording.ref] = (probability, wording)
    return [
        Match(entry=unpack_entry(wording.entry), score=score, why=_why(sentences, wording, statistics))
        for score, wording in best.values()
    ]


def _why(sentences: Sequence[Sentence], wording: Wording, statistics: Statistics) -> Why:
    words = list(dict.fromkeys(word for sentence in sentences for word in sentence.words))
    ids = np.array([word_id(word) for word in words], np.uint32)
    order = np.argsort(-statistics.words.rarity(ids), kind="stable").tolist()
    held = set(wording.text.words.tolist()) | set(wording.heading.words.tolist())
    return Why(
        matched=tuple(words[place] for place in order if int(ids[place]) in held),
        missing=tuple(words[place] for place in order if int(ids[place]) not in held),
        wording=wording.alias,
    )


def _query_terms(sentences: Sequence[Sentence], statistics: Statistics) -> list[Term]:
    """The rarest terms of a question, each weighted by what it is worth in the courses that are asked."""
    units = dict.fromkeys(unit for sentence in sentences for unit in sentence.units if unit)
    pairs = dict.fromkeys(pair for sentence in sentences for pair in unit_pairs(sentence))
    words = dict.fromkeys(word for sentence in sentences for word in sentence.words)
    unit_ids = np.array([unit_id(unit) for unit in units], np.uint32)
    pair_rarity = np.full(len(pairs), 1.0, np.float32)
    terms = _weighted("unit", units, statistics.units, unit_ids, _UNIT_WEIGHT)
    terms += [
        Term(field="pair", text=pair, weight=_PAIR_WEIGHT) for pair, _ in zip(pairs, pair_rarity, strict=True)
    ]
    terms += _weighted(
        "word", words, statistics.words, np.array([word_id(w) for w in words], np.uint32), _WORD_WEIGHT
    )
    return sorted(terms, key=lambda term: -term.weight)[:_MOST_TERMS]


def _weighted(
    field: str, texts: Iterable[str], frequencies: Frequencies, ids: Ids, weight: float
) -> list[Term]:
    rarity = frequencies.rarity(ids).tolist()
    return [
        Term(field=field, text=text, weight=weight * (0.1 + r)) for text, r in zip(texts, rarity, strict=True)
    ]


__all__ = ["Answerer", "analyse"]
