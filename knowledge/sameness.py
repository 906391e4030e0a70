"""Whether two readers ask the same thing, in whatever words.

Two questions are compared directly, and by what they find: questions that mean the same lead to the same places of
the course, even where they share hardly a word. A small logistic regression (`sameness.toml`) turns both into a
probability, and a guard keeps opposites apart (`opposites.py`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import features
from knowledge.documents import Wording, documents
from knowledge.domain import Domain
from knowledge.entry import Entry, Source
from knowledge.features import Matrix
from knowledge.glossary import Synonyms
from knowledge.index import Scope
from knowledge.opposites import opposed
from knowledge.prepared import Prepared
from knowledge.question import Question
from knowledge.ranking import Ranking
from knowledge.search import Searcher
from knowledge.segments import Segments
from knowledge.terms import GAP

TABLE = Path(__file__).with_name("sameness.toml")

FEATURES = ("found", "unit_cosine", "vector_cover", "sound_cover")
"""What is measured of a pair: likeness of what the two find, and of the two (the mean of both directions)."""

SAME = 0.85
"""Probability from which on two questions are taken for one (measured in docs/questions.md)."""

ALIKE = 0.3
"""Probability from which on a question is shown to a person as perhaps the same."""

_LOOKED_AT = 20
_REMEMBERED = 256
"""Questions of which it is remembered how they read, some 12 kB each: `_LOOKED_AT` are looked at in
each comparison, and questions that are alike look at the same ones."""
_FINDING = 2048
"""Questions of which it is remembered what they find, 1 kB each: finding it anew costs as much as an answer."""
_COMPARED = 4096
"""Questions whose terms are remembered, some 2 kB each: twice as many as are compared with one at most
(`bot.team.cases.CaseIntake.wordings`), for a memory that is too small for one comparison remembers nothing for the
next."""

Found = tuple[tuple[str, ...], NDArray[np.float32]]
"""What a question finds: refs of entries, and [n] their scores."""


_NOTHING: Found = ((), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The regression: one weight a feature, and an intercept."""

    weights: NDArray[np.float64]
    intercept: float


