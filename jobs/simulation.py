"""What the queue is worth: readers ask, nobody knows, the team answers a few cards a day, in one order or another.

Everything but people is real: the index, the answers' verdicts, what becomes a case, which questions are one, the
order of the queue, and that an answer is found from then on. People are simple: a reader is content with an answer to
their own topic, whether it is found at once, among the choices offered, or told later; with a passage, when it is given
as the answer and stands in the lesson of the question. Otherwise they press 问老师, unless nothing was found and the
question was taken for chatter: then they leave. Whoever works through the queue answers the question on the card.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bot.handlers.team.unanswered import topical
from bot.team import queueing
from bot.team.cases import Case, CaseState, Cause
from jobs.arrivals import START, Arrival
from knowledge.answering import Answerer
from knowledge.documents import documents
from knowledge.entry import Entry, Source
from knowledge.errors import CoursebotError
from knowledge.index import SearchIndex
from knowledge.outcome import Found, NotFound, matches
from knowledge.sameness import SAME

EVENING = timedelta(hours=23, minutes=59)
"""When the team works through its cards, after the day's questions."""


class Policy(StrEnum):
    """Which cards the team takes."""

    QUEUE = "queue"
    """The same question once, readers × age."""
    FIRST = "first come"
    """The same question once, the oldest first."""
    SINGLY = "one by one"
    """Each reader's question by itself, the oldest first."""


@dataclass(slots=True)
class _Open:
    """A case of the simulation."""

    number: int
    arrivals: list[Arrival]

    @property
    def first(self) -> Arrival:
        return self.arrivals[0]

    def seen(self) -> Case:
        """As the queue sees it."""
        return Case(
            id=self.number,
            state=CaseState.OPEN,
            cause=Cause.NOT_FOUND,
            course="",
            question=self.first.text,
            readers=len(self.arrivals),
            opened_at=self.first.at,
        )


@dataclass(slots=True)
class Run:
    """What came of a simulation.

    Attributes:
        policy: which cards were taken.
        asked: readers by the end of each day.
        content: readers who had their answer by the end of each day.
        at_once: of all readers, how many found an answer of the team when they asked.
        article: how many were content with the article.
        told: how many were told the answer to their question.
        wrongly: how many were told the answer to another one, because two questions were taken for one.
        left: how many left, as their question was taken for chatter.
        cards: cards that were worked on.
        seconds: how long that took, by the queue's own estimate.
        waited: hours that each reader who was told had waited.
    """

    policy: Policy
    asked: list[int] = field(default_factory=list)
    content: list[int] = field(default_factory=list)
    at_once: int = 0
    article: int = 0
    told: int = 0
    wrongly: int = 0
    left: int = 0
    cards: int = 0
    seconds: float = 0.0
    waited: list[float] = field(default_factory=list)

    @property
    def per_minute(self) -> float:
        """Waiting readers satisfied in a minute of the team's time."""
        return self.told / (self.seconds / 60) if self.seconds else 0.0


def simulate(
    passages: Sequence[Entry],
    arrivals: Sequence[Arrival],
    policy: Policy,
    *,
    per_day: int,
    more_days: int = 0,
    tell: Callable[[int], None] = lambda _: None,
) -> Run:
    """Let readers come and the team answer.

    Args:
        passages: the course's article, which is all that the bot knows to begin with.
        arrivals: the readers, in order.
        policy: which cards the team takes.
        per_day: cards that it takes on a day.
        more_days: days on which it goes on when no more readers come.
        tell: called with each day that is over.
    """
    with tempfile.TemporaryDirectory() as folder:
        world = _World(Path(folder), passages, policy)
        days = (arrivals[-1].at - START).days + 1 + more_days if arrivals else 0
        waiting = list(arrivals)
        for day in range(days):
            end = START + timedelta(days=day) + EVENING
            while waiting and waiting[0].at <= end:
                world.ask(waiting.pop(0))
            world.answer(end, per_day)
            world.run.asked.append(len(arrivals) - len(waiting))
            world.run.content.append(world.run.at_once + world.run.article + world.run.told)
            tell(day)
        return world.run


