"""`coursebot digest`, started as a process on the bundled courses."""

from __future__ import annotations

from tests.acceptance.command import CHINESE, Coursebot


def test_the_digest_of_a_lesson_is_shown_without_anybody_getting_it(shared: Coursebot) -> None:
    ran = shared("digest", "containers", "1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("📖 01 容器到底是什么：一个被骗了的进程\n")
    assert "✍️ 作者回复 · 顾北舟" in ran.out
    assert "读完了" not in ran.out


def test_a_course_without_a_lesson_is_all_of_its_lessons(shared: Coursebot) -> None:
    ran = shared("digest", "git-basics")
    assert ran.code == 0
    assert ran.out.count("📖 ") == 4
    assert "📘 Git from commits to collaboration · 4 of 4" in ran.out


def test_what_is_not_there_is_said_with_what_is(shared: Coursebot) -> None:
    chinese = Coursebot(data=shared.data, language=CHINESE)
    for arguments, sentence in (
        (
            ("containers", "99"),
            "课程“containers”里没有“99”这一讲。用 coursebot lessons containers 看有哪些。\n",
        ),
        (("nope",), "没有叫“nope”的课程。用 coursebot courses 看有哪些。\n"),
    ):
        ran = chinese("digest", *arguments)
        assert (ran.code, ran.out, ran.err) == (2, "", sentence)
