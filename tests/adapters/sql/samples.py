"""Small courses to save, and a reader of what was saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from bot.stores import EntryFeed
from knowledge.entry import Entry
from knowledge.model import Comment, Course, Lesson, Passage

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 12, tzinfo=UTC)

QUESTION = Comment(author="Ada", text="What is\na pod?", likes=3, posted_on=date(2020, 1, 1))
ANSWERED = Comment(
    author="Bo", text="And a node?", reply_count=1, reply="A machine.", posted_on=date(2020, 1, 2)
)
ELSEWHERE = Comment(author="Cy", text="Why?", reply_count=2, posted_on=date(2020, 1, 3))

FIRST = Lesson(
    slug="01-pods",
    title="Pods",
    position=1,
    number=1,
    url="https://example.org/1",
    exercises="Draw one.",
    passages=(Passage(heading="", text="A pod is a group."), Passage(heading="Why", text="Because.")),
    comments=(QUESTION, ANSWERED),
)
SECOND = Lesson(
    slug="02-nodes",
    title="Nodes",
    position=2,
    number=2,
    passages=(Passage(heading="", text="A node is a machine."),),
    comments=(ELSEWHERE,),
)
COURSE = Course(slug="k8s", title="Kubernetes", author="Zhang", lessons=(FIRST, SECOND))


def with_lessons(*lessons: Lesson, complete: bool = True) -> Course:
    """Give the sample course with other lessons."""
    return replace(COURSE, lessons=lessons, complete=complete)


def with_comments(*comments: Comment) -> Course:
    """Give the sample course with other comments under its first lesson."""
    return with_lessons(replace(FIRST, comments=comments), SECOND)


class Replica:
    """What a reader of the feed keeps: entries by ref, as of a revision."""

    def __init__(self, feed: EntryFeed, course: str = COURSE.slug) -> None:
        self._feed = feed
        self._course = course
        self.revision = 0
        self.entries: dict[str, Entry] = {}
        self.upserted: set[str] = set()
        self.removed: set[str] = set()

    async def follow(self) -> Self:
        """Apply what changed since the last time."""
        self.upserted, self.removed = set(), set()
        async for batch in self._feed.changes(self._course, since=self.revision):
            for ref in batch.removed:
                self.entries.pop(ref, None)
            self.entries |= {entry.ref: entry for entry in batch.upserts}
            self.upserted |= {entry.ref for entry in batch.upserts}
            self.removed |= set(batch.removed)
        self.revision = (await self._feed.revisions()).get(self._course, 0)
        return self

    def ref(self, text: str) -> str:
        """The ref of the only entry with this text."""
        (ref,) = (entry.ref for entry in self.entries.values() if entry.text == text)
        return ref

    def entry(self, text: str) -> Entry:
        """The only entry with this text."""
        return self.entries[self.ref(text)]
