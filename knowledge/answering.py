"""From a question to an outcome: what is found, how sure we are, and an honest verdict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from knowledge import glossary as glossaries
from knowledge import ranking as rankings
from knowledge import vectors as tables
from knowledge.choices import two_things
from knowledge.contrast import ASKING, holds_all, lacking, says_the_same
from knowledge.documents import Kind, unpack_entry
from knowledge.embedding import Embedder
from knowledge.entry import Entry
from knowledge.errors import CoursebotError
from knowledge.glossary import Synonyms
from knowledge.index import Scope, SearchIndex
from knowledge.meaning import VECTORS_FILE, Meaning
from knowledge.outcome import Found, Lessons, Match, NotFound, Outcome, Unsure, Why
from knowledge.prepared import Candidate
from knowledge.question import shortened
from knowledge.ranking import Ranking
from knowledge.rulings import barred, pinned
from knowledge.sameness import ALIKE, Sameness
from knowledge.scope import asks_which_lesson, lesson_number
from knowledge.search import Hits, Searcher
from knowledge.spelling import has_unknown_words, mended
from knowledge.terms import word_id
from knowledge.vectors import WordVectors

_CHOICES = 5
_LESSONS = 10
_LOOKED_AT = 10
_CLEARLY = 0.1
SAME = 0.9
"""How probable it is at least that an entry which says the same as the question is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """From which probability on an entry is given as the answer, and from which on it is offered as a choice.

    The defaults come from twelve real courses, each judged with weights that had not seen it (docs/matching.md).
    """

    found: float = 0.75
    found_passage: float = 0.85
    unsure: float = 0.18


