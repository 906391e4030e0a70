"""One search: candidates from the index, measured and ranked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge import features, ranking
from knowledge.candidates import query_terms
from knowledge.documents import Kind, Wording
from knowledge.domain import Domain
from knowledge.index import Scope, SearchIndex, Term
from knowledge.meaning import WEIGHT, Meaning
from knowledge.prepared import Candidate, Prepared
from knowledge.question import Question
from knowledge.ranking import Ranking
from knowledge.vectors import Matrix, WordVectors

CANDIDATES = {Kind.ANSWERED: 40, Kind.REMARK: 6, Kind.PASSAGE: 30}
"""How many entries of each kind are measured. Of the right ones, 98 % (short questions), 80 % (other words) and 84 %
(passages) were among as many in twelve courses; nearly twice as many brought none of them among the first three."""

_FAR_BEHIND = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What a search found, unordered.

    Attributes:
        candidates: the entries.
        pool: their features.
        domain: what they were measured against.
        question: the question.
        meaning: [n] what likeness of meaning adds to each candidate's score; None without an embedder.
    """

    candidates: list[Candidate]
    pool: ranking.Pool
    domain: Domain
    question: Question
    meaning: Matrix | None = None

    def judged(
        self, models: Ranking, *, behind: Sequence[int] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """[n] the order of the candidates, best first, and [n] in that order how probable each is right.

        Args:
            models: the ranking.
            behind: candidates that are put behind all others, whatever their score.
        """
        scores = models.scores(self.pool)
        if self.meaning is not None:
            scores = scores + self.meaning
        scores[list(behind)] -= _FAR_BEHIND
        probabilities = models.probabilities(self.pool, scores, self.domain.belonging(self.question))
        order = np.argsort(-scores, kind="stable")
        return order, probabilities[order]


class Searcher:
    """Searches an index; keeps what it worked out about entries until the index changes."""

    def __init__(self, index: SearchIndex, table: WordVectors, meaning: Meaning | None = None) -> None:
        self._index = index
        self._meaning = meaning
        self._table = table
        self._generation = -1
        self._domains: dict[tuple[str, ...] | None, Domain] = {}

    @property
    def generation(self) -> int:
        """Which state of the index is searched; it changes with the index."""
        return self._index.generation

    def question(self, text: str) -> Question:
        """A question, read with this searcher's word vectors."""
        return Question.of(text, self._table)

    def search(self, question: Question, scope: Scope) -> Hits:
        """Find and measure the candidates for a question."""
        domain = self.domain(scope.courses)
        terms = query_terms(question, domain.statistics, self._table)
        asked = self._meaning.question(question.text) if self._meaning else None
        found = self._found(terms, asked, scope)
        everything = [wording for wordings in found for wording in wordings]
        candidates: list[Candidate] = []
        measured = np.zeros((0, len(features.NAMES)), np.float32)
        if everything:
            prepared = Prepared.of(everything, self._table)
            candidates = prepared.candidates()
            measured = features.measure(question, prepared, domain.statistics, self._table)
        lessons = [[f"{wording.course}/{wording.lesson}" for wording in each] for each in found]
        by_kind = np.split(measured, np.cumsum([len(each) for each in found])[:-1])
        pooled = ranking.pool(by_kind, lessons)
        return Hits(candidates, pooled, domain, question, self._likeness(asked, candidates))

    def looked_at(self, question: Question, scope: Scope) -> set[str]:
        """Refs of the entries that are measured for a question: finding them is cheap beside measuring them."""
        terms = query_terms(question, self.domain(scope.courses).statistics, self._table)
        asked = self._meaning.question(question.text) if self._meaning else None
        return {wording.ref for wordings in self._found(terms, asked, scope) for wording in wordings}

    def _found(self, terms: Sequence[Term], asked: Matrix | None, scope: Scope) -> list[list[Wording]]:
        """The wordings of each kind that share the most with a question, and those nearest in meaning."""
        near = self._nearest(asked, scope)
        found: list[list[Wording]] = []
        for kind in Kind:
            wordings = self._index.search(terms, kind=kind, scope=scope, limit=CANDIDATES[kind])
            if near:
                held = {(wording.ref, wording.alias) for wording in wordings}
                wordings += [
                    wording
                    for wording in self._index.wordings_of(near, kind=kind, scope=scope)
                    if (wording.ref, wording.alias) not in held
                ]
            found.append(wordings)
        return found

    def follow(self, courses: Collection[str]) -> None:
        """Embed what is new in the index; in these courses whatever has changed since they were looked at."""
        if self._meaning is not None:
            self._meaning.follow(self._index, anew=courses)

    def _nearest(self, asked: Matrix | None, scope: Scope) -> list[str]:
        """Refs of the entries nearest in meaning; none without an embedder."""
        if asked is None or self._meaning is None:
            return []
        known = self._index.revisions()
        return self._meaning.nearest(asked, tuple(sorted(known if scope.courses is None else scope.courses)))

    def _likeness(self, asked: Matrix | None, candidates: Sequence[Candidate]) -> Matrix | None:
        """[n] what likeness of meaning adds to scores; its mean is 0, so that probabilities stay what they were."""
        if asked is None or self._meaning is None or not candidates:
            return None
        keys = [(each.wording.ref, each.wording.alias) for each in candidates]
        cosines = self._meaning.cosines(asked, keys)
        return np.asarray(WEIGHT * (cosines - cosines.mean()), np.float32)

    def domain(self, courses: tuple[str, ...] | None) -> Domain:
        """The domain of these courses (None: all)."""
        if self._index.generation != self._generation:
            self._generation = self._index.generation
            self._domains.clear()
            self.follow(())
        if courses not in self._domains:
            self._domains[courses] = Domain.of(self._index.statistics(courses), self._table)
        return self._domains[courses]
