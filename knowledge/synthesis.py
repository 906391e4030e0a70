"""Courses of any size, made of real ones: their sentences, put together anew. For measuring speed, not quality."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.entry import Entry, Source
from knowledge.model import Course

COURSE_SIZE = 2_000
"""Entries of a synthetic course."""

_END = re.compile(r"(?<=[。！？!?\n])|(?<=\. )")


def entries_of(course: Course) -> Iterator[Entry]:
    """The entries of a course that was read and not stored, as the store would feed them but for their numbers."""
    number = 0
    for lesson in course.lessons:
        base = Entry(
            ref="",
            source=Source.PASSAGE,
            course=course.slug,
            course_title=course.title,
            lesson=lesson.slug,
            lesson_title=lesson.title,
            lesson_position=lesson.position,
            lesson_number=lesson.number,
            text="",
        )
        for passage in lesson.passages:
            number += 1
            yield replace(base, ref=f"p{course.slug}{number}", heading=passage.heading, text=passage.text)
        for comment in lesson.comments:
            number += 1
            yield replace(
                base,
                ref=f"c{course.slug}{number}",
                source=Source.AUTHOR if comment.reply else Source.READER,
                text=comment.text,
                answer=comment.reply,
                likes=comment.likes,
                reply_count=comment.reply_count,
            )


def synthetic(models: Sequence[Entry], size: int, *, seed: int) -> Iterator[tuple[str, list[Entry]]]:
    """`size` entries in courses of `COURSE_SIZE`, by slug.

    Each is like one of `models`, with as many sentences, which come from any other of the same course and kind.
    """
    dice = random.Random(seed)  # noqa: S311 (nothing secret)
    sentences = {entry.ref: [each for each in _END.split(entry.text) if each.strip()] for entry in models}
    pools: dict[tuple[str, Source], list[str]] = {}
    for entry in models:
        pools.setdefault((entry.course, entry.source), []).extend(sentences[entry.ref])
    for start in range(0, size, COURSE_SIZE):
        slug = f"course-{start // COURSE_SIZE + 1}"
        made = []
        for number in range(start, min(start + COURSE_SIZE, size)):
            model = dice.choice(models)
            words = dice.choices(pools[model.course, model.source], k=len(sentences[model.ref]))
            made.append(
                replace(
                    model, ref=f"{model.ref[0]}{number}", course=slug, course_title=slug, text="".join(words)
                )
            )
        yield slug, made
