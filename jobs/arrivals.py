"""Reader questions in the order they arrive, made of a course's own comments: what a simulation runs on.

A *topic* is one thing that readers want to know. It has the comment that asks it and, as its other wordings, the asking
sentences of that comment by themselves and the asking sentences of comments that are nearly the same. Nothing is
paraphrased: every wording was written by a reader, and each arrival leaves out some of its clauses by chance, so that
hardly two are the same to the letter. How many readers bring a topic follows its 👍.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from knowledge.documents import documents
from knowledge.entry import Entry, Source
from knowledge.evaluation import TestQuestion
from knowledge.normalize import normalize

START = datetime(2026, 1, 5, tzinfo=UTC)
"""Midnight of the first day of every simulation."""

NEAR = 0.4
"""Cosine of two comments' character pairs, weighted by rarity, from which on they ask the same; an own measure, and not
the matcher's, so that the matcher is judged by something else."""

_SHORTEST, _LONGEST = 8, 300
"""Characters of a wording: longer comments tell a story, of which only the question is asked."""
_QUESTIONS = 2
"""Asking sentences of a comment at most: with more it asks several things, and is left out."""
_SENTENCES = re.compile(r"(?<=[。！？!?；\n])")
_CLAUSES = re.compile(r"(?<=[，,；;。！？!?])")
_KEPT = 0.6
"""How probable it is that a clause that asks nothing is kept."""
_ASKS = re.compile(r"[?？吗呢]|为什么|为啥|怎么|如何|什么|哪|请问|是否|是不是|能不能|有没有")


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that readers want to know.

    Attributes:
        id: its number.
        lesson: slug of the lesson under which it is asked, or empty.
        wordings: ways to ask it, each a reader's own.
        weight: how many readers want to know it, relative to other topics.
    """

    id: int
    lesson: str
    wordings: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Arrival:
    """A reader who asks something."""

    topic: Topic
    text: str
    at: datetime


class Popularity(StrEnum):
    """How many readers bring a comment's question."""

    LIKES = "likes"
    """One, and one for each 👍."""
    ROOT = "root"
    """The square root of that: 👍 gather over years, and not everybody who likes a question would ask it."""
    EVEN = "even"
    """One."""


def topics_of(entries: Iterable[Entry], popularity: Popularity = Popularity.LIKES) -> list[Topic]:
    """The topics of a course's comments that ask something."""
    power = {Popularity.LIKES: 1.0, Popularity.ROOT: 0.5, Popularity.EVEN: 0.0}[popularity]
    asking = [
        entry
        for entry in entries
        if entry.source in {Source.READER, Source.AUTHOR} and next(documents(entry)).wording.asks
    ]
    found: list[Topic] = []
    for group in _alike([entry.text for entry in asking]):
        members = [asking[place] for place in group]
        texts = [text for member in members for text in _wordings(member.text)]
        if texts:
            weight = sum((1 + member.likes) ** power for member in members)
            lesson = members[0].lesson or ""
            found.append(Topic(len(found), lesson, tuple(dict.fromkeys(texts)), weight))
    return found


def topics_of_questions(questions: Iterable[TestQuestion]) -> list[Topic]:
    """The topics of a file: questions with one quote are one topic, those without are each their own."""
    grouped: dict[str, list[TestQuestion]] = defaultdict(list)
    for number, question in enumerate(questions):
        grouped[question.quote or f"\0{number}"].append(question)
    return [
        Topic(number, group[0].lesson, tuple(dict.fromkeys(each.query for each in group)), 1.0)
        for number, group in enumerate(grouped.values())
    ]


def arrivals(topics: Sequence[Topic], *, count: int, per_day: int, seed: int) -> list[Arrival]:
    """So many readers, in the order they come.

    Args:
        topics: what they ask; a topic comes as often as its weight says, in any of its wordings.
        count: how many readers.
        per_day: how many of them on one day, at any minute of it.
        seed: the same seed gives the same readers.
    """
    chance = random.Random(seed)  # noqa: S311 (a simulation, not a secret)
    chosen = chance.choices(topics, weights=[topic.weight for topic in topics], k=count)
    found: list[Arrival] = []
    for first in range(0, count, per_day):
        day = START + timedelta(days=first // per_day)
        group = chosen[first : first + per_day]
        minutes = sorted(chance.randrange(24 * 60) for _ in group)
        found += [
            Arrival(topic, _shortened(chance.choice(topic.wordings), chance), day + timedelta(minutes=minute))
            for topic, minute in zip(group, minutes, strict=True)
        ]
    return found


def _shortened(text: str, chance: random.Random) -> str:
    """A wording without some of its clauses; what asks stays."""
    clauses = [each for each in _CLAUSES.split(text) if each.strip()]
    asking = {place for place, each in enumerate(clauses) if _ASKS.search(each)} or {len(clauses) - 1}
    kept = [each for place, each in enumerate(clauses) if place in asking or chance.random() < _KEPT]
    short = "".join(kept).strip()
    return short if len(short) >= _SHORTEST else text


def _wordings(text: str) -> list[str]:
    """The comment if it is short, and its asking sentences by themselves."""
    whole = " ".join(text.split())
    parts = [" ".join(part.split()) for part in _SENTENCES.split(text)]
    asking = [part for part in parts if _ASKS.search(part)]
    if len(asking) > _QUESTIONS:
        return []
    found = [whole, *asking] if len(whole) <= _LONGEST else asking
    return [each for each in found if _SHORTEST <= len(each) <= _LONGEST]


def _alike(texts: Sequence[str]) -> list[list[int]]:
    """Texts that ask nearly the same, in groups; each text is in one."""
    weights = _weights([Counter(_pairs(normalize(text))) for text in texts])
    where: dict[str, list[int]] = defaultdict(list)
    group = list(range(len(texts)))

    def root(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    for place, mine in enumerate(weights):
        likeness: dict[int, float] = defaultdict(float)
        for pair, value in mine.items():
            for other in where[pair]:
                likeness[other] += value * weights[other][pair]
            where[pair].append(place)
        for other, cosine in likeness.items():
            if cosine >= NEAR:
                group[root(place)] = root(other)
    found: dict[int, list[int]] = defaultdict(list)
    for place in range(len(texts)):
        found[root(place)].append(place)
    return list(found.values())


def _weights(counted: Sequence[Counter[str]]) -> list[Mapping[str, float]]:
    """The pairs of each text, weighted by rarity, as vectors of length 1."""
    held = Counter(pair for counts in counted for pair in counts)
    found: list[Mapping[str, float]] = []
    for counts in counted:
        raw = {pair: math.sqrt(n) * math.log(len(counted) / held[pair]) for pair, n in counts.items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        found.append({pair: value / length for pair, value in raw.items()})
    return found


def _pairs(text: str) -> list[str]:
    bare = re.sub(r"\W+", " ", text)
    return [bare[at : at + 2] for at in range(len(bare) - 1) if " " not in bare[at : at + 2]]
