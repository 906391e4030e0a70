"""A course folder: its table of contents, its settings and its lesson files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from knowledge.errors import CoursebotError
from knowledge.glossary import Glossary
from knowledge.lesson_file import LessonFile, read_lesson, read_text
from knowledge.model import Course, Lesson
from knowledge.names import LESSON_SUFFIXES, lesson_title, reading_order
from knowledge.problems import Problem

_NOT_LESSONS = frozenset({"readme", "summary", "license", "changelog", "contributing"})
_INTRODUCTION = "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOptions:
    """What the operator says of a course, before what its folder says.

    Attributes:
        slug: the course's slug, or None for the folder's name.
        title: its title, or None for what the folder says, else the slug.
        url_template: link to a lesson with {slug}, {number}, {position} in it, or None for what the folder says.
    """

    slug: str | None = None
    title: str | None = None
    url_template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFolder:
    """What was read of a course.

    Attributes:
        course: None where it has no readable lesson.
        problems: what could not be read.
        glossary: groups of terms that mean the same in this course, from its folder's `glossary.toml`.
    """

    course: Course | None
    problems: tuple[Problem, ...]
    glossary: tuple[tuple[str, ...], ...] = ()


@dataclass(slots=True, kw_only=True)
class _Manifest:
    title: str = ""
    author: str = ""
    language: str = ""
    url_template: str = ""
    order: list[str] = field(default_factory=list)  # file names, in reading order
    titles: dict[str, str] = field(default_factory=dict)  # titles that the table of contents gives


def read_course(
    path: Path, options: CourseOptions | None = None, *, read: Callable[[], None] | None = None
) -> CourseFolder:
    """Read a course from its folder, or a part of it from one lesson file.

    Args:
        path: a course folder or one lesson file.
        options: what the operator says of it.
        read: called after each file, for a progress bar.

    Raises:
        CoursebotError: "path-missing" when nothing is there.
    """
    options = options or CourseOptions()
    if not path.exists():
        raise CoursebotError("path-missing", path=path)
    folder = course_root(path) if path.is_file() else path
    problems: list[Problem] = []
    manifest = _manifest(folder, problems)
    slug = options.slug or (folder.resolve().name if path.is_dir() or _has_manifest(folder) else path.stem)
    files = [path] if path.is_file() else _lesson_files(folder, manifest, problems)
    lessons: list[Lesson] = []
    for file in files:
        one: LessonFile = read_lesson(file, title=lesson_title(manifest.titles.get(file.name, "")) or None)
        problems.extend(one.problems)
        if one.lesson is not None:
            lessons.append(one.lesson)
        if read is not None:
            read()
    if not lessons:
        if not problems:
            problems.append(Problem(str(path), 1, "not-a-course", {"path": path}))
        return CourseFolder(course=None, problems=tuple(problems))
    course = Course(
        slug=slug,
        title=options.title or manifest.title or slug,
        author=manifest.author,
        language=manifest.language or _language(lessons),
        introduction="" if path.is_file() else _introduction(folder),
        lessons=_placed(lessons, options.url_template or manifest.url_template),
        complete=path.is_dir(),
    )
    glossary = _glossary(folder / "glossary.toml", problems) if path.is_dir() else ()
    return CourseFolder(course=course, problems=tuple(problems), glossary=glossary)


def _glossary(file: Path, problems: list[Problem]) -> tuple[tuple[str, ...], ...]:
    if not file.is_file():
        return ()
    try:
        return Glossary.load(file).groups
    except CoursebotError as error:
        problems.append(Problem(str(file), 1, error.key, error.values))
        return ()


def find_courses(root: Path) -> list[Path]:
    """The course folders at or under `root`, at any depth, by path.

    A folder with `mkdocs.yml` or `course.toml` is a course; so is one that holds lesson files itself or in
    `docs/`, unless courses lie below it. Links are followed, and each real folder is visited once.
    """
    seen: set[Path] = set()
    return sorted(_find(root, seen))


def course_root(path: Path) -> Path:
    """The course folder that a lesson file or a `docs/` folder belongs to."""
    folder = path.parent if path.is_file() else path
    return folder.parent if folder.name == "docs" else folder


def count_files(folder: Path) -> int:
    """How many lesson files a course folder has, for a progress bar."""
    return sum(1 for _ in _candidates(folder))


def _find(folder: Path, seen: set[Path]) -> list[Path]:
    try:
        real = folder.resolve()
        if real in seen:
            return []
        seen.add(real)
        if _has_manifest(folder):
            return [folder]
        below = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith(".")]
    except OSError:  # unreadable, or a link that leads in a circle
        return []
    inner = [found for child in below if child.name != "docs" for found in _find(child, seen)]
    if not inner and next(iter(_candidates(folder)), None) is not None:
        return [folder]
    return inner


def _has_manifest(folder: Path) -> bool:
    return (folder / "mkdocs.yml").is_file() or (folder / "course.toml").is_file()


def _candidates(folder: Path) -> Iterable[Path]:
    docs = folder / "docs"
    for file in sorted((docs if docs.is_dir() else folder).iterdir()):
        stem = file.stem.lower()
        if file.suffix.lower() not in LESSON_SUFFIXES or file.name.startswith("."):
            continue
        if (
            stem == _INTRODUCTION
            or stem in _NOT_LESSONS
            or file.stem == folder.resolve().name
            or file.is_dir()
        ):
            continue
        yield file


def _lesson_files(folder: Path, manifest: _Manifest, problems: list[Problem]) -> list[Path]:
    files = {file.name: file for file in _candidates(folder)}
    ordered = [files.pop(name) for name in manifest.order if name in files]
    missing = [name for name in manifest.order if name not in {file.name for file in ordered}]
    docs = folder / "docs" if (folder / "docs").is_dir() else folder
    reason: dict[str, object] = {"reason": "No such file"}
    absent = [docs / name for name in missing if not (docs / name).exists()]
    problems.extend(Problem(str(file), 1, "file-unreadable", reason) for file in absent)
    return ordered + sorted(files.values(), key=lambda file: reading_order(file.stem))


def _introduction(folder: Path) -> str:
    docs = folder / "docs" if (folder / "docs").is_dir() else folder
    for stem in (_INTRODUCTION, folder.resolve().name):
        for file in (docs / f"{stem}.md", docs / f"{stem}.html"):
            if file.is_file() and (text := read_text(file)):
                return text
    return ""


def _placed(lessons: list[Lesson], template: str) -> tuple[Lesson, ...]:
    return tuple(
        replace(lesson, position=position, url=_url(template, lesson, position))
        for position, lesson in enumerate(lessons, start=1)
    )


def _url(template: str, lesson: Lesson, position: int) -> str | None:
    if not template:
        return None
    values = {"slug": quote(lesson.slug), "position": str(position), "number": str(lesson.number or position)}
    url = template
    for name, value in values.items():
        url = url.replace("{" + name + "}", value)
    return url


def _language(lessons: list[Lesson]) -> str:
    """Chinese where a tenth of the letters are Han characters: courses quote much English code."""
    sample = "".join(passage.text for lesson in lessons[:5] for passage in lesson.passages[:20])
    letters = [character for character in sample if character.isalpha()]
    han = sum("\u4e00" <= character <= "\u9fff" for character in letters)
    return "zh-CN" if not letters or han * 10 >= len(letters) else "en"


def _manifest(folder: Path, problems: list[Problem]) -> _Manifest:
    manifest = _Manifest()
    for name, load in (("mkdocs.yml", _read_mkdocs), ("course.toml", _read_toml)):
        file = folder / name
        if file.is_file():
            try:
                load(file, manifest)
            except (OSError, UnicodeDecodeError, yaml.YAMLError, tomllib.TOMLDecodeError) as error:
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                problems.append(Problem(str(file), 1, "manifest-unreadable", {"reason": reason}))
    return manifest


class _TolerantLoader(yaml.SafeLoader):
    """Reads a site's settings whatever tags they have (mkdocs.yml names Python objects): those become None."""


