from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.sql.fingerprints import comment_fingerprints, lesson_fingerprint, question_key, text_key
from knowledge.model import Comment, Lesson
from tests.adapters.sql.samples import FIRST, QUESTION


def test_white_space_does_not_count_in_a_text() -> None:
    assert text_key("What is\n a pod?") == text_key("  What is a　pod? ")
    assert text_key("whatis") != text_key("what is")


def test_case_and_width_do_not_count_in_a_question() -> None:
    assert question_key("ＰＯＤ 是什么？") == question_key("pod 是什么?")
    assert text_key("Pod") != text_key("pod")


def test_author_and_text_cannot_run_into_each_other() -> None:
    assert (
        len(set(comment_fingerprints([Comment(author="a b", text="c"), Comment(author="a", text="b c")])))
        == 2
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(FIRST, exercises="Draw two."),
        replace(FIRST, passages=FIRST.passages[::-1]),
        replace(FIRST, comments=(replace(QUESTION, likes=4), *FIRST.comments[1:])),
        replace(FIRST, comments=(replace(QUESTION, posted_on=None), *FIRST.comments[1:])),
        replace(FIRST, comments=(replace(QUESTION, text=QUESTION.text + "\n"), *FIRST.comments[1:])),
        replace(FIRST, comments=()),
    ],
)
def test_content_changes_a_lessons_fingerprint(changed: Lesson) -> None:
    assert lesson_fingerprint(changed) != lesson_fingerprint(FIRST)


def test_name_and_place_do_not_change_a_lessons_fingerprint() -> None:
    moved = replace(FIRST, slug="09", title="Else", position=9, number=None, url=None)
    assert lesson_fingerprint(moved) == lesson_fingerprint(FIRST)
