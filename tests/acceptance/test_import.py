"""`coursebot import`, from good files and bad ones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import CHINESE, ENGLISH, ROOT, Coursebot, Ran

FIXTURES = ROOT / "tests" / "fixtures"
EXPORTED = FIXTURES / "07 - 把镜像搬来搬去.md"
SEED_LESSON = ROOT.parent / "shared" / "data" / "seed-lesson.md"
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
TITLE = "<div><strong>精选留言（{}）</strong></div><ul>\n"
COMMENT = "<li><span>{}</span> 👍（1） 💬（1）<p>{}</p>2018-08-28</li><br/>"


def lesson(*questions: str, article: str = "这是一段足够长的正文，说的是容器怎么启动。") -> str:
    items = "".join(COMMENT.format(f"{question[:2]}的读者", question) for question in questions)
    return f"{article}\n\n{TITLE.format(len(questions))}{items}\n</ul>\n"


def refs(bot: Coursebot, *questions: str) -> dict[str, str]:
    """The ref of each entry that has one of these texts."""
    ran = bot("ask", "--stdin", "--json", "--limit", 20, stdin="\n".join(questions))
    results = [result for answer in ran.lines for result in answer["results"]]
    return {result["text"]: result["ref"] for result in results if result["text"] in questions}


def test_the_bundled_courses(samples: tuple[Coursebot, Ran]) -> None:
    bot, ran = samples
    report = ran.json
    assert (ran.code, ran.err) == (0, "")
    assert {name: type(value) for name, value in report.items()} == REPORT
    assert report["courses"] == 2
    assert report["lessons"] == report["changed"] >= 12
    assert report["comments"] >= 120
    assert report["skipped"] == []
    listed = bot("courses", "--json").json
    assert {course["slug"] for course in listed} == {"containers", "git-basics"}
    assert sum(course["comments"] for course in listed) == report["comments"]


def test_importing_again_changes_nothing(bot: Coursebot, samples: tuple[Coursebot, Ran]) -> None:
    again = bot("import", "--all", ROOT / "courses", "--json")
    assert again.code == 0
    assert again.json == samples[1].json | {"changed": 0}


@pytest.mark.parametrize(
    ("language", "says"), [(CHINESE, "课程 1"), (ENGLISH, "courses 1")], ids=["zh", "en"]
)
def test_a_report_for_people(empty: Coursebot, language: str, says: str) -> None:
    ran = Coursebot(data=empty.data, language=language)("import", EXPORTED)
    assert (ran.code, ran.err) == (0, "")
    assert says in ran.out


def test_a_lesson_as_courses_really_export_it(empty: Coursebot) -> None:
    ran = empty("import", EXPORTED, "--course", "registry", "--json")
    counts = {name: ran.json[name] for name in ("comments", "with_reply_text", "answered_elsewhere")}
    assert (ran.code, ran.json["skipped"]) == (0, [])
    assert counts == {"comments": 6, "with_reply_text": 1, "answered_elsewhere": 3}
    (first, *_) = empty.asked("内网仓库的垃圾回收多久做一次合适")
    assert first["text"] == "公司内网的仓库要不要做垃圾回收，多久做一次合适？"
    assert first["answer"] == "要做，每周一次，挑没有人发布的时候。"
    assert (first["source"], first["course"], first["lesson"]) == ("author", "registry", EXPORTED.stem)


@pytest.mark.skipif(
    not SEED_LESSON.is_file(), reason="the real export lies beside the developers' checkouts only"
)
def test_the_real_export(empty: Coursebot) -> None:
    report = empty("import", SEED_LESSON, "--json").json
    assert (report["comments"], report["answered_elsewhere"], report["skipped"]) == (30, 27, [])
    found = empty.asked("打包了整个操作系统的镜像会不会很大")
    assert any(result["text"].startswith("一个弱智的问题") for result in found[:3])


class TestAgain:
    """What is imported again keeps what it was."""

    KEPT, GONE, NEW = "容器停止以后数据还在吗？", "怎么限制一个容器的内存？", "为什么端口映射没有生效？"
    LAST = "命名空间有几种？"

    @pytest.fixture
    def course(self, tmp_path: Path, empty: Coursebot) -> Path:
        folder = tmp_path / "course"
        folder.mkdir()
        (folder / "01-a.md").write_text(lesson(self.KEPT, self.GONE), "utf-8")
        (folder / "02-b.md").write_text(lesson(self.LAST, article="第二讲说的是命名空间的种类。"), "utf-8")
        assert empty("import", folder).code == 0
        return folder

    def test_a_changed_lesson_is_updated_in_place(self, empty: Coursebot, course: Path) -> None:
        questions = (self.KEPT, self.GONE, self.NEW)
        before = refs(empty, *questions)
        (course / "01-a.md").write_text(lesson(self.NEW, self.KEPT), "utf-8")
        assert empty("import", course, "--json").json["changed"] == 1
        after = refs(empty, *questions)
        assert after.keys() == {self.KEPT, self.NEW}
        assert after[self.KEPT] == before[self.KEPT]
        assert after[self.NEW] not in before.values()

    def test_a_vanished_lesson_is_retired_and_comes_back(self, empty: Coursebot, course: Path) -> None:
        before = refs(empty, self.LAST)
        text = (course / "02-b.md").read_text("utf-8")
        (course / "02-b.md").unlink()
        assert empty("import", course, "--json").json["changed"] == 1
        assert [each["slug"] for each in empty("lessons", "course", "--json").json] == ["01-a"]
        assert refs(empty, self.LAST) == {}
        (course / "02-b.md").write_text(text, "utf-8")
        assert empty("import", course).code == 0
        assert refs(empty, self.LAST) == before


def test_courses_are_found_at_any_depth_and_links_in_a_circle_end(empty: Coursebot, tmp_path: Path) -> None:
    for name in ("one", "deep/er/two", "三"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "1.md").write_text(lesson("什么是镜像？"), "utf-8")
    (tmp_path / "all" / "deep" / "circle").symlink_to(tmp_path / "all")
    ran = empty("import", "--all", tmp_path / "all", "--json")
    assert (ran.code, ran.json["courses"]) == (0, 3)
    assert {course["slug"] for course in empty("courses", "--json").json} == {"one", "two", "三"}


BAD: dict[str, tuple[bytes, str, str]] = {
    "latin": (b"caf\xe9 \xff", "UTF-8", "UTF-8"),
    "empty": (b"", "is empty", "空"),
    "binary": (b"PK\x03\x04\x00\x00", "not a text file", "文本"),
    "no-article": (lesson("什么是镜像？", article="").encode(), "has no article", "正文"),
    "cut-off": (lesson("什么是镜像？", "这条留言断在").encode()[:-30], "break off", "断"),
    "too-big": (b"a" * 9_000_000, "too big", "太大"),
}


class TestBadInput:
    """One clear line for each file, and the rest is imported."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "bad"
        folder.mkdir()
        for name, (data, _, _) in BAD.items():
            (folder / f"{name}.md").write_bytes(data)
        (folder / "loop.md").symlink_to("loop.md")
        (folder / "good.md").write_text(lesson("什么是镜像？"), "utf-8")
        return folder

    @pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
    def test_in_a_folder(self, empty: Coursebot, folder: Path, language: str) -> None:
        ran = Coursebot(data=empty.data, language=language)("import", folder)
        assert ran.code == 1
        said = ran.err.strip().split("\n")
        assert len(said) == len(BAD) + 1
        for name, (_, english, chinese) in BAD.items():
            (line,) = (line for line in said if line.startswith(f"{folder / name}.md:"))
            assert (english if language == ENGLISH else chinese) in line
        assert any(line.startswith(f"{folder}/loop.md:1: ") for line in said)
        # A lesson that lacks its article or some of its comments has good ones still.
        slugs = [each["slug"] for each in empty("lessons", "bad", "--json").json]
        assert sorted(slugs) == ["cut-off", "good", "no-article"]

    def test_as_json(self, empty: Coursebot, folder: Path) -> None:
        ran = empty("import", folder, "--json")
        assert (ran.code, ran.err) == (1, "")
        skipped: list[dict[str, Any]] = ran.json["skipped"]
        assert all(each.keys() == {"file", "line", "why"} for each in skipped)
        (cut,) = (each for each in skipped if each["file"].endswith("cut-off.md"))
        assert cut["line"] > 1

    @pytest.mark.parametrize("name", ["latin", "empty", "binary", "too-big"])
    def test_alone(self, empty: Coursebot, folder: Path, name: str) -> None:
        ran = empty("import", folder / f"{name}.md")
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert BAD[name][1] in ran.err

    def test_what_is_not_there(self, empty: Coursebot, tmp_path: Path, folder: Path) -> None:
        (tmp_path / "hollow").mkdir()
        for arguments in (
            [tmp_path / "nowhere"],
            ["--all", tmp_path / "nowhere"],
            [folder / "loop.md"],
            [tmp_path / "hollow"],
            ["--all", tmp_path / "hollow"],
        ):
            ran = empty("import", *arguments)
            assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), ran.err
            assert str(arguments[-1]) in ran.err


def test_a_script_in_a_comment_is_neither_kept_nor_shown(empty: Coursebot, tmp_path: Path) -> None:
    question = '页面卡住了怎么办？<script>alert("偷")</script><img src=x onerror="alert(1)">'
    (tmp_path / "script.md").write_text(lesson(question), "utf-8")
    assert empty("import", tmp_path / "script.md").code == 0
    texts = [result["text"] for result in empty.asked("页面卡住了怎么办")]
    assert "页面卡住了怎么办？" in texts
    assert not any("alert" in text for text in texts)


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
