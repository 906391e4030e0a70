"""How well entries fit a question: a probability for each candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge.documents import Wording, unpack_entry
from knowledge.normalize import normalize
from knowledge.statistics import Statistics
from knowledge.terms import GAP, Terms

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question as it is scored: its normalised text and its terms."""

    text: str
    terms: Terms


def scores(question: Question, candidates: Sequence[Wording], statistics: Statistics) -> Scores:
    """[n] probabilities that each candidate is what the question means."""
    cosines = np.array(
        [_cosine(question.terms, wording.text, statistics) for wording in candidates], np.float32
    )
    ratios = np.array([_ratio(question.text, wording) for wording in candidates], np.float32)
    return np.clip(0.75 * cosines + 0.25 * ratios, 0.0, 1.0)


def _cosine(question: Terms, entry: Terms, statistics: Statistics) -> float:
    asked, asked_counts = np.unique(question.units[question.units != GAP], return_counts=True)
    held, held_counts = np.unique(entry.units[entry.units != GAP], return_counts=True)
    asked_weights = np.sqrt(asked_counts) * statistics.units.rarity(asked)
    held_weights = np.sqrt(held_counts) * statistics.units.rarity(held)
    _, in_asked, in_held = np.intersect1d(asked, held, assume_unique=True, return_indices=True)
    norms = float(np.linalg.norm(asked_weights) * np.linalg.norm(held_weights))
    return float(asked_weights[in_asked] @ held_weights[in_held]) / norms if norms else 0.0


def _ratio(question: str, wording: Wording) -> float:
    text = wording.alias or unpack_entry(wording.entry).text
    return fuzz.partial_ratio(question, normalize(text)) / 100
