"""Which stored row is which lesson, comment or passage of a course that was read again: pure, no database.

The rules stand in `bot.stores.CourseStore.save`. Rows keep their ids by them, so answers survive edits.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping

from adapters.sql.fingerprints import comment_fingerprints, lesson_fingerprint, passage_fingerprints, text_key
from knowledge.model import Course, Lesson

Values = dict[str, Any]
"""Columns of a row to be written, by name."""

Row = RowMapping | Values
"""Columns of a row, stored or to be written."""


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A row of the lesson table."""

    id: int
    slug: str
    title: str
    position: int
    number: int | None
    url: str | None
    fingerprint: str
    retired: bool


@dataclass(frozen=True, slots=True)
class MatchedLesson:
    """A lesson as read, and the row it is (None: a new one)."""

    stored: StoredLesson | None
    lesson: Lesson
    position: int
    fingerprint: str

    @property
    def place_changed(self) -> bool:
        """Whether what every entry of the lesson shows of it differs: name, title, place or link."""
        old, new = self.stored, self.lesson
        return old is None or (old.slug, old.title, old.position, old.number, old.url) != (
            new.slug,
            new.title,
            self.position,
            new.number,
            new.url,
        )

    @property
    def content_changed(self) -> bool:
        """Whether passages, comments or exercises have to be compared one by one."""
        return self.stored is None or self.stored.retired or self.stored.fingerprint != self.fingerprint


def match_lessons(
    course: Course, stored: Sequence[StoredLesson]
) -> tuple[list[MatchedLesson], list[StoredLesson]]:
    """Pair lessons with rows by slug, else by content, and list the rows that vanished."""
    by_slug = {row.slug: row for row in stored}
    named = {lesson.slug for lesson in course.lessons}
    renamed: dict[str, deque[StoredLesson]] = {}
    if course.complete:
        # Live rows are taken before retired ones when several lessons have the same content.
        for row in sorted(stored, key=lambda row: (row.retired, row.position)):
            if row.slug not in named and row.fingerprint:
                renamed.setdefault(row.fingerprint, deque()).append(row)
    end = max((row.position for row in stored if not row.retired), default=0)
    matched = []
    for lesson in course.lessons:
        fingerprint = lesson_fingerprint(lesson)
        candidates = renamed.get(fingerprint)
        found = by_slug.get(lesson.slug)
        if found is None and candidates:
            found = candidates.popleft()
        position = lesson.position
        if not course.complete:
            # A lesson that was read alone cannot know its place among the others.
            if found is not None and not found.retired:
                position = found.position
            else:
                end = position = end + 1
        matched.append(MatchedLesson(found, lesson, position, fingerprint))
    kept = {match.stored.id for match in matched if match.stored}
    vanished = [row for row in stored if course.complete and not row.retired and row.id not in kept]
    return matched, vanished


def passage_rows(lesson: Lesson) -> list[Values]:
    """Give the lesson's passages as rows, without identity."""
    prints = passage_fingerprints(lesson.passages)
    return [
        {"position": position, "heading": passage.heading, "text": passage.text, "fingerprint": fingerprint}
        for position, (passage, fingerprint) in enumerate(zip(lesson.passages, prints, strict=True), start=1)
    ]


def comment_rows(lesson: Lesson) -> list[Values]:
    """Give the lesson's comments as rows, without identity."""
    prints = comment_fingerprints(lesson.comments)
    return [
        {
            "position": position,
            "fingerprint": fingerprint,
            "text_key": text_key(comment.text),
            "author": comment.author,
            "text": comment.text,
            "likes": comment.likes,
            "reply_count": comment.reply_count,
            "reply": comment.reply,
            "posted_on": comment.posted_on,
        }
        for position, (comment, fingerprint) in enumerate(zip(lesson.comments, prints, strict=True), start=1)
    ]


def author_and_day(row: Row) -> Hashable | None:
    """Give what an edited comment is known by; None where the day is unknown."""
    return row["posted_on"] and (row["author"], row["posted_on"])


@dataclass(slots=True)
class EntryChangeset:
    """What has to be written for the comments, or the passages, of some lessons.

    Attributes:
        added: whole rows, with `lesson_id`.
        updated: the columns of rows whose entry differs; `row_id` says which.
        moved: new `position` of rows (`row_id`) whose entry is the same otherwise.
        retired: ids of live rows that vanished.
    """

    added: list[Values] = field(default_factory=list)
    updated: list[Values] = field(default_factory=list)
    moved: list[Values] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """Number of entries that differ from what was stored."""
        return len(self.added) + len(self.updated) + len(self.retired)

    def compare(
        self,
        lesson_id: int,
        stored: Iterable[Row],
        wanted: Sequence[Values],
        *,
        edited: Callable[[Row], Hashable | None] | None = None,
    ) -> None:
        """Add what one lesson needs.

        Args:
            lesson_id: the lesson's row.
            stored: the rows it has, retired ones included.
            wanted: the rows it should have.
            edited: gives what an edited row is known by, if only one row on either side has it.
        """
        missing = {row["fingerprint"]: row for row in stored}
        new = []
        for values in wanted:
            row = missing.pop(values["fingerprint"], None)
            if row is None:
                new.append(values)
            else:
                self._keep(row, values)
        gone = [row for row in missing.values() if row["retired_at"] is None]
        if edited and new and gone:
            new, gone = self._keep_edited(edited, new, gone)
        self.added.extend({"lesson_id": lesson_id, **values} for values in new)
        self.retired.extend(row["id"] for row in gone)

    def _keep(self, row: Row, values: Values) -> None:
        if row["retired_at"] is not None or any(
            row[name] != value for name, value in values.items() if name != "position"
        ):
            self.updated.append({"row_id": row["id"], **values})
        elif row["position"] != values["position"]:
            self.moved.append({"row_id": row["id"], "position": values["position"]})

    def _keep_edited(
        self,
        edited: Callable[[Row], Hashable | None],
        new: list[Values],
        gone: list[Row],
    ) -> tuple[list[Values], list[Row]]:
        """Pair the rows that are the only one of their kind on both sides; return what is left."""
        count_new, count_gone = Counter(map(edited, new)), Counter(map(edited, gone))
        pairs = {key for key, count in count_new.items() if key is not None and count == count_gone[key] == 1}
        rows = {edited(row): row for row in gone}
        for values in new:
            if (key := edited(values)) in pairs:
                self._keep(rows[key], values)
        return (
            [values for values in new if edited(values) not in pairs],
            [row for row in gone if edited(row) not in pairs],
        )
