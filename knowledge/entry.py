"""An entry: one thing that can be found and shown, complete with where it stands.

Entries are what the store feeds to the index and what the index hands back, so an answer needs no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.markup import plain


class Source(StrEnum):
    """Who speaks. The four are told apart on every screen; a passage never poses as an answer."""

    AUTHOR = "author"
    ADMIN = "admin"
    READER = "reader"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A comment, a seeded question or a passage.

    Attributes:
        ref: the entry's short, stable name: a letter for its kind (c comment, s seed, p passage) and its number.
        source: who answers: the course author, an admin, another reader's comment, or the article.
        course: the course's slug.
        course_title: the course's title.
        lesson: the lesson's slug, or None for a seed that belongs to the whole course.
        lesson_title: the lesson's title; empty when `lesson` is None.
        lesson_position: the lesson's place in reading order, from 1; 0 when `lesson` is None.
        lesson_number: the number the course itself gives the lesson, or None.
        url: where the lesson can be read online, or None.
        heading: the heading above a passage; empty for the other kinds.
        text: the whole comment, question or passage.
        aliases: other wordings of `text` that mean the same question.
        answer: the answer's text: author's reply or admin's answer; None for a reader's comment and a passage.
        author: who wrote `text`; empty for passages and seeds.
        answered_by: who wrote `answer`; empty where unknown.
        likes: number of 👍 of the comment.
        reply_count: number of replies that the comment is known to have had.
        posted_on: the day of the comment, or None.
        pins: questions for which the team chose this entry as the answer; each is one of `aliases` too.
        bars: questions for which the team ruled it out.
    """

    ref: str
    source: Source
    course: str
    course_title: str
    lesson: str | None = None
    lesson_title: str = ""
    lesson_position: int = 0
    lesson_number: int | None = None
    url: str | None = None
    heading: str = ""
    text: str
    aliases: tuple[str, ...] = ()
    answer: str | None = None
    author: str = ""
    answered_by: str = ""
    likes: int = 0
    reply_count: int = 0
    posted_on: date | None = None
    pins: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()

    @property
    def searched(self) -> str:
        """The words of `text`: a passage's without the Markdown that its author wrote."""
        return plain(self.text) if self.source is Source.PASSAGE else self.text

    @property
    def answered_elsewhere(self) -> bool:
        """Known to have been answered, without the answer's text."""
        return self.answer is None and self.reply_count > 0
