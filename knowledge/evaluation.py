"""How well questions are answered: measured on questions whose right answer is known.

Two kinds of questions are used: those of a file, which name a quote that the right entry contains (or null where
nothing in the course answers), and the course's own reader questions, which should lead to their own lesson when
they themselves are left out.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.answering import Answerer
from knowledge.baselines import Hit, Rival
from knowledge.documents import Kind, Wording, unpack_entry
from knowledge.entry import Entry
from knowledge.errors import CoursebotError
from knowledge.index import Scope, SearchIndex, Term
from knowledge.outcome import Found, Lessons, matches

_LIMIT = 5
_LEFT_OUT_LIMIT = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class TestQuestion:
    """A question of a file: the right entry contains `quote`; None where nothing in the course answers."""

    __test__ = False

    query: str
    quote: str | None
    lesson: str
    kind: str


def read_questions(file: Path) -> tuple[TestQuestion, ...]:
    """The questions of a JSON Lines file.

    Raises:
        CoursebotError: "path-missing", or "questions-bad" with the number of the first line that is none.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CoursebotError("path-missing", path=file) from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_question(json.loads(line)))
            except (ValueError, TypeError, KeyError) as error:
                raise CoursebotError("questions-bad", path=file, line=number) from error
    return tuple(found)


def _question(row: Mapping[str, Any]) -> TestQuestion:
    query, quote = row["query"], row["quote"]
    if not isinstance(query, str) or not (quote is None or (isinstance(quote, str) and bare(quote))):
        raise TypeError
    return TestQuestion(
        query=query, quote=quote, lesson=str(row.get("lesson") or ""), kind=str(row.get("kind") or "-")
    )


def bare(text: str) -> str:
    """Letters and digits alone, as quotes are compared."""
    return re.sub(r"\]\(\S*|\W|_", "", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a method made of a question: its hits, best first, and whether it gave the first as the answer."""

    hits: tuple[Hit, ...]
    found: bool
    milliseconds: float

    @property
    def score(self) -> float:
        """Of the first hit."""
        return self.hits[0].score if self.hits else 0.0


Method = Callable[[str, int], Answered]
"""Answers a question with at most so many hits."""


def ours(answerer: Answerer, course: str | None) -> Method:
    """The answerer as a method, in one course or (None) in all."""

    def method(question: str, limit: int) -> Answered:
        started = time.perf_counter()
        try:
            outcome = answerer.ask(question, courses=(course,) if course else None, limit=limit)
        except CoursebotError:
            return Answered(hits=(), found=False, milliseconds=(time.perf_counter() - started) * 1000)
        took = (time.perf_counter() - started) * 1000
        hits = tuple(Hit(match.entry.ref, match.score) for match in matches(outcome))
        return Answered(hits=hits, found=isinstance(outcome, Found | Lessons), milliseconds=took)

    return method


def theirs(rival: Rival) -> Method:
    """A rival as a method. None of them can tell whether what it found is an answer."""

    def method(question: str, limit: int) -> Answered:
        started = time.perf_counter()
        hits = rival.rank(question, limit)
        return Answered(hits=tuple(hits), found=False, milliseconds=(time.perf_counter() - started) * 1000)

    return method


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A question with what came of it, and for each hit whether it is right."""

    question: TestQuestion
    answered: Answered
    right: tuple[bool, ...]

    @property
    def first(self) -> bool:
        """Whether the first hit is right."""
        return any(self.right[:1])

    @property
    def third(self) -> bool:
        """Whether one of the first three hits is right."""
        return any(self.right[:3])


def judge(method: Method, questions: Iterable[TestQuestion], entries: Mapping[str, Entry]) -> list[Judged]:
    """Ask all questions; `entries` are those of the course by ref."""
    texts = {ref: bare(entry.searched) for ref, entry in entries.items()}
    judged = []
    for question in questions:
        answered = method(question.query, _LIMIT)
        quote = bare(question.quote) if question.quote is not None else None
        right = tuple(quote is not None and quote in texts.get(hit.ref, "") for hit in answered.hits)
        judged.append(Judged(question=question, answered=answered, right=right))
    return judged


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Leave-one-out: how many reader questions were asked, and the shares whose lesson was first or among three."""

    questions: int
    first: float
    third: float


class LeavingOut(SearchIndex):
    """An index that acts as if it did not have one entry.

    Dropping the entry from the results would not do: as a candidate it lends weight to others of its lesson.
    """

    left_out = ""

    def search(self, terms: Iterable[Term], *, kind: Kind, scope: Scope, limit: int) -> list[Wording]:
        """As `SearchIndex.search`, without that entry."""
        found = super().search(terms, kind=kind, scope=scope, limit=limit + 1)
        return [wording for wording in found if wording.ref != self.left_out][:limit]

    def wordings_of(self, refs: Iterable[str], *, kind: Kind, scope: Scope) -> list[Wording]:
        """As `SearchIndex.wordings_of`, without that entry."""
        found = super().wordings_of(refs, kind=kind, scope=scope)
        return [wording for wording in found if wording.ref != self.left_out]


def leaving_out(index: LeavingOut, answerer: Answerer, course: str) -> Method:
    """The answerer of such an index as a method that leaves out whatever entry asks the question."""
    method = ours(answerer, course)
    refs = {entry.text: ref for ref, entry in course_entries(index, course).items()}

    def without(question: str, limit: int) -> Answered:
        index.left_out = refs.get(question, "")
        return method(question, limit)

    return without


def leave_one_out(method: Method, questions: Sequence[Entry], entries: Mapping[str, Entry]) -> LeftOut:
    """Ask reader questions, leaving out of each result the question itself."""
    first = third = 0
    for asked in questions:
        hits = method(asked.text, _LEFT_OUT_LIMIT).hits
        found = (entries.get(hit.ref) for hit in hits if hit.ref != asked.ref)
        lessons = list(dict.fromkeys(entry.lesson for entry in found if entry is not None and entry.lesson))
        first += asked.lesson in lessons[:1]
        third += asked.lesson in lessons[:3]
    count = len(questions)
    return LeftOut(questions=count, first=first / max(count, 1), third=third / max(count, 1))


def course_entries(index: SearchIndex, course: str) -> dict[str, Entry]:
    """All entries of a course by ref."""
    return {
        wording.ref: unpack_entry(wording.entry) for wording in index.wordings(course) if not wording.alias
    }


def reader_questions(
    index: SearchIndex, course: str, *, sample: int | None = None, seed: int = 0
) -> list[Entry]:
    """The reader comments of a course that ask something, at most `sample` of them, chosen by `seed`."""
    asking = [
        unpack_entry(wording.entry)
        for wording in index.wordings(course)
        if wording.asks and not wording.alias and wording.kind is not Kind.PASSAGE and wording.lesson
    ]
    asking.sort(key=lambda entry: (len(entry.ref), entry.ref))
    if sample is None or sample >= len(asking):
        return asking
    return random.Random(seed).sample(asking, sample)  # noqa: S311 (a sample, not a secret)
