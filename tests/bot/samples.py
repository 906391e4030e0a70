"""The bundled courses as digests see them, without a database."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.daily.digests import LessonContent
from knowledge.course import read_course
from knowledge.entry import Entry, Source
from knowledge.model import Comment, Course, Lesson
from tests.bot.support import lesson_content

FOLDER = Path(__file__).parents[2] / "courses"


@cache
def contents() -> dict[tuple[str, int], LessonContent]:
    """Every lesson, by its course's slug and its place."""
    found: dict[tuple[str, int], LessonContent] = {}
    for folder in sorted(FOLDER.iterdir()):
        course = read_course(folder).course if folder.is_dir() else None
        for lesson in course.lessons if course else ():
            assert course
            entries = [_entry(course, lesson, *each) for each in enumerate(lesson.comments, 1)]
            found[course.slug, lesson.position] = lesson_content(course, lesson, entries)
    return found


def _entry(course: Course, lesson: Lesson, number: int, comment: Comment) -> Entry:
    return Entry(
        ref=f"c{number}",
        source=Source.READER if comment.reply is None else Source.AUTHOR,
        course=course.slug,
        course_title=course.title,
        lesson=lesson.slug,
        lesson_title=lesson.title,
        text=comment.text,
        answer=comment.reply,
        author=comment.author,
        answered_by=course.author if comment.reply else "",
        likes=comment.likes,
    )
