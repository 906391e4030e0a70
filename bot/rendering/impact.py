"""What a change does to past questions, in words: how many, and which."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalog import Catalog
from bot.rendering.excerpt import gist
from bot.replies import Bold, Span, Text
from bot.team.impact import Impact
from knowledge.comparison import Comparison, ending
from knowledge.comparison import Ending as Ends
from knowledge.outcome import Outcome, matches

_SHOWN = 5
"""Questions named of each kind."""
_QUESTION, _ANSWER = 40, 30


def impact(words: Catalog, found: Impact) -> tuple[Span, ...]:
    """The impact of a change, for whoever is to confirm it; nothing where no question was asked yet."""
    if found.asked is None:
        return (Text(words.text("impact.too-much")),)
    if not found.asked:
        return ()
    if not found.any:
        return (Text(words.text("impact.none", count=found.asked)),)
    kinds = (
        ("impact.otherwise", found.otherwise),
        ("impact.lost", found.lost),
        ("impact.gained", found.gained),
    )
    counts = [words.text(key, count=len(those)) for key, those in kinds if those]
    spans: list[Span] = [Bold(words.text("impact.some", counts=counts, count=found.asked))]
    for _, those in kinds:
        spans += _named(words, those)
    return tuple(spans)


def _named(words: Catalog, those: Sequence[Comparison]) -> list[Span]:
    lines = [
        words.text(
            "impact.line",
            question=gist(each.question, _QUESTION).text,
            before=_given(words, each.before),
            after=_given(words, each.after),
        )
        for each in those[:_SHOWN]
    ]
    if len(those) > _SHOWN:
        lines.append(words.text("impact.more", count=len(those) - _SHOWN))
    return [Text(f"\n{line}") for line in lines]


def _given(words: Catalog, outcome: Outcome) -> str:
    """What somebody is given, in a few words."""
    ends = ending(outcome)
    if ends is not Ends.ANSWER:
        return words.text("impact.choice" if ends is Ends.CHOICE else "impact.nothing")
    entry = matches(outcome)[0].entry
    return gist(entry.answer or entry.searched, _ANSWER).text
