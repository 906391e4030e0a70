"""The simulation of the queue, on the bundled course."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from config.plot import shares_plot
from jobs.arrivals import Arrival, Popularity, Topic, arrivals, topics_of, topics_of_questions
from jobs.simulation import Policy, simulate
from knowledge.course import read_course
from knowledge.entry import Entry, Source
from knowledge.evaluation import TestQuestion
from knowledge.synthesis import entries_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    course = read_course(ROOT / "courses" / "containers").course
    assert course
    return list(entries_of(course))


def passages(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.source is Source.PASSAGE]


def test_topics_are_what_readers_wrote_and_come_as_often_as_they_are_liked(entries: list[Entry]) -> None:
    topics = topics_of(entries)
    written = ["".join(entry.text.split()) for entry in entries]
    for topic in topics:
        assert all(any("".join(text.split()) in whole for whole in written) for text in topic.wordings)
    liked = max(topics, key=lambda topic: topic.weight)
    coming = arrivals(topics, count=2000, per_day=100, seed=1)
    often = sum(each.topic.id == liked.id for each in coming) / 2000
    assert often == pytest.approx(liked.weight / sum(topic.weight for topic in topics), rel=0.3)
    assert {topic.weight for topic in topics_of(entries, Popularity.EVEN)} <= {1.0, 2.0, 3.0}


def test_the_same_seed_brings_the_same_readers_in_the_order_they_come(entries: list[Entry]) -> None:
    topics = topics_of(entries)
    one, again = (arrivals(topics, count=60, per_day=20, seed=4) for _ in range(2))
    assert one == again != arrivals(topics, count=60, per_day=20, seed=5)
    assert one == sorted(one, key=lambda each: each.at)
    assert (one[-1].at - one[0].at).days == 2


def test_questions_of_a_file_with_one_quote_are_one_topic() -> None:
    def question(query: str, quote: str | None) -> TestQuestion:
        return TestQuestion(query=query, quote=quote, lesson="01", kind="-")

    topics = topics_of_questions(
        [question("a?", "A"), question("b?", None), question("c?", None), question("aa?", "A")]
    )
    assert [topic.wordings for topic in topics] == [("a?", "aa?"), ("b?",), ("c?",)]
    assert {topic.lesson for topic in topics} == {"01"}


@pytest.mark.parametrize("policy", Policy)
def test_every_reader_is_accounted_for(entries: list[Entry], policy: Policy) -> None:
    coming = arrivals(topics_of(entries), count=15, per_day=10, seed=0)
    run = simulate(passages(entries), coming, policy, per_day=4, more_days=3)
    assert run.asked[-1] == 15
    assert run.at_once + run.article + run.told + run.wrongly + run.left == 15
    assert run.content == sorted(run.content)
    assert all(content <= asked for content, asked in zip(run.content, run.asked, strict=True))
    assert len(run.waited) == run.told > 0
    assert run.cards <= 4 * len(run.asked)
    assert run.per_minute > 0


def test_one_answer_serves_all_who_asked_the_same(entries: list[Entry]) -> None:
    topic = Topic(0, "", ("容器里怎么用 GPU 跑训练", "容器里要怎么用 GPU 跑训练"), 1.0)
    coming = [
        Arrival(topic, topic.wordings[number % 2], each.at)
        for number, each in enumerate(arrivals([topic], count=6, per_day=3, seed=0))
    ]
    merged = simulate(passages(entries), coming, Policy.QUEUE, per_day=1)
    singly = simulate(passages(entries), coming, Policy.SINGLY, per_day=1)
    assert (merged.cards, merged.told, merged.at_once) == (1, 3, 3)
    assert merged.per_minute > singly.per_minute


def test_the_plot_is_a_picture() -> None:
    assert shares_plot({"queue": [0.1, 0.9], "asked": [0.5, 1.0]}, "a course").startswith(b"\x89PNG")
