"""Candidates with all that measuring needs of them worked out, laid one after another.

Nothing here depends on the courses that are asked, and a question's candidates are worked out at once: what one
entry costs by itself is its wording's arrays being joined to the others'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.documents import Wording
from knowledge.segments import Segments
from knowledge.sounds import sound_ids
from knowledge.terms import GAP, Ids, characters, pairs
from knowledge.vectors import WordVectors


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One wording that may be what is asked for.

    Attributes:
        wording: what it is.
        characters: its units as a string of one character each.
        rows: [words] each word's row in the table of vectors, or -1.
        sounds: [units] how each unit and the next one sound.
    """

    wording: Wording
    characters: str
    rows: NDArray[np.int64]
    sounds: Ids


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The terms of many wordings in every form.

    Attributes:
        wordings: what was prepared.
        units: [units] of all wordings, one after another.
        pairs: [units] each unit with the next one, `GAP` where they are no neighbours.
        sounds: [units] how each unit and the next one sound, likewise.
        words: [words] of all wordings.
        rows: [words] each word's row in the table of vectors, or -1.
        unit_sentences: the sentences in `units`.
        word_sentences: the sentences in `words`.
        sentences: the wordings in sentences.
        unit_sizes: [wordings] the units of each.
        word_sizes: [wordings] the words of each.
        characters: [wordings] the units of each as a string of one character each.
    """

    wordings: Sequence[Wording]
    units: Ids
    pairs: Ids
    sounds: Ids
    words: Ids
    rows: NDArray[np.int64]
    unit_sentences: Segments
    word_sentences: Segments
    sentences: Segments
    unit_sizes: NDArray[np.int64]
    word_sizes: NDArray[np.int64]
    characters: list[str]

    @classmethod
    def of(cls, wordings: Sequence[Wording], vectors: WordVectors) -> Self:
        """Work out what measuring needs of wordings, of which there is at least one."""
        texts = [wording.text for wording in wordings]
        units = np.concatenate([text.units for text in texts])
        words = np.concatenate([text.words for text in texts])
        unit_sizes = np.array([len(text.units) for text in texts])
        word_sizes = np.array([len(text.words) for text in texts])
        sentences = np.array([len(text.unit_starts) for text in texts])
        ends = np.cumsum(unit_sizes)
        shown = characters(units)
        return cls(
            wordings=wordings,
            units=units,
            pairs=_neighbours(units, ends),
            sounds=_neighbours(sound_ids(units), ends),
            words=words,
            rows=vectors.rows_of(words),
            unit_sentences=_sentences([text.unit_starts for text in texts], sentences, unit_sizes),
            word_sentences=_sentences([text.word_starts for text in texts], sentences, word_sizes),
            sentences=Segments.of_sizes(sentences),
            unit_sizes=unit_sizes,
            word_sizes=word_sizes,
            characters=[
                shown[end - size : end] for end, size in zip(ends.tolist(), unit_sizes.tolist(), strict=True)
            ],
        )

    def candidates(self) -> list[Candidate]:
        """Each wording by itself."""
        found: list[Candidate] = []
        unit = word = 0
        sizes = zip(self.unit_sizes.tolist(), self.word_sizes.tolist(), strict=True)
        for wording, held, (units, words) in zip(self.wordings, self.characters, sizes, strict=True):
            rows, sounds = self.rows[word : word + words], self.sounds[unit : unit + units]
            found.append(Candidate(wording, held, rows, sounds))
            unit, word = unit + units, word + words
        return found


def _neighbours(units: Ids, ends: NDArray[np.int64]) -> Ids:
    """[units] numbers of each unit with the next one of the same wording; `GAP` where there is none."""
    found = np.zeros(len(units), np.uint32)
    found[:-1] = pairs(units)
    found[ends[ends > 0] - 1] = GAP
    return found


def _sentences(starts: Sequence[Ids], sentences: NDArray[np.int64], sizes: NDArray[np.int64]) -> Segments:
    """Stretches for the sentences of all wordings, from where each begins in its own wording."""
    begins = np.concatenate(starts).astype(np.int64) + np.repeat(np.cumsum(sizes) - sizes, sentences)
    return Segments(begins, np.diff(begins, append=sizes.sum()))
