"""Importing: what is read, what is said of it, and what a second import changes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import COURSES, FIXTURES, ROOT, Coursebot

REPORT = {
    "courses": int,
    "lessons": int,
    "passages": int,
    "comments": int,
    "with_reply_text": int,
    "answered_elsewhere": int,
    "changed": int,
    "skipped": list,
}
REAL_LESSON = ROOT.parent / "shared" / "data" / "seed-lesson.md"


def lesson(title: str, *comments: str) -> str:
    items = "<br/>".join(
        f"<li><span>读者{number}</span> 👍（{number}） 💬（1）<p>{text}</p>2020-01-0{number + 1}</li>"
        for number, text in enumerate(comments)
    )
    return (
        f"# {title}\n\n这一讲介绍{title}，先说它解决什么问题，再说怎么用。\n\n"
        f"<div><strong>精选留言（{len(comments)}）</strong></div><ul>\n{items}\n</ul>\n"
    )


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of three lessons."""
    folder = tmp_path / "locks"
    folder.mkdir()
    (folder / "01 - 互斥锁.md").write_text(lesson("互斥锁", "互斥锁会不会饿死？", "打卡"), "utf-8")
    (folder / "02 - 读写锁.md").write_text(lesson("读写锁", "读写锁升级为什么会死锁？"), "utf-8")
    (folder / "03 - 自旋锁.md").write_text(lesson("自旋锁", "单核机器上能用自旋锁吗？"), "utf-8")
    return folder


def test_the_bundled_courses_come_in_whole_and_only_once(coursebot: Coursebot) -> None:
    first = coursebot.succeeds("import", "--all", "--json", COURSES).json
    assert {name: type(value) for name, value in first.items()} == REPORT
    assert list(first) == list(REPORT)
    assert (first["courses"], first["lessons"], first["comments"], first["changed"]) == (2, 14, 212, 14)
    assert (first["with_reply_text"], first["answered_elsewhere"], first["skipped"]) == (104, 54, [])
    second = coursebot.succeeds("import", "--all", "--json", COURSES).json
    assert second == first | {"changed": 0}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh_CN.UTF-8", "课程 2 · 讲 14"),
        ("en_US.UTF-8", "courses 2 · lessons 14"),
        ("zh_TW.UTF-8", "課程 2 · 講 14"),
        ("C", "courses 2 · lessons 14"),
    ],
)
def test_the_report_speaks_the_language_of_the_terminal(tmp_path: Path, lang: str, said: str) -> None:
    assert said in Coursebot(data=tmp_path / "data", language=lang).succeeds("import", "--all", COURSES).out


def test_a_lesson_file_alone_is_a_course(coursebot: Coursebot) -> None:
    report = coursebot.succeeds("import", "--json", FIXTURES / "03-inodes.md").json
    assert (report["courses"], report["lessons"], report["comments"]) == (1, 1, 5)
    assert (report["with_reply_text"], report["answered_elsewhere"]) == (1, 3)
    [stored] = coursebot.succeeds("lessons", "03-inodes", "--json").json
    assert (stored["slug"], stored["title"], stored["number"]) == ("03-inodes", "inodes", 3)
    found = coursebot.succeeds("ask", "--json", "删了正在写的日志 空间没变").json["results"][0]
    assert found["text"].endswith("是不是“/var/log” 下面的句柄还开着？")
    assert (found["source"], found["answer"], found["lesson"]) == ("reader", None, "03-inodes")


@pytest.mark.skipif(not REAL_LESSON.exists(), reason="the real lesson is not beside this checkout")
def test_a_real_lesson_as_a_course_exports_it(coursebot: Coursebot) -> None:
    report = coursebot.succeeds("import", "--json", REAL_LESSON).json
    assert (report["lessons"], report["comments"], report["answered_elsewhere"]) == (1, 30, 27)
    assert report["skipped"] == []
    asked = "打包了整个操作系统的镜像会不会很大"
    texts = [result["text"] for result in coursebot.succeeds("ask", "--json", asked).json["results"]]
    assert any("打包了系统镜像" in text or "打包了整个操作系统" in text for text in texts[:2])


def test_what_the_command_says_of_a_course(coursebot: Coursebot, course: Path) -> None:
    template = "https://example.org/{slug}?n={number}&p={position}"
    named = ("--course", "locking", "--title", "锁", "--url-template", template)
    coursebot.succeeds("import", course, *named)
    [stored] = coursebot.succeeds("courses", "--json").json
    assert (stored["slug"], stored["title"], stored["lessons"]) == ("locking", "锁", 3)
    urls = [each["url"] for each in coursebot.succeeds("lessons", "locking", "--json").json]
    assert urls[1] == "https://example.org/02%20-%20%E8%AF%BB%E5%86%99%E9%94%81?n=2&p=2"


def test_a_changed_lesson_keeps_what_it_is(coursebot: Coursebot, course: Path) -> None:
    coursebot.succeeds("import", course)
    [ref] = coursebot.refs("读写锁升级为什么会死锁", "--limit", "1")
    file = course / "02 - 读写锁.md"
    file.write_text(lesson("读写锁", "读写锁升级为什么会死锁？", "写者优先怎么实现？"), "utf-8")
    report = coursebot.succeeds("import", "--json", course).json
    assert (report["changed"], report["comments"]) == (1, 5)
    assert coursebot.refs("读写锁升级为什么会死锁", "--limit", "1") == [ref]
    assert coursebot.succeeds("import", "--json", course).json["changed"] == 0


