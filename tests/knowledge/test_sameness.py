"""Whether two questions are one: duplicates are found, and what reads alike and means something else stays apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answering import Answerer
from knowledge.course import read_course
from knowledge.documents import documents
from knowledge.index import SearchIndex
from knowledge.sameness import SAME
from knowledge.synthesis import entries_of

ROOT = Path(__file__).parents[2]
COURSES = ("containers", "git-basics")


@pytest.fixture(scope="session")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    index = SearchIndex(tmp_path_factory.mktemp("sameness"))
    with index.updating() as update:
        for slug in COURSES:
            course = read_course(ROOT / "courses" / slug).course
            assert course is not None
            entries = entries_of(course)
            update.replace(slug, 1, [document for entry in entries for document in documents(entry)])
        update.merge_statistics()
    return Answerer(index)


def merged(answerer: Answerer, slug: str) -> dict[bool, list[bool]]:
    """Of the pairs that are the same, and of those that are not: whether each would be made one."""
    found: dict[bool, list[bool]] = {True: [], False: []}
    for line in (ROOT / "tests" / "questions" / f"same-{slug}.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        probability = answerer.alike(pair["one"], [pair["other"]], courses=(slug,))[0]
        found[pair["same"]].append(probability >= SAME)
    return found


@pytest.mark.parametrize(("slug", "floor"), [("containers", 0.6), ("git-basics", 0.85)])
def test_duplicates_in_other_words_are_one_question(answerer: Answerer, slug: str, floor: float) -> None:
    same = merged(answerer, slug)[True]
    assert sum(same) / len(same) >= floor


@pytest.mark.parametrize(("slug", "most"), [("containers", 1), ("git-basics", 0)])
def test_opposites_and_neighbours_are_not(answerer: Answerer, slug: str, most: int) -> None:
    assert sum(merged(answerer, slug)[False]) <= most


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("怎么开启 swap", "怎么关闭 swap"),
        ("怎么让容器自动重启", "怎么避免容器自动重启"),
        ("退出码 137 是什么意思", "退出码 143 是什么意思"),
        ("liveness 探针失败了会怎样", "readiness 探针失败了会怎样"),
        ("主库挂了怎么办", "哨兵挂了怎么办"),
        ("Redis 缓存穿透怎么解决", "Redis 缓存雪崩怎么解决"),
        ("How do I stage a file?", "How do I unstage a file?"),
    ],
)
def test_named_opposites_stay_apart_both_ways(answerer: Answerer, one: str, other: str) -> None:
    assert answerer.alike(one, [other]) == answerer.alike(other, [one]) == [0.0]


def test_another_name_of_the_same_thing_is_no_contrast(answerer: Answerer) -> None:
    assert answerer.alike("k8s 的 pod 怎么重启", ["kubernetes 的 pod 怎么重启"])[0] >= SAME


def test_each_question_has_its_own_probability_in_the_order_given(answerer: Answerer) -> None:
    others = ["今天中午吃什么", "容器内存怎么做限制", "怎么限制容器的 CPU"]
    first, second, third = answerer.alike("怎么限制容器的内存", others, courses=("containers",))
    assert (first, third) == (0.0, 0.0)
    assert second >= SAME
    assert answerer.alike("怎么限制容器的内存", []) == []


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_two_texts_can_be_compared(answerer: Answerer, one: str, others: list[str]) -> None:
    found = answerer.alike(one, others)
    assert len(found) == len(others)
    assert all(0.0 <= each <= 1.0 for each in found)
