"""Naive ways to find an entry, against which ours is measured: each scans or scores the same entries."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.entry import Entry
from knowledge.normalize import normalize
from knowledge.tokens import tokenize

_TFIDF_SHARE = 0.3
_K1, _B = 1.2, 0.75


class Hit(NamedTuple):
    """An entry that was found, and how well it fits (each rival on a scale of its own)."""

    ref: str
    score: float


class Rival(Protocol):
    """A way to find entries."""

    @property
    def name(self) -> str:
        """What it is called in tables."""
        ...

    def rank(self, question: str, limit: int) -> list[Hit]:
        """At most `limit` entries, each once, best first."""
        ...


class FuzzyScan:
    """rapidfuzz's WRatio with every entry."""

    name = "WRatio"

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._refs, self._texts = _wordings(entries)

    def rank(self, question: str, limit: int) -> list[Hit]:
        """At most `limit` entries, each once, best first."""
        scores = process.cdist([normalize(question)], self._texts, scorer=fuzz.WRatio)[0]
        return _best(self._refs, np.asarray(scores, np.float32), limit)


class TfidfDifflib:
    """Cosine of TF-IDF on words, and difflib's ratio: the usual recipe for a small FAQ bot."""

    name = "TF-IDF+difflib"

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._refs, self._texts = _wordings(entries)
        self._postings = _Postings(self._texts)
        squares = np.zeros(len(self._texts), np.float32)
        for word, (places, counts) in self._postings.of.items():
            squares[places] += (counts * self._rarity(word)) ** 2
        self._norms = np.maximum(np.sqrt(squares), 1e-9)

    def _rarity(self, word: str) -> float:
        return math.log((1 + len(self._texts)) / (1 + self._postings.documents(word))) + 1

    def rank(self, question: str, limit: int) -> list[Hit]:
        """At most `limit` entries, each once, best first."""
        asked = Counter(_words(question))
        cosine = np.zeros(len(self._texts), np.float32)
        for word, count in asked.items():
            places, counts = self._postings.get(word)
            cosine[places] += counts * (count * self._rarity(word) ** 2)
        length = math.sqrt(sum((count * self._rarity(word)) ** 2 for word, count in asked.items()))
        cosine /= self._norms * max(length, 1e-9)
        matcher = SequenceMatcher(b=normalize(question))
        ratios = np.zeros(len(self._texts), np.float32)
        for place, text in enumerate(self._texts):
            matcher.set_seq1(text)
            ratios[place] = matcher.ratio()
        return _best(self._refs, _TFIDF_SHARE * cosine + (1 - _TFIDF_SHARE) * ratios, limit)


class WordBm25:
    """BM25 on words."""

    name = "BM25"

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._refs, texts = _wordings(entries)
        self._postings = _Postings(texts)
        lengths = self._postings.lengths
        self._weights = _K1 * (
            1 - _B + _B * lengths / max(float(lengths.mean()) if len(lengths) else 1, 1e-9)
        )

    def rank(self, question: str, limit: int) -> list[Hit]:
        """At most `limit` entries, each once, best first."""
        scores = np.zeros(len(self._refs), np.float32)
        for word in set(_words(question)):
            places, counts = self._postings.get(word)
            held = self._postings.documents(word)
            rarity = math.log(1 + (len(self._refs) - held + 0.5) / (held + 0.5))
            scores[places] += rarity * counts * (_K1 + 1) / (counts + self._weights[places])
        return _best(self._refs, scores, limit)


RIVALS: tuple[type[FuzzyScan] | type[TfidfDifflib] | type[WordBm25], ...] = (
    FuzzyScan,
    TfidfDifflib,
    WordBm25,
)


def rivals(entries: Sequence[Entry]) -> list[Rival]:
    """All of them, over the same entries."""
    return [make(entries) for make in RIVALS]


_NOWHERE = (np.zeros(0, np.int32), np.zeros(0, np.float32))


class _Postings:
    """Which texts have a word, and how often."""

    def __init__(self, texts: Sequence[str]) -> None:
        gathered: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.lengths = np.zeros(len(texts), np.float32)
        for place, text in enumerate(texts):
            words = _words(text)
            self.lengths[place] = len(words)
            for word, count in Counter(words).items():
                gathered[word].append((place, count))
        self.of = {
            word: (
                np.array([place for place, _ in found], np.int32),
                np.array([count for _, count in found], np.float32),
            )
            for word, found in gathered.items()
        }

    def get(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        return self.of.get(word, _NOWHERE)

    def documents(self, word: str) -> int:
        return len(self.get(word)[0])


def _wordings(entries: Iterable[Entry]) -> tuple[list[str], list[str]]:
    """Refs and normalised texts of all wordings."""
    pairs = [(entry.ref, text) for entry in entries for text in (entry.searched, *entry.aliases)]
    return [ref for ref, _ in pairs], [normalize(text) for _, text in pairs]


def _words(text: str) -> list[str]:
    return [word for sentence in tokenize(text) for word in sentence.words]


def _best(refs: Sequence[str], scores: NDArray[np.float32], limit: int) -> list[Hit]:
    found: dict[str, float] = {}
    for place in np.argsort(-scores, kind="stable").tolist():
        if scores[place] <= 0 or len(found) == limit:
            break
        found.setdefault(refs[place], float(scores[place]))
    return [Hit(ref, score) for ref, score in found.items()]
