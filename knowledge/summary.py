"""What a lesson is about, in a few sentences of its own.

Nothing is written here: sentences are chosen from the article, each standing by itself, and given in reading order.
Which ones can be shown at all is decided by `knowledge/telling.py`; among these the rule is

1. *centrality*: a sentence says what a lesson is about when many others say similar things. A random walk over the
   cosines of all its prose sentences, in words weighted by rarity, gives each its share (continuous LexRank: Erkan &
   Radev 2004, "LexRank: Graph-based lexical centrality as salience in text summarization", JAIR 22).
2. *bias*: the walk sets out anew from sentences that are near the title and their heading, near the beginning, or in
   the author's own summing up (biased LexRank: Otterbacher, Erkan & Radev 2009, "Biased LexRank: Passage retrieval
   using random walks with question-based priors", IPM 45; position as in Edmundson 1969).
3. *no repetition*: each further one is the best by centrality less its likeness to those chosen (maximal marginal
   relevance: Carbonell & Goldstein 1998).

The weights were chosen on 30 courses and measured on 30 others; docs/digests.md has the figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.model import Passage
from knowledge.telling import cue_words, has_cue, prose, standing, stressed, tells, trimmed
from knowledge.tokens import tokenize

SENTENCES = 3
"""How many sentences a digest shows."""

_DAMPING = 0.85
"""Share of the walk that follows likeness; the rest sets out anew (PageRank's usual value)."""
_REPEATS = 0.35
"""What a likeness of 1 to a chosen sentence costs, in shares of the best centrality."""
_ALIKE = 0.6
"""From this cosine on two sentences say the same; the second is never shown."""
_LEAD, _TITLE, _HEADING, _CLOSING, _CUE, _STRESSED = 1.0, 3.0, 1.0, 2.0, 1.0, 2.0
"""What each reason to set out from a sentence adds to the 1 that every sentence has."""
_STEPS = 60
_MOST = 800
"""Sentences that are read of an article; the longest real ones have about as many, and the walk takes their square."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence of the article.

    Attributes:
        text: as it would be shown.
        heading: under which it stands.
        place: the share of the article before it.
        stressed: whether its author stressed a part of it.
        cued: whether it has the cue of a definition or of a purpose.
        words: its words, counted.
        shown: whether it can be shown at all.
    """

    text: str
    heading: str
    place: float
    stressed: bool
    cued: bool
    words: Counter[str]
    shown: bool


def is_summing_up(heading: str) -> bool:
    """Whether a heading opens the author's own summary (总结, 小结, Summary …)."""
    return cue_words("summing_up").search(heading.rsplit(" › ", 1)[-1]) is not None


def summary(title: str, passages: Sequence[Passage], *, count: int = SENTENCES) -> tuple[str, ...]:
    """The `count` sentences that say best what an article is about, in reading order; fewer where no more can.

    Each stands in the article as it is given, but for Markdown's marks and line breaks.
    """
    sentences = _sentences(passages)
    if not any(each.shown for each in sentences):
        return ()
    vectors = _vectors([each.words for each in sentences])
    alike = vectors @ vectors.T
    worth = _central(alike, _bias(title, sentences))
    return tuple(sentences[index].text for index in sorted(_chosen(sentences, alike, worth, count)))


def _sentences(passages: Sequence[Passage]) -> list[_Sentence]:
    found: list[tuple[str, str, bool]] = []
    for passage in passages:
        stresses = stressed(passage.text)
        found.extend(
            (passage.heading, text, any(stress in text for stress in stresses))
            for text in prose(passage.text)
        )
    found = found[:_MOST]
    return [
        _Sentence(
            text=trimmed(text),
            heading=heading,
            place=index / len(found),
            stressed=stress,
            cued=has_cue(text),
            words=_words(text),
            shown=tells(trimmed(text)),
        )
        for index, (heading, text, stress) in enumerate(found)
    ]


def _words(text: str) -> Counter[str]:
    return Counter(word for sentence in tokenize(text) for word in sentence.words)


def _vectors(bags: Sequence[Counter[str]]) -> Floats:
    """[n, v] unit vectors of the bags' words, weighted by how few of them have the word."""
    spread = Counter(word for bag in bags for word in bag)
    columns = {word: column for column, word in enumerate(spread)}
    vectors = np.zeros((len(bags), max(len(columns), 1)))
    for row, bag in enumerate(bags):
        for word, times in bag.items():
            vectors[row, columns[word]] = times * np.log(1 + len(bags) / spread[word])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1))


def _bias(title: str, sentences: Sequence[_Sentence]) -> Floats:
    """[n] where the walk sets out anew, summing to 1."""
    about = _words(title)
    headings = {each.heading: _words(each.heading) for each in sentences}
    weights = np.array(
        [
            1
            + _LEAD * max(0.0, 1 - each.place / 0.1)
            + _TITLE * _shared(about, each.words)
            + _HEADING * _shared(headings[each.heading], each.words)
            + _CLOSING * is_summing_up(each.heading)
            + _CUE * each.cued
            + _STRESSED * each.stressed
            for each in sentences
        ]
    )
    return np.asarray(weights / weights.sum())


def _shared(about: Counter[str], words: Counter[str]) -> float:
    """The share of the words of `about` that a sentence has."""
    return len(about.keys() & words.keys()) / len(about) if about else 0.0


def _central(alike: Floats, bias: Floats) -> Floats:
    """[n] how central each sentence is, the most central one 1."""
    totals = alike.sum(axis=1, keepdims=True)
    steps = np.where(totals > 0, alike / np.where(totals > 0, totals, 1), bias)
    worth = bias
    for _ in range(_STEPS):
        worth = (1 - _DAMPING) * bias + _DAMPING * (worth @ steps)
    return np.asarray(worth / worth.max())


def _chosen(sentences: Sequence[_Sentence], alike: Floats, worth: Floats, count: int) -> list[int]:
    left = [index for index, each in enumerate(sentences) if each.shown]
    chosen: list[int] = []
    while left and len(chosen) < count:

        def gain(index: int) -> float:
            return float(worth[index]) * standing(sentences[index].text) - _REPEATS * max(
                (alike[index, each] for each in chosen), default=0.0
            )

        best = max(left, key=gain)
        chosen.append(best)
        left = [index for index in left if alike[index, best] < _ALIKE]
    return chosen
