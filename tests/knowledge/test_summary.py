from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.course import read_course
from knowledge.markup import plain
from knowledge.model import Lesson, Passage
from knowledge.summary import SENTENCES, is_summing_up, summary
from knowledge.telling import LONGEST, columns, tells, trimmed

SAMPLES = Path(__file__).parents[2] / "courses"


@cache
def lessons() -> tuple[Lesson, ...]:
    courses = [read_course(folder).course for folder in sorted(SAMPLES.iterdir()) if folder.is_dir()]
    return tuple(lesson for course in courses if course for lesson in course.lessons)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda each: each.slug)
def test_every_sample_lesson_is_told_in_three_of_its_own_sentences_in_reading_order(lesson: Lesson) -> None:
    told = summary(lesson.title, lesson.passages)
    assert len(told) == SENTENCES
    article = squeezed("".join(plain(each.text) for each in lesson.passages))
    places = [article.find(squeezed(each)) for each in told]
    assert places == sorted(places)
    assert -1 not in places
    assert all(tells(each) for each in told)


ARTICLE = (
    "你好，我是作者。今天我们来看锁为什么会让程序变慢，以及怎样少用一点锁。\n"
    "锁是保证同一时刻只有一个线程进入临界区的机制。线程等待锁的时候什么也做不了，程序因此变慢。如下图所示，线程都在等锁。\n"
    "- 读写锁让读的线程互不等待，写的线程才要独占\n"
    "mutex.lock();\n"
    "缩小临界区，线程等待锁的时间就短，程序变慢的机会也少。缩小临界区，线程等待锁的时间就短，程序变慢的机会也少。\n"
    "猫在窗台上晒了一整个下午的太阳，尾巴一动也不动。为什么锁会让程序变慢呢？"
)


def test_a_summary_says_what_the_article_is_about_once_and_without_its_pictures_lists_and_asides() -> None:
    assert summary("锁为什么慢", [Passage(heading="", text=ARTICLE)]) == (
        "今天我们来看锁为什么会让程序变慢，以及怎样少用一点锁。",
        "锁是保证同一时刻只有一个线程进入临界区的机制。",
        "缩小临界区，线程等待锁的时间就短，程序变慢的机会也少。",
    )


def test_what_the_author_sums_up_with_goes_before_what_is_only_likely() -> None:
    body = [
        Passage(heading="过程", text=f"第 {n} 步里线程等待的锁是另外一把，程序等待的时间也不一样。")
        for n in "甲乙丙"
    ]
    closing = Passage(heading="小结", text="线程持有锁的时间越短，程序整体等待的时间就越少。")
    assert is_summing_up("锁 › 小结")
    assert "线程持有锁的时间越短" in "".join(summary("锁", [*body, closing]))


@pytest.mark.parametrize(
    "sentence",
    [
        "如下图所示，线程在等待同一把锁，谁也不能前进一步。",
        "这个问题在上一讲里已经说过，因此不再展开来讲了。",
        "它会让线程等待，所以程序会慢，用户也会有所感觉。",
        "你知道为什么线程等待的时候程序会变得非常慢吗？",
        "常见的办法有下面几种，读者可以自己试一试其中的：",
        "欢迎在留言区写下你对于锁和线程等待的思考与疑问。",
        "mutex.lock(); counter += 1; mutex.unlock(); return counter * 2.",
        "线程等待（直到锁被释放为止都不能再往前走一步。",
        "The figure below shows how the threads wait for the same lock.",
        "This makes every thread wait, which is what slows the program down.",
        "太短。",
        "长" * LONGEST + "。",
    ],
)
def test_what_points_elsewhere_or_is_no_statement_is_never_shown(sentence: str) -> None:
    assert not tells(sentence)


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("所以，锁是一种机制。", "锁是一种机制。"),
        ("不过锁是一种机制。", "锁是一种机制。"),
        ("我愿意这样给锁下定义：锁是一种机制。", "锁是一种机制。"),
        ("但凡用锁，就要小心。", "但凡用锁，就要小心。"),
        ("锁有两种：互斥锁和读写锁。", "锁有两种：互斥锁和读写锁。"),
        ("However, a lock is a means.", "However, a lock is a means."),
    ],
)
def test_only_a_connective_or_a_lead_in_is_left_out(sentence: str, left: str) -> None:
    assert trimmed(sentence) == left


PIECES = st.sampled_from(
    [
        "锁让线程等待。",
        "A lock makes threads wait for each other.",
        "\n",
        "**",
        "`",
        "- ",
        "| a | b |",
        "“",
        "，",
        "所以",
        "```",
    ]
)


@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.lists(PIECES | st.text(max_size=20)).map("".join)), max_size=6
    )
)
def test_nothing_raises_and_nothing_is_invented_whatever_the_article(pieces: list[tuple[str, str]]) -> None:
    passages = [Passage(heading=heading, text=text) for heading, text in pieces]
    told = summary("锁", passages)
    articles = [squeezed(plain_lines(each.text)) for each in passages]
    assert len(told) <= SENTENCES
    for sentence in told:
        assert any(squeezed(sentence) in article for article in articles)
        assert columns(sentence) <= LONGEST


def plain_lines(text: str) -> str:
    return "\n".join(plain(line.strip()) for line in text.split("\n"))