@dataclass(frozen=True, slots=True, eq=False)
class _Answered:
    """One wording of a question with what came of it, best first."""

    hits: Hits
    order: list[int]
    scores: list[float]

    @property
    def best(self) -> float:
        return self.scores[0] if self.scores else 0.0

    @property
    def has_all(self) -> bool:
        """Whether the first one has every term of the question."""
        return bool(self.order) and holds_all(self.hits, self.hits.candidates[self.order[0]])

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the first one lacks of the question, where that is what the question is about."""
        return lacking(self.hits, self.hits.candidates[self.order[0]]) if self.order else ()


class Answerer:
    """Answers questions from an index.

    Args:
        index: where the entries are.
        table: word vectors; the shipped ones by default.
        models: the ranking; the shipped one by default.
        glossary: synonyms; the shipped ones by default.
        embedder: a model of meaning, or None to go by the words alone.
        bands: from which probability on what is said.
    """

    def __init__(
        self,
        index: SearchIndex,
        *,
        table: WordVectors | None = None,
        models: Ranking | None = None,
        glossary: Synonyms | None = None,
        embedder: Embedder | None = None,
        bands: Bands | None = None,
    ) -> None:
        self._index = index
        # Beside the index and not in it, so that a new index need not wait for the model.
        meaning = Meaning(index.folder.with_name(VECTORS_FILE), embedder) if embedder else None
        self._searcher = Searcher(index, tables.shipped() if table is None else table, meaning)
        self._models = rankings.shipped() if models is None else models
        self._glossary: Synonyms = glossaries.shipped() if glossary is None else glossary
        self._sameness = Sameness(self._searcher, self._models, self._glossary)
        self.bands = Bands() if bands is None else bands

    def follow(self, courses: Collection[str]) -> None:
        """Get ready what an embedder needs of these courses, which have changed; without one there is nothing to do."""
        self._searcher.follow(courses)

    def entry(self, ref: str) -> Entry | None:
        """The entry known by `ref`."""
        return self._index.entry(ref)

    def alike(
        self,
        question: str,
        others: Sequence[str],
        *,
        courses: tuple[str, ...] | None = None,
        least: float = ALIKE,
    ) -> list[float]:
        """[others] how probable it is that each asks what `question` asks; 0 below `least`."""
        return self._sameness.probabilities(question, others, courses, least=least)

    def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        """What the courses (None: all) have to say to `question`, at most `limit` entries of it.

        Raises:
            CoursebotError: "question-empty" when there is nothing to search for.
        """
        asked = question = shortened(question)
        sought = asks_which_lesson(question)
        if sought:
            if listed := self._lessons(sought, courses):
                return listed
            question = sought
        number, rest = lesson_number(question)
        scope = Scope(courses=courses)
        if number is not None:
            scope, question = replace(scope, number=number), rest
        answered = self._best_wording(question, scope)
        if number is not None and not answered.order:
            answered = self._best_wording(question, Scope(courses=courses))
        return self._ruled(asked, answered, max(limit, 1))

    def _ruled(self, question: str, answered: _Answered, limit: int) -> Outcome:
        """The verdict, unless the course team has spoken: what was chosen is found, what was ruled out is not shown."""
        held = answered.hits.candidates
        keep = [rank for rank, place in enumerate(answered.order) if not barred(question, held[place])]
        answered = replace(
            answered,
            order=[answered.order[rank] for rank in keep],
            scores=[answered.scores[rank] for rank in keep],
        )
        chosen = pinned(question, [held[place] for place in answered.order])
        if chosen is None:
            return self._verdict(answered, limit)
        found = _distinct(_with_first(answered, chosen), limit)
        matches = [
            Match(entry=unpack_entry(each.wording.entry), score=score, why=_why(answered.hits, each))
            for each, score in found
        ]
        best = replace(matches[0], why=replace(matches[0].why, pinned=True))
        return Found(best=best, others=tuple(matches[1:]))

    def looked_at(self, question: str, *, courses: tuple[str, ...] | None = None) -> set[str]:
        """Refs of the entries that have a part in what comes of a question; no others make a difference to it."""
        _, asked = lesson_number(asks_which_lesson(question) or question)
        scope = Scope(courses=courses)
        choice = two_things(asked)
        wordings = (*self._wordings(asked, scope), *([choice] if choice else []))
        read = (self._searcher.question(wording) for wording in wordings)
        return {ref for each in read if each.sentences for ref in self._searcher.looked_at(each, scope)}

    def _wordings(self, question: str, scope: Scope) -> Sequence[str]:
        """The question as it is, or with its spelling mended, and with words that mean the same."""
        glossary = self._glossary.of_courses(scope.courses)
        wordings = glossary.variants(question)
        if has_unknown_words(question, self._index):
            fixed = mended(question, self._index, scope.courses)
            wordings = [fixed, *glossary.variants(fixed)[1:]]
        return wordings

    def _best_wording(self, question: str, scope: Scope) -> _Answered:
        """The wording of the question, among its glossary variants and its mended spelling, that fits best."""
        wordings = self._wordings(question, scope)
        best = self._search(wordings[0], scope)
        for wording in wordings[1:]:
            other = self._search(wording, scope)
            # The reader's own words count unless a synonym is clearly better, or has what they lack.
            if other.has_all if best.lacks else other.best > best.best + _CLEARLY and not other.lacks:
                best = other
        if choice := two_things(question):
            other = self._search(choice, scope)
            if other.has_all and other.best > best.best + _CLEARLY:
                best = other
        return best

    def _search(self, question: str, scope: Scope) -> _Answered:
        read = self._searcher.question(question)
        if not read.sentences:
            raise CoursebotError("question-empty")
        hits = self._searcher.search(read, scope)
        if not hits.candidates:
            return _Answered(hits, [], [])
        order, probabilities = hits.judged(self._models)
        if behind := _outdone(hits, order[:_LOOKED_AT].tolist()):
            order, probabilities = hits.judged(self._models, behind=behind)
        return _with_the_same_first(_Answered(hits, order.tolist(), probabilities.tolist()))

    def _verdict(self, answered: _Answered, limit: int) -> Outcome:
        found = _distinct(answered, max(limit, _CHOICES))
        if not found:
            return NotFound()
        matches = [
            Match(entry=unpack_entry(each.wording.entry), score=score, why=_why(answered.hits, each))
            for each, score in found
        ]
        best, kind = matches[0], found[0][0].wording.kind
        missing = answered.lacks
        if missing and best.score >= self.bands.unsure:
            # The neighbour is offered as what it is, and never as the answer.
            capped = min(best.score, self.bands.found * 0.9)
            best = replace(best, score=capped, why=replace(best.why, missing=missing))
            others = [replace(match, score=min(match.score, capped)) for match in matches[1:]]
            return NotFound(closest=(best, *others)[:limit])
        needed = self.bands.found_passage if kind is Kind.PASSAGE else self.bands.found
        if best.score >= needed and kind is not Kind.REMARK:
            return Found(best=best, others=tuple(matches[1:limit]))
        if best.score >= self.bands.unsure:
            return Unsure(candidates=tuple(matches[:limit]))
        return NotFound(closest=tuple(matches[:limit]))

    def _lessons(self, sought: str, courses: tuple[str, ...] | None) -> Lessons | None:
        """The lessons that speak of something, in reading order; None where no entry has all of its words."""
        read = self._searcher.question(sought)
        wanted = {word_id(word) for sentence in read.sentences for word in sentence.words}
        if not wanted:
            return None
        hits = self._searcher.search(read, Scope(courses=courses))
        best: dict[str, tuple[int, Candidate]] = {}
        for each in hits.candidates:
            held = each.wording.text.words.tolist() + each.wording.heading.words.tolist()
            if each.wording.kind is Kind.PASSAGE and wanted <= set(held):
                mentions = sum(word in wanted for word in held)
                if mentions > best.get(each.wording.lesson, (0, each))[0]:
                    best[each.wording.lesson] = (mentions, each)
        if not best:
            return None
        # Those that say the most are meant; they are then put in reading order.
        chosen = sorted(best.values(), key=lambda found: -found[0])[:_LESSONS]
        matches = [
            Match(entry=unpack_entry(each.wording.entry), score=1.0, why=_why(hits, each))
            for _, each in chosen
        ]
        return Lessons(
            matches=tuple(sorted(matches, key=lambda m: (m.entry.course, m.entry.lesson_position)))
        )


def _with_the_same_first(answered: _Answered) -> _Answered:
    """With an entry that says what the question says in front, whatever the models think of it.

    They were learned on courses of a hundred entries and more; in one with ten, every word is rare, and they are
    sure of nothing.
    """
    for rank, place in enumerate(answered.order[:_LOOKED_AT]):
        if says_the_same(answered.hits, answered.hits.candidates[place]):
            return _with_first(answered, rank)
    return answered


def _with_first(answered: _Answered, rank: int) -> _Answered:
    """With the one of that rank in front."""
    order = [answered.order[rank], *answered.order[:rank], *answered.order[rank + 1 :]]
    scores = [max(answered.best, answered.scores[rank], SAME), *answered.scores[:rank]]
    return replace(answered, order=order, scores=scores + answered.scores[rank + 1 :])


def _outdone(hits: Hits, best: list[int]) -> list[int]:
    """Of the best candidates those that lack what the question is about, when the first does and another does not."""
    if not lacking(hits, hits.candidates[best[0]]):
        return []
    contrary = [place for place in best if lacking(hits, hits.candidates[place])]
    whole = [place for place in best if holds_all(hits, hits.candidates[place])]
    return contrary if whole else []


def _distinct(answered: _Answered, limit: int) -> list[tuple[Candidate, float]]:
    """The best wording of each entry, best entries first."""
    seen: set[str] = set()
    found: list[tuple[Candidate, float]] = []
    for place, score in zip(answered.order, answered.scores, strict=True):
        candidate = answered.hits.candidates[place]
        if candidate.wording.ref not in seen:
            seen.add(candidate.wording.ref)
            found.append((candidate, score))
        if len(found) == limit:
            break
    return found


def _why(hits: Hits, candidate: Candidate) -> Why:
    shown = _shown(hits)
    wording = candidate.wording
    parts = (wording.text, wording.heading, wording.answer)
    held = set(np.concatenate([terms.words for terms in parts]).tolist())
    return Why(
        matched=tuple(surface for word, surface in shown.items() if word_id(word) in held),
        missing=tuple(
            surface for word, surface in shown.items() if word_id(word) not in held and len(word) > 1
        ),
        wording=wording.alias,
    )


@lru_cache(maxsize=16)
def _shown(hits: Hits) -> dict[str, str]:
    """The telling words of a question as the reader wrote them, by stem, rarest first."""
    pairs = (
        (w, s) for each in hits.question.sentences for w, s in zip(each.words, each.surfaces, strict=True)
    )
    shown = {word: surface for word, surface in pairs if word not in ASKING}
    words = list(shown)
    rarity = hits.domain.statistics.words.rarity(np.array([word_id(word) for word in words], np.uint32))
    return {words[place]: shown[words[place]] for place in np.argsort(-rarity, kind="stable").tolist()}