@cache
def shipped() -> Weights:
    """The weights that come with the program."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    weights = [float(table["weights"][name]) for name in FEATURES]
    return Weights(np.array(weights), float(table["weights"]["intercept"]))


class Sameness:
    """Compares questions against the background of courses.

    Args:
        searcher: finds what a question leads to.
        models: ranks what it finds.
        glossary: which terms are one.
    """

    def __init__(self, searcher: Searcher, models: Ranking, glossary: Synonyms) -> None:
        self._searcher = searcher
        self._models = models
        self._glossary = glossary
        self._read = lru_cache(maxsize=_REMEMBERED)(searcher.question)
        self._found = lru_cache(maxsize=_FINDING)(self._find)

    def probabilities(
        self, question: str, others: Sequence[str], courses: tuple[str, ...] | None, *, least: float = ALIKE
    ) -> list[float]:
        """[others] how probable it is that each asks what `question` asks; 0 for those that are not alike.

        Args:
            question: the one to compare.
            others: what it is compared with, a few thousand at most: 15 µs each, beside 4 ms.
            courses: whose words and entries are the background; None for all.
            least: probability below which 0 is as good, which saves looking for what they find.
        """
        if not others:
            return []
        domain, model = self._searcher.domain(courses), shipped()
        glossary = self._glossary.of_courses(courses)
        probabilities = [0.0] * len(others)
        for place, direct in self._direct(question, others, domain).items():
            evidence = float(direct @ model.weights[1:]) + model.intercept
            # No likeness of what they find is above 1.
            if _probability(evidence + float(model.weights[0])) < least:
                continue
            evidence += float(model.weights[0]) * self._likeness(question, others[place], courses)
            if (probability := _probability(evidence)) >= least and not opposed(
                question, others[place], table=domain.table, glossary=glossary
            ):
                probabilities[place] = probability
        return probabilities

    def measured(
        self, question: str, others: Sequence[str], courses: tuple[str, ...] | None
    ) -> dict[int, NDArray[np.float64]]:
        """[len(FEATURES)] of the most alike of `others`, by their place: what the weights are learned from."""
        domain = self._searcher.domain(courses)
        return {
            place: np.array([self._likeness(question, others[place], courses), *direct], np.float64)
            for place, direct in self._direct(question, others, domain).items()
        }

    def _direct(self, question: str, others: Sequence[str], domain: Domain) -> dict[int, NDArray[np.float64]]:
        """[len(FEATURES) - 1] likenesses of the questions themselves, of the most alike, by their place."""
        asked, wordings = self._read(question), [_wording(other) for other in others]
        nearness = _nearness(asked, Prepared.of(wordings, domain.table), domain)
        likely = np.argsort(-nearness, kind="stable")[:_LOOKED_AT].tolist()
        held = Prepared.of([wordings[place] for place in likely], domain.table)
        whole = Prepared.of([_wording(question)], domain.table)
        rows: dict[int, NDArray[np.float64]] = {}
        for place, there in zip(likely, _measured(asked, held, domain), strict=True):
            (back,) = _measured(self._read(others[place]), whole, domain)
            rows[place] = np.asarray((there + back) / 2, np.float64)
        return rows

    def _likeness(self, one: str, other: str, courses: tuple[str, ...] | None) -> float:
        """How alike what two questions find is."""
        generation = self._searcher.generation
        return _cosine(self._found(one, courses, generation), self._found(other, courses, generation))

    def _find(self, text: str, courses: tuple[str, ...] | None, _generation: int) -> Found:
        """What a question finds; good for one state of the index."""
        read = self._read(text)
        if not read.sentences:
            return _NOTHING
        hits = self._searcher.search(read, Scope(courses=courses))
        if not hits.candidates:
            return _NOTHING
        found: dict[str, float] = {}
        for candidate, score in zip(hits.candidates, self._models.scores(hits.pool).tolist(), strict=True):
            ref = candidate.wording.ref
            found[ref] = max(score, found.get(ref, score))
        return tuple(found), np.fromiter(found.values(), np.float32, len(found))


def _probability(evidence: float) -> float:
    return 1.0 / (1.0 + float(np.exp(-np.clip(evidence, -30, 30))))


@lru_cache(maxsize=_COMPARED)
def _wording(text: str) -> Wording:
    entry = Entry(ref="q0", source=Source.READER, course="", course_title="", text=text)
    return next(documents(entry)).wording


def _nearness(asked: Question, held: Prepared, domain: Domain) -> Matrix:
    """[n] how near wordings look to a question at first sight."""
    return _unit_cosines(asked, held, domain) + _mean_cosines(asked, held, domain)


def _measured(asked: Question, held: Prepared, domain: Domain) -> Matrix:
    """[n, len(FEATURES) - 1] likenesses of a question and wordings."""
    covers = features.covers(asked, held, domain.statistics, domain.table)
    return np.stack([_unit_cosines(asked, held, domain), *covers], axis=1)


def _unit_cosines(asked: Question, held: Prepared, domain: Domain) -> Matrix:
    """[n] cosine of rarity-weighted units, with the square root of a count for the count."""
    frequencies, n, q = domain.statistics.units, len(held.wordings), len(asked.units)
    weights = frequencies.rarity(asked.units) ** 2
    rarity = np.where(held.units == GAP, 0.0, frequencies.rarity(held.units))
    entries = Segments.of_sizes(held.unit_sizes)
    if not q:
        return np.zeros(n, np.float32)
    places, found = features.found_in(asked.units, held.units)
    hits = np.bincount(places * n + entries.owners[found], minlength=q * n).reshape(q, n)
    lengths = np.sqrt(entries.sum(rarity**2) * weights.sum())
    return np.asarray(weights @ np.sqrt(hits) / np.maximum(lengths, 1e-6), np.float32)


def _mean_cosines(asked: Question, held: Prepared, domain: Domain) -> Matrix:
    """[n] cosine of the mean vectors of words, each weighted by its rarity."""
    words, table = domain.statistics.words, domain.table
    vectors, _ = asked.vectors
    mine = words.rarity(asked.words) @ vectors
    theirs = np.zeros((len(held.word_sizes), table.dimensions), np.float32)
    if len(held.rows):
        weighted = table.at(held.rows) * words.rarity(held.words)[:, None]
        # Whole vectors are added up, a row each, which is several times as fast as column by column.
        some = np.flatnonzero(held.word_sizes)
        starts = (np.cumsum(held.word_sizes) - held.word_sizes)[some]
        theirs[some] = np.add.reduceat(weighted, starts, axis=0)
    lengths = np.linalg.norm(theirs, axis=1) * np.linalg.norm(mine)
    return np.asarray(theirs @ mine / np.maximum(lengths, 1e-6), np.float32)


def _shares(found: Found) -> dict[str, float]:
    """What a question finds as shares of 1: softmax of the scores."""
    refs, scores = found
    if not refs:
        return {}
    raised = scores.astype(np.float64)
    raised = np.exp(raised - raised.max())
    return dict(zip(refs, (raised / raised.sum()).tolist(), strict=True))


def _cosine(mine: Found, theirs: Found) -> float:
    left, right = _shares(mine), _shares(theirs)
    lengths = float(np.linalg.norm(list(left.values()))) * float(np.linalg.norm(list(right.values())))
    dot = sum(share * right.get(ref, 0.0) for ref, share in left.items())
    return dot / lengths if lengths > 0 else 0.0
