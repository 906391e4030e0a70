"""What the course team ruled for single questions: this entry is the answer, that one is not.

Rulings travel with their entries, so they need no other store than the index. They are for a question in just these
words; a question in other words finds a pinned entry by the pin as by any other alias.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.documents import unpack_entry
from knowledge.entry import Entry
from knowledge.prepared import Candidate
from knowledge.question import shortened
from knowledge.wordings import wording_of

_PINS, _BARS = b'"pins":', b'"bars":'
"""How an entry with such rulings begins to say so; nearly all have none and need not be read."""


def pinned(question: str, candidates: Sequence[Candidate]) -> int | None:
    """Which of the candidates was chosen for the question, or None."""
    for place, each in enumerate(candidates):
        if _PINS in each.wording.entry and is_pinned(question, unpack_entry(each.wording.entry)):
            return place
    return None


def is_pinned(question: str, entry: Entry) -> bool:
    """Whether the entry was chosen for the question."""
    return _among(question, entry.pins)


def barred(question: str, candidate: Candidate) -> bool:
    """Whether the candidate was ruled out for the question."""
    packed = candidate.wording.entry
    return _BARS in packed and _among(question, unpack_entry(packed).bars)


def _among(question: str, ruled: Sequence[str]) -> bool:
    asked = wording_of(shortened(question))
    return any(wording_of(shortened(each)) == asked for each in ruled)
