"""Importing: course folders are read one at a time and each is stored in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.stores import CourseStore
from knowledge.course import CourseFolder, CourseOptions, find_courses, read_course
from knowledge.errors import CoursebotError
from knowledge.model import Course
from knowledge.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import read and changed.

    Attributes:
        courses: number of courses stored.
        lessons: number of lessons read.
        passages: number of passages cut.
        comments: number of comments read.
        with_reply_text: comments with the author's reply.
        answered_elsewhere: comments known to be answered, without the text of the answer.
        changed: lessons that were new, different or gone; 0 when everything was stored already.
        skipped: what could not be read.
    """

    courses: int = 0
    lessons: int = 0
    passages: int = 0
    comments: int = 0
    with_reply_text: int = 0
    answered_elsewhere: int = 0
    changed: int = 0
    skipped: tuple[Problem, ...] = ()

    def __add__(self, other: ImportReport) -> ImportReport:
        """Both reports together."""
        return ImportReport(
            courses=self.courses + other.courses,
            lessons=self.lessons + other.lessons,
            passages=self.passages + other.passages,
            comments=self.comments + other.comments,
            with_reply_text=self.with_reply_text + other.with_reply_text,
            answered_elsewhere=self.answered_elsewhere + other.answered_elsewhere,
            changed=self.changed + other.changed,
            skipped=self.skipped + other.skipped,
        )


async def import_courses(
    paths: Sequence[Path],
    store: CourseStore,
    *,
    options: CourseOptions,
    at: datetime,
    read: Callable[[], None] = lambda: None,
    learn: Callable[[str, Sequence[str]], object] = lambda _course, _terms: None,
) -> ImportReport:
    """Read and store the courses at `paths`; what is wrong with one file costs nothing else.

    Args:
        paths: course folders or single lesson files.
        store: where they go.
        options: what the operator says of the course; a slug or title there is for a single path only.
        at: the time of the import.
        read: called after each lesson file.
        learn: called with a stored course's slug and terms that mean the same there, for each group of its glossary.

    Raises:
        CoursebotError: "path-missing" when a path does not exist; whatever the store and `learn` raise.
    """
    report = ImportReport()
    taken: set[str] = set()
    for path, slug in _with_slugs(paths, options):
        own = replace(options, slug=slug)
        folder = await asyncio.to_thread(read_course, path, own, read=read)
        if folder.course is not None and folder.course.slug not in taken:
            taken.add(folder.course.slug)
            saved = await store.save(folder.course, at=at)
            report += replace(_counted(folder.course), changed=saved.changed)
            for terms in folder.glossary:
                learn(folder.course.slug, terms)
        report += ImportReport(skipped=folder.problems)
    return report


def read_courses(paths: Sequence[Path], options: CourseOptions) -> Iterator[tuple[CourseFolder, Path]]:
    """What the courses at `paths` hold, one at a time, as `import_courses` would store them; each with its path.

    Raises:
        CoursebotError: "path-missing" when a path does not exist.
    """
    taken: set[str] = set()
    for path, slug in _with_slugs(paths, options):
        folder = read_course(path, replace(options, slug=slug))
        if folder.course is None or folder.course.slug not in taken:
            if folder.course is not None:
                taken.add(folder.course.slug)
            yield folder, path


def report_of(folder: CourseFolder) -> ImportReport:
    """What a course folder holds, before it is stored."""
    counted = _counted(folder.course) if folder.course else ImportReport()
    return replace(counted, skipped=folder.problems)


def _with_slugs(paths: Sequence[Path], options: CourseOptions) -> list[tuple[Path, str | None]]:
    """Each path with its slug; two folders of one name are told apart by the folders they lie in."""
    if len(paths) == 1:
        return [(paths[0], options.slug)]
    names = [path.resolve().name for path in paths]
    return [
        (path, name if names.count(name) == 1 else f"{name}@{path.resolve().parent.name}")
        for path, name in zip(paths, names, strict=True)
    ]


def _counted(course: Course) -> ImportReport:
    comments = [comment for lesson in course.lessons for comment in lesson.comments]
    return ImportReport(
        courses=1,
        lessons=len(course.lessons),
        passages=sum(len(lesson.passages) for lesson in course.lessons),
        comments=len(comments),
        with_reply_text=sum(comment.reply is not None for comment in comments),
        answered_elsewhere=sum(comment.answered_elsewhere for comment in comments),
    )


def courses_at(path: Path, *, everything: bool) -> list[Path]:
    """What `path` names: itself, or with `everything` all courses below it.

    Raises:
        CoursebotError: "path-missing" when nothing is there; "nothing-to-import" when no course is below it.
    """
    if not path.exists():
        raise CoursebotError("path-missing", path=path)
    if not everything:
        return [path]
    found = find_courses(path)
    if not found:
        raise CoursebotError("nothing-to-import", path=path)
    return found
