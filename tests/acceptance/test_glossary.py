"""`coursebot glossary`: what an admin says means the same is known to the next question."""

from __future__ import annotations

from tests.acceptance.command import Coursebot


def test_a_term_that_was_added_leads_to_the_answer(bot: Coursebot) -> None:
    ran = bot("glossary", "add", "wibblet", "镜像")
    assert ran.code == 0
    assert "wibblet" in ran.out
    assert "already" in bot("glossary", "add", "wibblet", "镜像").out
    listed = bot("glossary", "list").out.splitlines()
    assert listed[0] == "wibblet = 镜像"
    assert "k8s = kubernetes" in listed
    assert "镜像" in "".join(each["text"] for each in bot.asked("wibblet 怎么做得更小？"))


def test_a_course_of_its_own_and_a_bad_file(empty: Coursebot) -> None:
    assert empty("glossary", "add", "a1", "b1", "--course", "git").code == 0
    assert "a1 = b1  (git)" in empty("glossary", "list", "--course", "git").out
    assert "a1" not in empty("glossary", "list", "--course", "other").out
    few = empty("glossary", "add", "a1")
    assert few.code == 2
    assert "two different terms" in few.err
    (empty.data / "glossary.toml").write_text("groups = 1")
    assert "glossary.toml cannot be read" in empty("glossary", "list").err
