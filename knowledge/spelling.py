"""Mending Latin words that a course does not know: kubernets is kubernetes."""

from __future__ import annotations

import re

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from knowledge.index import SearchIndex
from knowledge.normalize import normalize

_LATIN = re.compile(r"[a-z][a-z0-9]{3,29}")
_LIKENESS = 0.75


def mended(question: str, index: SearchIndex, courses: tuple[str, ...] | None) -> str:
    """The question with each unknown Latin word of four letters or more replaced by the likeliest known one.

    A word is likely when at most a quarter of its letters must change, and its first letter is right: that is the
    letter people mistype least.
    """
    text = normalize(question)

    def mend(found: re.Match[str]) -> str:
        word = found.group()
        known = dict(index.latin_terms(word[:1], courses))
        if word in known:
            return word
        near = process.extractOne(
            word,
            [each for each, count in known.items() if count > 1 and abs(len(each) - len(word)) <= 2],
            scorer=DamerauLevenshtein.normalized_similarity,
            score_cutoff=_LIKENESS,
        )
        return str(near[0]) if near else word

    return _LATIN.sub(mend, text)


def has_unknown_words(question: str, index: SearchIndex) -> bool:
    """Whether a Latin word of the question is in no entry at all."""
    return any(not index.has_unit(word) for word in _LATIN.findall(normalize(question)))
