"""Course folders as operators have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.course import CourseOptions, find_courses, read_course
from knowledge.errors import CoursebotError
from knowledge.lesson_file import MAX_BYTES, read_lesson
from knowledge.names import chinese_number, lesson_number, lesson_title

COURSES = Path(__file__).parents[2] / "courses"
COMMENTS = (
    "<div><strong>精选留言（1）</strong></div><ul>\n"
    "<li><span>a</span> 👍（1） 💬（1）<p>问？</p>2018-08-28</li>\n</ul>"
)


def lessons_in(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(f"这里是{name}的正文。\n{COMMENTS}", "utf-8")
    return folder


def slugs(path: Path) -> list[str]:
    course = read_course(path).course
    assert course is not None
    return [lesson.slug for lesson in course.lessons]


def test_without_a_table_of_contents_names_give_the_order(tmp_path: Path) -> None:
    folder = lessons_in(
        tmp_path / "c",
        "10 - 十.md",
        "2 - 二.md",
        "结束语 - 再见.md",
        "加餐 - 一.md",
        "开篇词 - 你好.md",
        "index.md",
        "c.md",
    )
    assert slugs(folder) == ["开篇词 - 你好", "2 - 二", "10 - 十", "加餐 - 一", "结束语 - 再见"]


def test_the_nav_of_mkdocs_gives_the_order_and_titles(tmp_path: Path) -> None:
    lessons_in(tmp_path / "c" / "docs", "a.md", "b.md", "z.md")
    nav = "site_name: 课程\nnav:\n  - b.md\n  - 一章:\n    - 第一讲: a.md\nx: !!python/name:os.system\n"
    (tmp_path / "c" / "mkdocs.yml").write_text(nav, "utf-8")
    course = read_course(tmp_path / "c").course
    assert course is not None
    assert course.title == "课程"
    assert [(lesson.slug, lesson.title, lesson.position) for lesson in course.lessons] == [
        ("b", "b", 1),
        ("a", "第一讲", 2),
        ("z", "z", 3),
    ]


def test_course_toml(tmp_path: Path) -> None:
    lessons_in(tmp_path / "c", "a.md", "b.md")
    toml = 'title = "课"\nauthor = "王"\nlanguage = "zh-CN"\n'
    toml += 'url_template = "https://e.org/{slug}/{position}"\norder = ["b", "a.md"]'
    (tmp_path / "c" / "course.toml").write_text(toml, "utf-8")
    course = read_course(tmp_path / "c").course
    assert course is not None
    assert (course.title, course.author, course.language) == ("课", "王", "zh-CN")
    assert [lesson.url for lesson in course.lessons] == ["https://e.org/b/1", "https://e.org/a/2"]


def test_a_broken_manifest_costs_nothing_but_itself(tmp_path: Path) -> None:
    lessons_in(tmp_path / "c", "1 - a.md")
    (tmp_path / "c" / "course.toml").write_text("title = ", "utf-8")
    read = read_course(tmp_path / "c")
    assert read.course is not None
    assert [problem.key for problem in read.problems] == ["manifest-unreadable"]


def test_what_the_operator_says_comes_first(tmp_path: Path) -> None:
    folder = lessons_in(tmp_path / "c", "5 - a.md")
    options = CourseOptions(slug="s", title="T", url_template="https://e.org/{number}")
    course = read_course(folder, options).course
    assert course is not None
    assert (course.slug, course.title, course.lessons[0].url) == ("s", "T", "https://e.org/5")


def test_one_file_is_a_part_of_its_course(tmp_path: Path) -> None:
    folder = lessons_in(tmp_path / "c" / "docs", "1 - a.md", "2 - b.md").parent
    (folder / "mkdocs.yml").write_text("site_name: 课程\n", "utf-8")
    course = read_course(folder / "docs" / "2 - b.md").course
    assert course is not None
    assert (course.slug, course.complete, len(course.lessons)) == ("c", False, 1)


def test_courses_are_found_at_any_depth(tmp_path: Path) -> None:
    lessons_in(tmp_path / "x" / "one" / "docs", "1.md")
    lessons_in(tmp_path / "x" / "y" / "two", "1.md")
    lessons_in(tmp_path, "README.md")
    (tmp_path / "x" / "loop").symlink_to(tmp_path / "x")
    (tmp_path / "x" / "self").symlink_to(tmp_path / "x" / "self")
    assert [folder.name for folder in find_courses(tmp_path)] == ["one", "two"]


def test_the_sample_courses_are_whole() -> None:
    for name, lessons, comments, language in (("containers", 10, 146, "zh-CN"), ("git-basics", 4, 66, "en")):
        read = read_course(COURSES / name)
        assert read.problems == ()
        assert read.course is not None
        assert len(read.course.lessons) == lessons
        assert sum(len(lesson.comments) for lesson in read.course.lessons) == comments
        assert read.course.language == language
        assert all(lesson.exercises for lesson in read.course.lessons if lesson.number)


@pytest.mark.parametrize(
    ("content", "key", "line"),
    [
        ("中文\n正文".encode("gbk"), "file-not-utf8", 1),
        (b"fine\n\xff\xfe", "file-not-utf8", 2),
        (b"  \n", "file-empty", 1),
        (b"\x89PNG\x00\x01", "file-binary", 1),
        (b"a" * (MAX_BYTES + 1), "file-too-big", 1),
    ],
    ids=["gbk", "broken", "empty", "binary", "big"],
)
def test_a_bad_file_is_one_problem(tmp_path: Path, content: bytes, key: str, line: int) -> None:
    (tmp_path / "1 - a.md").write_bytes(content)
    lessons_in(tmp_path, "2 - b.md")
    read = read_course(tmp_path)
    assert [(problem.key, problem.line) for problem in read.problems] == [(key, line)]
    assert read.course is not None
    assert len(read.course.lessons) == 1


def test_a_slip_of_an_editor_is_no_binary_file(tmp_path: Path) -> None:
    (tmp_path / "1.md").write_bytes(("正文。" * 300).encode() + b"\x00" + "尾".encode())
    lesson = read_lesson(tmp_path / "1.md").lesson
    assert lesson is not None
    assert lesson.passages[-1].text.endswith("正文。尾")


def test_comments_without_an_article_are_kept_and_said(tmp_path: Path) -> None:
    (tmp_path / "1.md").write_text(COMMENTS, "utf-8")
    read = read_lesson(tmp_path / "1.md")
    assert read.lesson is not None
    assert len(read.lesson.comments) == 1
    assert [(problem.key, problem.values) for problem in read.problems] == [("comments-only", {"read": 1})]


def test_the_announced_count_is_checked(tmp_path: Path) -> None:
    (tmp_path / "1.md").write_text(
        "正文。\n\n" + COMMENTS.replace("（1）</strong>", "（3）</strong>"), "utf-8"
    )
    (problem,) = read_lesson(tmp_path / "1.md").problems
    assert (problem.key, problem.line, problem.values) == ("comments-count", 3, {"announced": 3, "read": 1})


def test_a_link_that_leads_to_itself_is_a_problem_of_that_file(tmp_path: Path) -> None:
    lessons_in(tmp_path, "1 - a.md")
    (tmp_path / "2 - b.md").symlink_to(tmp_path / "2 - b.md")
    assert [problem.key for problem in read_course(tmp_path).problems] == ["file-unreadable"]


def test_front_matter_is_no_prose(tmp_path: Path) -> None:
    (tmp_path / "1.md").write_text("---\ntitle: x\n---\n正文。", "utf-8")
    lesson = read_lesson(tmp_path / "1.md").lesson
    assert lesson is not None
    assert [passage.text for passage in lesson.passages] == ["正文。"]


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CoursebotError, match="path-missing"):
        read_course(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("slug", "number", "title"),
    [
        ("05 - 从容器说起", 5, "从容器说起"),
        ("第5讲 | 从容器说起", 5, "从容器说起"),
        ("第二十三讲：收获", 23, "收获"),
        ("01开篇", 1, "开篇"),
        ("3个例子教你连招", None, "3个例子教你连招"),
        ("加餐 - 3 道题", None, "加餐 - 3 道题"),
        ("07", 7, "07"),
        ("01-what-a-commit-is", 1, "What a commit is"),
    ],
)
def test_names_of_lessons(slug: str, number: int | None, title: str) -> None:
    assert (lesson_number(slug), lesson_title(slug)) == (number, title)


@pytest.mark.parametrize(
    ("text", "value"), [("十", 10), ("十二", 12), ("二十", 20), ("一百零五", 105), ("x", None)]
)
def test_chinese_numbers(text: str, value: int | None) -> None:
    assert chinese_number(text) == value
