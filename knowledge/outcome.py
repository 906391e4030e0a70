"""What came of a question: found, unsure or not found, and why."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why an entry was taken for the question.

    Attributes:
        matched: content words of the question that the entry has, rarest first.
        missing: content words of the question that the entry lacks, rarest first.
        wording: the alias that matched best, where it was one; else empty.
        pinned: whether the course team chose the entry for just this question.
    """

    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wording: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry and how sure we are that it answers: `score` is a probability, 0..1."""

    entry: Entry
    score: float
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best match answers the question; `others` come next, best first."""

    best: Match
    others: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """One of `candidates` (best first, at least one) may be what was meant: the reader chooses."""

    candidates: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """Nothing answers. `closest` are the nearest entries, best first, possibly none."""

    closest: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """The question was which lessons speak of something: one passage of each, in reading order."""

    matches: tuple[Match, ...]


Outcome = Found | Unsure | NotFound | Lessons


def matches(outcome: Outcome) -> tuple[Match, ...]:
    """All matches of an outcome, best first."""
    match outcome:
        case Found(best=best, others=others):
            return (best, *others)
        case Unsure(candidates=candidates):
            return candidates
        case NotFound(closest=closest):
            return closest
        case Lessons(matches=listed):
            return listed
