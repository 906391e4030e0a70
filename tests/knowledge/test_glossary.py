from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.settings import Settings
from config.wiring import Application
from knowledge.errors import CoursebotError
from knowledge.glossary import Glossary, OwnGlossary, add_group, own_groups, shipped


def variants(glossary: OwnGlossary, question: str, *courses: str) -> list[str]:
    return [each.strip() for each in glossary.of_courses(courses or None).variants(question)]


def test_what_is_added_counts_at_once_beside_the_shipped(tmp_path: Path) -> None:
    file = tmp_path / "data" / "glossary.toml"
    glossary = OwnGlossary(file)
    assert variants(glossary, "咖啡机") == ["咖啡机"]
    assert add_group(file, ["咖啡机", "Coffee Maker"])
    assert "coffee maker" in variants(glossary, "咖啡机")
    assert "kubernetes" in variants(glossary, "k8s")
    assert not add_group(file, ["coffee  maker".replace("  ", " "), "咖啡机"])
    assert add_group(file, ["咖啡机", "espresso"])
    assert "espresso" in variants(glossary, "咖啡机")


def test_a_group_can_hold_in_one_course_only(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    add_group(file, ["容器", "盒子"], "containers")
    glossary = OwnGlossary(file, base=Glossary(()))
    assert variants(glossary, "容器", "containers") == ["容器", "盒子"]
    assert variants(glossary, "容器") == ["容器", "盒子"]
    assert variants(glossary, "容器", "git") == ["容器"]
    assert add_group(file, ["容器", "盒子"])  # now in all courses
    assert variants(glossary, "容器", "git") == ["容器", "盒子"]


def test_what_an_admin_wrote_by_hand_stays(tmp_path: Path) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text('# ours\ngroups = [["a1", "b1"]]', "utf-8")
    add_group(file, ['say "a"', "back\\slash", "del\x7f"])
    assert file.read_text("utf-8").startswith('# ours\ngroups = [["a1", "b1"]]\n\n[[group]]')
    assert [course for course, _ in own_groups(file)] == ["", ""]
    assert own_groups(file)[0][1].groups == (("a1", "b1"),)
    assert 'say "a"' in own_groups(file)[1][1].groups[0]


@pytest.mark.parametrize(
    "text",
    [
        "groups",
        "groups = 3",
        "groups = [[1, 2]]",
        "group = 3",
        "[[group]]",
        '[[group]]\nterms = ["a"]\ncourse = 1',
    ],
)
def test_a_bad_file_is_named_and_does_not_silence_a_running_bot(tmp_path: Path, text: str) -> None:
    file = tmp_path / "glossary.toml"
    add_group(file, ["咖啡机", "espresso"])
    running = OwnGlossary(file)
    assert "espresso" in variants(running, "咖啡机")
    file.write_text(text, "utf-8")
    os.utime(file, (1, 1))
    assert "espresso" in variants(running, "咖啡机")
    with pytest.raises(CoursebotError, match="glossary-bad"):
        OwnGlossary(file).of_courses(None)
    with pytest.raises(CoursebotError, match="glossary-bad"):
        add_group(file, ["a", "b"])


def test_one_term_alone_is_no_group_and_a_file_may_be_unwritable(tmp_path: Path) -> None:
    with pytest.raises(CoursebotError, match="glossary-few"):
        add_group(tmp_path / "glossary.toml", ["K8S", "k8s"])
    (tmp_path / "file").write_text("")
    with pytest.raises(CoursebotError, match="path-unwritable"):
        add_group(tmp_path / "file" / "glossary.toml", ["a", "b"])


def test_the_setting_adds_a_file(tmp_path: Path) -> None:
    file = tmp_path / "our.toml"
    file.write_text('groups = [["咖啡机", "espresso"]]', "utf-8")
    glossary = Application(Settings(data=tmp_path, glossary=str(file))).glossary
    assert "espresso" in variants(glossary, "咖啡机")
    assert Application(Settings(data=tmp_path)).glossary.of_courses(None) == shipped()
    with pytest.raises(CoursebotError, match="path-missing"):
        _ = Application(Settings(data=tmp_path, glossary=str(tmp_path / "none.toml"))).glossary
