"""One lesson file: bytes in, a lesson and what could not be read of it out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.blocks import read_blocks
from knowledge.comments import CommentBlock, read_comments
from knowledge.model import Lesson
from knowledge.names import lesson_number, lesson_title
from knowledge.passages import cut
from knowledge.problems import Problem

MAX_BYTES = 8 * 1024 * 1024
"""Larger files are no lessons: the largest of 10,000 real ones has 0.5 MB."""

MAX_ZEROS = 0.001
"""Share of zero bytes from which on a file is no text. An editor's slip leaves one in a long article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFile:
    """What was read of a file.

    Attributes:
        lesson: the lesson, or None where nothing could be read.
        problems: what was skipped and why.
    """

    lesson: Lesson | None
    problems: tuple[Problem, ...] = ()


def read_lesson(path: Path, *, title: str | None = None) -> LessonFile:
    """Read a lesson file. Never raises: whatever is wrong with the file is a problem in the result.

    Args:
        path: the file.
        title: the title that the course's table of contents gives it, or None to take it from the file's name.
    """
    text = _decode(path)
    if isinstance(text, Problem):
        return LessonFile(lesson=None, problems=(text,))
    block = read_comments(text)
    article = text[: block.start] if block else text
    cut_article = cut(read_blocks(_without_front_matter(article)))
    problems = list(_comment_problems(path, text, block)) if block else []
    comments = block.comments if block else ()
    if not cut_article.passages:
        if not comments:
            return LessonFile(lesson=None, problems=(Problem(str(path), 1, "no-article"), *problems))
        problems.insert(0, Problem(str(path), 1, "comments-only", {"read": len(comments)}))
    lesson = Lesson(
        slug=path.stem,
        title=title or lesson_title(path.stem),
        position=1,
        number=lesson_number(path.stem),
        passages=cut_article.passages,
        exercises=cut_article.exercises,
        comments=comments,
    )
    return LessonFile(lesson=lesson, problems=tuple(problems))


def read_text(path: Path) -> str:
    """The prose of a Markdown file without comments, for a course's introduction; empty where unreadable."""
    text = _decode(path)
    if isinstance(text, Problem):
        return ""
    return "\n".join(block.text for block in read_blocks(_without_front_matter(text)))


def _decode(path: Path) -> str | Problem:
    name = str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return Problem(
                name, 1, "file-too-big", {"size": f"{size / 1e6:.0f}", "limit": f"{MAX_BYTES / 1e6:.0f}"}
            )
        data = path.read_bytes()
    except OSError as error:
        return Problem(name, 1, "file-unreadable", {"reason": error.strerror or type(error).__name__})
    if data.count(0) > len(data) * MAX_ZEROS:
        return Problem(name, 1, "file-binary")
    try:
        text = data.replace(b"\x00", b"").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(name, data.count(b"\n", 0, error.start) + 1, "file-not-utf8")
    if not text.strip():
        return Problem(name, 1, "file-empty")
    return text


def _without_front_matter(article: str) -> str:
    if not article.startswith("---\n"):
        return article
    end = article.find("\n---", 4)
    return article if end < 0 else article[article.find("\n", end + 1) + 1 :]


def _comment_problems(path: Path, text: str, block: CommentBlock) -> list[Problem]:
    def at(offset: int) -> int:
        return text.count("\n", 0, offset) + 1

    name = str(path)
    problems = [Problem(name, at(offset), "comment-unreadable") for offset in block.unread]
    if block.cut_off is not None:
        problems.append(Problem(name, at(block.cut_off), "comments-cut-off", {"read": len(block.comments)}))
    elif len(block.comments) + len(block.unread) != block.announced:
        values: dict[str, object] = {"announced": block.announced, "read": len(block.comments)}
        problems.append(Problem(name, at(block.start), "comments-count", values))
    return problems
