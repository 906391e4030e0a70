"""The nouns of a course: what a folder of lesson files becomes once it is read.

These values carry no identity: the store decides which stored lesson or comment a parsed one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A featured reader comment under a lesson.

    Attributes:
        author: the name the reader goes by, as exported.
        text: what the reader wrote, paragraphs separated by newlines, without the author's reply.
        likes: number of 👍.
        reply_count: number of 💬, the author's and other readers' replies together; 0 where the export has none.
        reply: the text of the course author's reply, or None where the file does not have it.
        posted_on: the day it was posted, or None where the file does not say.
    """

    author: str
    text: str
    likes: int = 0
    reply_count: int = 0
    reply: str | None = None
    posted_on: date | None = None

    @property
    def answered_elsewhere(self) -> bool:
        """Known to be answered (it has replies), while the file lacks the text of the answer."""
        return self.reply is None and self.reply_count > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of an article that can be quoted by itself.

    Attributes:
        heading: the headings it stands under, outermost first, joined by " › "; empty before the first one.
        text: blocks separated by newlines; inline Markdown is kept, code keeps its line breaks and indentation.
    """

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson file.

    Attributes:
        slug: the file's name without its suffix; unique within a course.
        title: what the reader sees; the slug without its number.
        position: place in reading order, from 1.
        number: the number that the course itself gives the lesson ("05 - …" is 5), or None (开篇词, 加餐).
        url: where the lesson can be read online, or None.
        passages: the article, cut.
        exercises: the 思考题 / Exercises section as plain text; empty where there is none.
        comments: featured comments in the file's order.
    """

    slug: str
    title: str
    position: int
    number: int | None = None
    url: str | None = None
    passages: tuple[Passage, ...] = ()
    exercises: str = ""
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course with all its lessons, as read from a folder.

    Attributes:
        slug: short name by which commands and stores know it; a folder's name unless said otherwise.
        title: what the reader sees.
        author: the teacher's name; empty where unknown.
        language: BCP 47 tag of the lessons, "zh-CN" or "en" where it had to be guessed.
        introduction: the course's own introduction (`index.md`) as plain text.
        lessons: in reading order.
        complete: False when only some of the course's files were read (one file was named), so that
            lessons that are missing here must not be taken for vanished ones.
    """

    slug: str
    title: str
    author: str = ""
    language: str = "zh-CN"
    introduction: str = ""
    lessons: tuple[Lesson, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """An answer that an admin gave.

    Attributes:
        question: the question it answers, or the exact text of the comment that it answers.
        answer: the text shown to readers.
        aliases: other wordings of the question.
        lesson: slug of the lesson it belongs to, or None for the whole course.
        author: who answered, as shown to readers; empty for "the course team".
    """

    question: str
    answer: str
    aliases: tuple[str, ...] = ()
    lesson: str | None = None
    author: str = ""
