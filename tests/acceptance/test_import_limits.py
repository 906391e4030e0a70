"""`coursebot import`: what it finds, refuses and leaves as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.acceptance.command import ROOT, Coursebot

TITLE = "<div><strong>精选留言（{}）</strong></div><ul>\n"
COMMENT = "<li><span>{}</span> 👍（1） 💬（1）<p>{}</p>2018-08-28</li><br/>"


def lesson(*questions: str, article: str = "这是一段足够长的正文，说的是容器怎么启动。") -> str:
    items = "".join(COMMENT.format(f"{question[:2]}的读者", question) for question in questions)
    return f"{article}\n\n{TITLE.format(len(questions))}{items}\n</ul>\n"


def test_courses_are_found_at_any_depth_and_links_in_a_circle_end(empty: Coursebot, tmp_path: Path) -> None:
    for name in ("one", "deep/er/two", "三"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "1.md").write_text(lesson("什么是镜像？"), "utf-8")
    (tmp_path / "all" / "deep" / "circle").symlink_to(tmp_path / "all")
    ran = empty("import", "--all", tmp_path / "all", "--json")
    assert (ran.code, ran.json["courses"]) == (0, 3)
    assert {course["slug"] for course in empty("courses", "--json").json} == {"one", "two", "三"}


def test_names_for_one_course_do_not_go_with_all(empty: Coursebot) -> None:
    ran = empty("import", "--all", ROOT / "courses", "--title", "T")
    assert (ran.code, ran.out) == (2, "")
    assert "--all" in ran.err


def test_an_import_that_fails_half_way_keeps_the_course_as_it_was(bot: Coursebot, tmp_path: Path) -> None:
    before = bot("courses", "--json").json
    copy = tmp_path / "containers"
    shutil.copytree(ROOT / "courses" / "containers", copy)
    for file in (copy / "docs").iterdir():
        file.write_bytes(b"\xff\xfe\x00")
    assert bot("import", copy).code == 2
    assert bot("courses", "--json").json == before