class _World:
    """The bot, its readers and the team."""

    def __init__(self, folder: Path, passages: Sequence[Entry], policy: Policy) -> None:
        self.run = Run(policy)
        self._course = passages[0].course
        self._index = SearchIndex(folder)
        self._revision = 1
        with self._index.updating() as update:
            update.replace(self._course, 1, [each for entry in passages for each in documents(entry)])
            update.merge_statistics()
        self._answerer = Answerer(self._index)
        self._open: dict[int, _Open] = {}
        self._number = 0
        self._answers: dict[int, str] = {}
        self._topics: dict[str, int] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}

    def ask(self, arrival: Arrival) -> None:
        """A reader asks."""
        try:
            outcome = self._answerer.ask(arrival.text, courses=(self._course,))
        except CoursebotError:
            self.run.left += 1
            return
        found = matches(outcome)
        shown = found[:1] if isinstance(outcome, Found) else () if isinstance(outcome, NotFound) else found
        if any(self._topics.get(match.entry.ref) == arrival.topic.id for match in shown):
            self.run.at_once += 1
        elif isinstance(outcome, Found) and _in_lesson(found[0].entry, arrival):
            self.run.article += 1
        elif isinstance(outcome, NotFound) and not topical(outcome):
            self.run.left += 1
        else:
            self._open_case(arrival)

    def _open_case(self, arrival: Arrival) -> None:
        number = None if self.run.policy is Policy.SINGLY else self._same(arrival.text)
        if number is None:
            self._number += 1
            number = self._number
            self._open[number] = _Open(number, [])
        self._open[number].arrivals.append(arrival)

    def _same(self, text: str) -> int | None:
        known = [(case.number, each.text) for case in self._open.values() for each in case.arrivals]
        known = list(dict.fromkeys(known))
        for number, other in known:
            if other == text:
                return number
        if not known:
            return None
        alike = self._answerer.alike(text, [other for _, other in known], courses=(self._course,), least=SAME)
        best = max(range(len(known)), key=alike.__getitem__)
        return known[best][0] if alike[best] >= SAME else None

    def answer(self, at: datetime, cards: int) -> None:
        """The team takes its cards of the day."""
        cases = [case.seen() for case in self._open.values()]
        ordered = queueing.ordered(cases, at) if self.run.policy is Policy.QUEUE else cases
        changed = [self._close(self._open.pop(case.id), at) for case in ordered[:cards]]
        if changed:
            self._revision += 1
            fresh = {entry.ref: entry for entry in changed}
            made = [each for entry in fresh.values() for each in documents(entry)]
            with self._index.updating() as update:
                update.change(self._course, self._revision, made, ())
                update.merge_statistics()

    def _close(self, case: _Open, at: datetime) -> Entry:
        """Answer the question on the card, and tell everybody in the case."""
        topic = case.first.topic
        known = topic.id in self._answers
        self.run.cards += 1
        self.run.seconds += queueing.seconds(case.first.text, 1.0 if known else 0.0)
        for each in case.arrivals:
            if each.topic.id == topic.id:
                self.run.told += 1
                self.run.waited.append((at - each.at) / timedelta(hours=1))
            else:
                self.run.wrongly += 1
        ref = self._answers.setdefault(topic.id, f"s{len(self._answers) + 1}")
        self._topics[ref] = topic.id
        texts = (*self._aliases.get(ref, ()), *(each.text for each in case.arrivals))
        self._aliases[ref] = tuple(dict.fromkeys(texts))
        question, *aliases = self._aliases[ref]
        return Entry(
            ref=ref,
            source=Source.ADMIN,
            course=self._course,
            course_title=self._course,
            text=question,
            aliases=tuple(alias for alias in aliases if len(alias) <= 200),
            answer="-",
        )


def _in_lesson(entry: Entry, arrival: Arrival) -> bool:
    return entry.source is Source.PASSAGE and bool(entry.lesson) and entry.lesson == arrival.topic.lesson
