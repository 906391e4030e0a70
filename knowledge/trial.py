"""Asking questions of an index as it is and as it would be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from knowledge.answering import Answerer
from knowledge.comparison import Ask, Comparison, compare
from knowledge.documents import Document
from knowledge.index import SearchIndex
from knowledge.outcome import NotFound
from knowledge.overlay import overlay

FEW = 50
"""Changed entries up to which a question is first looked at whether it has to do with any of them. One that has not is
not asked: among hundreds of entries, so few make hardly a difference to how common words are."""

Scoped = tuple[str, tuple[str, ...] | None]
"""A question and the courses to look in (None: all)."""


def tried(
    index: SearchIndex,
    now: Answerer,
    answerer: Callable[[SearchIndex], Answerer],
    questions: Sequence[Scoped],
    *,
    course: str,
    documents: Sequence[Document],
    removed: Sequence[str],
    within: float,
) -> list[Comparison]:
    """What questions get now, and what they would get if entries of a course changed; in order.

    A question that has to do with none of these entries counts as one with nothing to choose from, both times.

    Args:
        index: the index as it is.
        now: answers from it.
        answerer: makes what answers from another.
        questions: what is asked.
        course: whose entries change.
        documents: the entries that are new or different.
        removed: refs of entries that are no more.
        within: seconds after which no more are asked, beside the time to apply the change.
    """
    changed = {document.wording.ref for document in documents} | set(removed)
    new = course not in index.revisions()
    with overlay(index, course, documents, removed, anew=new) as other:
        then = answerer(other)

        def asked(question: Scoped) -> tuple[str, Ask, Ask]:
            text, courses = question
            if len(changed) <= FEW:
                seen = now.looked_at(text, courses=courses) | then.looked_at(text, courses=courses)
                if seen and not changed & seen:
                    return text, NotFound, NotFound
            return text, partial(now.ask, text, courses=courses), partial(then.ask, text, courses=courses)

        return compare(map(asked, questions), within=within)