def test_a_vanished_lesson_is_retired_and_comes_back(coursebot: Coursebot, course: Path) -> None:
    coursebot.succeeds("import", course)
    [ref] = coursebot.refs("单核机器上能用自旋锁吗", "--limit", "1")
    file = course / "03 - 自旋锁.md"
    text = file.read_text("utf-8")
    file.unlink()
    assert coursebot.succeeds("import", "--json", course).json["changed"] == 1
    assert len(coursebot.succeeds("lessons", "locks", "--json").json) == 2
    assert ref not in coursebot.refs("单核机器上能用自旋锁吗")
    file.write_text(text, "utf-8")
    coursebot.succeeds("import", course)
    assert coursebot.refs("单核机器上能用自旋锁吗", "--limit", "1") == [ref]


def test_one_file_of_a_course_is_updated_alone(coursebot: Coursebot, course: Path) -> None:
    (course / "course.toml").write_text('title = "锁"\n', "utf-8")
    coursebot.succeeds("import", course)
    file = course / "01 - 互斥锁.md"
    file.write_text(lesson("互斥锁", "互斥锁公平吗？"), "utf-8")
    assert coursebot.succeeds("import", "--json", file).json["changed"] == 1
    assert len(coursebot.succeeds("lessons", "locks", "--json").json) == 3


GOOD = lesson("好的一讲", "为什么？").encode()
CUT_OFF = GOOD[: GOOD.index("为什么".encode()) + 3]
BAD = {
    "gbk": ("中文正文".encode("gbk"), 1, "UTF-8"),
    "broken": ("正文\n第二行".encode() + b"\xff\xfe", 2, "UTF-8"),
    "empty": (b"", 1, "空"),
    "blank": (b" \n\n", 1, "空"),
    "binary": (b"\x7fELF\x02\x01\x01" + bytes(40), 1, "不是文本"),
    "no article": (GOOD[GOOD.index(b"<div>") :], 1, "没有文章正文"),
    "cut off": (CUT_OFF, 6, "断了"),
    "50 MB": (b"a" * 50_000_000, 1, "太大"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_costs_one_line_and_nothing_else(coursebot: Coursebot, course: Path, name: str) -> None:
    content, line, why = BAD[name]
    file = course / "04 - 坏的.md"
    file.write_bytes(content)
    ran = coursebot("import", "--json", course)
    assert ran.code == 1
    [skipped] = ran.json["skipped"]
    assert list(skipped) == ["file", "line", "why"]
    assert (Path(skipped["file"]), skipped["line"]) == (file, line)
    assert why in skipped["why"]
    assert ran.json["lessons"] >= 3
    said = coursebot("import", course).err
    assert said == f"{file}:{line}: {skipped['why']}\n"


@pytest.mark.parametrize("name", [name for name in BAD if name not in {"no article", "cut off"}])
def test_nothing_but_a_bad_file_is_nothing_done(coursebot: Coursebot, tmp_path: Path, name: str) -> None:
    file = tmp_path / "1.md"
    file.write_bytes(BAD[name][0])
    ran = coursebot("import", "--json", file)
    assert (ran.code, ran.json["courses"], len(ran.json["skipped"])) == (2, 0, 1)


def test_a_link_that_leads_to_itself(coursebot: Coursebot, course: Path) -> None:
    (course / "05 - 圈.md").symlink_to(course / "05 - 圈.md")
    (course / "圈").symlink_to(course)
    ran = coursebot("import", "--all", "--json", course.parent)
    assert (ran.code, ran.json["courses"], ran.json["lessons"]) == (1, 1, 3)
    assert [Path(skipped["file"]).name for skipped in ran.json["skipped"]] == ["05 - 圈.md"]


def test_a_path_that_is_not_there(coursebot: Coursebot, tmp_path: Path) -> None:
    ran = coursebot("import", tmp_path / "nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"没有这个文件或文件夹：{tmp_path / 'nowhere'}。请检查路径。\n"
    assert not coursebot.data.exists()


def test_a_folder_without_a_course(coursebot: Coursebot, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in (["import", tmp_path / "empty"], ["import", "--all", tmp_path / "empty"]):
        ran = coursebot(*arguments)
        assert ran.code == 2
        assert len(ran.err.splitlines()) == 1


def test_a_script_in_a_comment_is_not_text(coursebot: Coursebot, course: Path) -> None:
    text = '它能跑吗？<script>alert("x")</script><img src=x onerror=alert(1)>'
    (course / "04 - 脚本.md").write_text(lesson("脚本", text), "utf-8")
    coursebot.succeeds("import", course)
    found = coursebot.succeeds("ask", "--json", "脚本 它能跑吗").json["results"]
    assert "它能跑吗？" in [result["text"] for result in found]
    assert not any("alert" in result["text"] for result in found)


def test_one_odd_byte_does_not_cost_a_lesson(coursebot: Coursebot, course: Path) -> None:
    text = "正文" * 1000 + "\x00" + "正文"
    (course / "04 - 怪.md").write_text(text + lesson("怪", "怪吗？"), "utf-8")
    assert coursebot.succeeds("import", "--json", course).json["lessons"] == 4


def test_two_courses_of_one_name_stay_apart(coursebot: Coursebot, tmp_path: Path, course: Path) -> None:
    for place in ("a", "b"):
        shutil.copytree(course, tmp_path / "both" / place / "locks")
    coursebot.succeeds("import", "--all", tmp_path / "both")
    assert [each["slug"] for each in coursebot.succeeds("courses", "--json").json] == ["locks@a", "locks@b"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(coursebot: Coursebot, course: Path) -> None:
    (course / "03 - 自旋锁.md").chmod(0)
    assert coursebot("import", course).code == 1