_TolerantLoader.add_multi_constructor("", lambda loader, suffix, node: None)


def _read_mkdocs(file: Path, manifest: _Manifest) -> None:
    data = yaml.load(file.read_text("utf-8-sig"), _TolerantLoader)  # noqa: S506 (a SafeLoader that builds less)
    if not isinstance(data, dict):
        return
    manifest.title = _string(data.get("site_name"))
    manifest.author = _string(data.get("site_author"))
    theme = data.get("theme")
    manifest.language = _string(theme.get("language")) if isinstance(theme, dict) else ""
    _read_nav(data.get("nav"), manifest)


def _read_nav(nav: Any, manifest: _Manifest) -> None:
    """Follow `nav`: a list of file names, of {title: file name}, and of {section: list}, nested at will."""
    for item in nav if isinstance(nav, list) else []:
        if isinstance(item, str):
            manifest.order.append(item.rsplit("/", 1)[-1])
        elif isinstance(item, dict):
            for title, target in item.items():
                if isinstance(target, str):
                    name = target.rsplit("/", 1)[-1]
                    manifest.order.append(name)
                    manifest.titles[name] = _string(title)
                else:
                    _read_nav(target, manifest)


def _read_toml(file: Path, manifest: _Manifest) -> None:
    data = tomllib.loads(file.read_text("utf-8-sig"))
    manifest.title = _string(data.get("title")) or manifest.title
    manifest.author = _string(data.get("author")) or manifest.author
    manifest.language = _string(data.get("language")) or manifest.language
    manifest.url_template = _string(data.get("url_template")) or manifest.url_template
    order = data.get("order")
    if isinstance(order, list):
        names = [_string(name) for name in order]
        manifest.order = [
            name if Path(name).suffix.lower() in LESSON_SUFFIXES else f"{name}.md" for name in names
        ]


def _string(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""
