"""One search: candidates from the index, measured and ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge import features, ranking
from knowledge.candidates import query_terms
from knowledge.documents import Kind, Wording
from knowledge.domain import Domain
from knowledge.index import Scope, SearchIndex
from knowledge.prepared import Prepared, prepare
from knowledge.question import Question
from knowledge.ranking import Ranking
from knowledge.vectors import WordVectors

CANDIDATES = {Kind.ANSWERED: 120, Kind.REMARK: 30, Kind.PASSAGE: 80}
"""How many entries of each kind are measured. Of the right ones, 99 % (short questions), 85 % (other words) and 90 %
(passages) were among as many in twelve courses; twice as many brought 2 % more at twice the time."""

_FAR_BEHIND = 100.0
_REMEMBERED = 6_000
"""Prepared wordings kept for the next question: some 40 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What a search found, unordered.

    Attributes:
        candidates: the entries.
        pool: their features.
        domain: what they were measured against.
        question: the question.
    """

    candidates: list[Prepared]
    pool: ranking.Pool
    domain: Domain
    question: Question

    def judged(
        self, models: Ranking, *, behind: Sequence[int] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """[n] the order of the candidates, best first, and [n] in that order how probable each is right.

        Args:
            models: the ranking.
            behind: candidates that are put behind all others, whatever their score.
        """
        scores = models.scores(self.pool)
        scores[list(behind)] -= _FAR_BEHIND
        probabilities = models.probabilities(self.pool, scores, self.domain.belonging(self.question))
        order = np.argsort(-scores, kind="stable")
        return order, probabilities[order]


class Searcher:
    """Searches an index; keeps what it worked out about entries until the index changes."""

    def __init__(self, index: SearchIndex, table: WordVectors) -> None:
        self._index = index
        self._table = table
        self._generation = -1
        self._domains: dict[tuple[str, ...] | None, Domain] = {}
        self._prepared: dict[tuple[int, str, str], Prepared] = {}

    def question(self, text: str) -> Question:
        """A question, read with this searcher's word vectors."""
        return Question.of(text, self._table)

    def search(self, question: Question, scope: Scope) -> Hits:
        """Find and measure the candidates for a question."""
        domain = self.domain(scope.courses)
        terms = query_terms(question, domain.statistics)
        found: list[list[Prepared]] = []
        for kind in Kind:
            wordings = self._index.search(terms, kind=kind, scope=scope, limit=CANDIDATES[kind])
            found.append([self._prepare(wording, domain) for wording in wordings])
        measured = [features.measure(question, each, domain.statistics, self._table) for each in found]
        lessons = [[f"{p.wording.course}/{p.wording.lesson}" for p in each] for each in found]
        return Hits([p for each in found for p in each], ranking.pool(measured, lessons), domain, question)

    def domain(self, courses: tuple[str, ...] | None) -> Domain:
        """The domain of these courses (None: all)."""
        if self._index.generation != self._generation:
            self._generation = self._index.generation
            self._domains.clear()
            self._prepared.clear()
        if courses not in self._domains:
            self._domains[courses] = Domain.of(self._index.statistics(courses), self._table)
        return self._domains[courses]

    def _prepare(self, wording: Wording, domain: Domain) -> Prepared:
        key = (id(domain), wording.ref, wording.alias)
        prepared = self._prepared.get(key)
        if prepared is None:
            if len(self._prepared) >= _REMEMBERED:
                self._prepared.clear()
            prepared = self._prepared[key] = prepare(wording, domain.statistics, self._table)
        return prepared
