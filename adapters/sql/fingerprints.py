"""What makes two texts the same text: short hashes that rows are matched by.

All are 128-bit BLAKE2b in hexadecimal. They are stored: a change here needs a migration that recomputes them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from knowledge.model import Comment, Lesson, Passage
from knowledge.wordings import same_question, wording_of


def text_key(text: str) -> str:
    """Name a text regardless of its white space: line ends and indentation differ between exports."""
    return _digest(" ".join(text.split()))


def question_key(question: str) -> str:
    """Name a question regardless of white space, letter case and full or half width (NFKC)."""
    return text_key(same_question(question))


def wording_key(question: str) -> str:
    """Name a question as `question_key` does, and regardless of punctuation: how two readers type the same."""
    return _digest(wording_of(question))


def comment_fingerprints(comments: Iterable[Comment]) -> list[str]:
    """Identify each comment within its lesson by author and text."""
    return _numbered(f"{text_key(comment.author)} {text_key(comment.text)}" for comment in comments)


def passage_fingerprints(passages: Iterable[Passage]) -> list[str]:
    """Identify each passage within its lesson by its text."""
    return _numbered(text_key(passage.text) for passage in passages)


def lesson_fingerprint(lesson: Lesson) -> str:
    """Name a lesson's content to the letter: passages, exercises and comments, without title and place.

    Empty for a lesson without any content, so that empty lessons are not taken for one another.
    """
    if not (lesson.passages or lesson.comments or lesson.exercises):
        return ""
    content = [
        lesson.exercises,
        [[passage.heading, passage.text] for passage in lesson.passages],
        [
            [
                comment.author,
                comment.text,
                comment.likes,
                comment.reply_count,
                comment.reply,
                comment.posted_on and comment.posted_on.isoformat(),
            ]
            for comment in lesson.comments
        ],
    ]
    return _digest(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def _numbered(keys: Iterable[str]) -> list[str]:
    """Hash the keys, each with an ordinal, so that exact duplicates stay apart in a unique index."""
    seen: Counter[str] = Counter()
    fingerprints = []
    for key in keys:
        fingerprints.append(_digest(f"{key} {seen[key]}"))
        seen[key] += 1
    return fingerprints


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
