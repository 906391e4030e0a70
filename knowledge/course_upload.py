"""A course or a lesson that came as one file: unpacked into a folder of its own, read, and the folder removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from knowledge.archive import unpack_course
from knowledge.encodings import decode
from knowledge.names import LESSON_SUFFIXES, safe_name
from knowledge.problems import Problem

if TYPE_CHECKING:
    from knowledge.course import CourseFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedCourse:
    """What was read.

    Attributes:
        folder: the course and its problems, whose files are named as they were sent.
        encodings: in which its files were, where that is not UTF-8; they were converted.
    """

    folder: CourseFolder
    encodings: tuple[str, ...] = ()


def is_zip(content: bytes) -> bool:
    """Whether a file is a zip archive, or says that it is."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def is_lesson(name: str) -> bool:
    """Whether a file's name is a lesson's."""
    return PurePosixPath(name).suffix.lower() in LESSON_SUFFIXES


def slug_of(name: str) -> str:
    """A course's slug from the name of its file."""
    return safe_name(PurePosixPath(name).stem)


def read_uploaded(content: bytes, name: str, slug: str) -> UploadedCourse:
    """Read the zip of a course, or one lesson of it.

    Args:
        content: of the file.
        name: of the file, as it was sent; a lesson is known by it.
        slug: of the course.

    Raises:
        CoursebotError: as of `archive.unpack_course`.
    """
    # With it come Markdown and YAML: a tenth of a second that a start need not wait for.
    from knowledge.course import CourseOptions, read_course  # noqa: PLC0415

    with TemporaryDirectory(prefix="coursebot-") as made:
        top = Path(made)
        if is_zip(content) or not is_lesson(name):
            path = unpack_course(content, name, top)
        else:
            path = top / safe_name(PurePosixPath(name).name)
            path.write_bytes(content)
        encodings = tuple(sorted(set(_to_utf8(path))))
        read = read_course(path, CourseOptions(slug=slug))
        problems = tuple(_as_sent(each, top) for each in read.problems)
    return UploadedCourse(folder=replace(read, problems=problems), encodings=encodings)


def _to_utf8(path: Path) -> Iterator[str]:
    """Convert the files at a path; the encodings that they had."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if not file.is_file():
            continue
        found = decode(file.read_bytes())
        if found is not None and found.encoding:
            file.write_text(found.text, "utf-8", newline="")
            yield found.encoding


def _as_sent(problem: Problem, top: Path) -> Problem:
    """The same without the folder that nobody but us has seen."""
    values = {key: _without(value, top) for key, value in problem.values.items()}
    return replace(problem, file=str(_without(problem.file, top)), values=values)


def _without(value: object, top: Path) -> object:
    if not isinstance(value, str | Path):
        return value
    return str(value).removeprefix(str(top)).lstrip("/\\") or "."
