"""A lesson's questions to think about, and which comments answer them.

Readers mostly say so ("思考题 1：…"); else their words are those of the exercise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.entry import Entry
from knowledge.markup import plain
from knowledge.tokens import tokenize

_INVITES = re.compile(
    r"留言区|评论区|分享给|转发给|我们下|下[一节]?[讲节课]见|再见|照例给你|给你(?:们)?(?:留|出|布置)[^：:，,]{0,12}[。！!吧：:]+$|"
    r"\bleave (?:me )?a comment\b|\bsee you\b",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"思考题|课后(?:题|作业|思考|练习)|第[一二三四五六七八九十\d][个道]?(?:问题|题)|"
    r"(?:作业|练习题?|问题)\s*[一二三四五六七八九\d]\s*[：:，,.、]|"
    r"\b(?:exercises?|questions?|homework)\s*(?:no\.?\s*)?\d\b|\bmy (?:answer|solution) to\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"请教|请问|想问|问[一个]下|[几两三四]个问题|有个?(?:疑问|问题)|\bcould you\b|\bcan you\b", re.IGNORECASE
)
_QUESTION = re.compile(r"[?？]")
_ENOUGH = 0.3
"""Share of an exercise's words that a comment which does not say so must have."""


def exercise_text(exercises: str) -> str:
    """The exercises as they are shown: without Markdown's marks and without invitations to comment."""
    lines = (plain(line.strip()) for line in exercises.splitlines())
    return "\n".join(line for line in lines if line and not _INVITES.search(line))


def exercise_answers(exercises: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that answer a lesson's exercises: first those that say so, then those that speak of the same.

    Within each, the most liked first. Those that ask something of the author are no answers.
    """
    asked = [words for line in exercise_text(exercises).splitlines() if (words := _words(line))]

    def alike(entry: Entry) -> float:
        words = _words(entry.text)
        return max((len(words & each) / len(each) for each in asked), default=0.0)

    answers = [each for each in entries if not _ASKS.search(each.text)] if asked else []
    saying = [each for each in answers if _SAYS_SO.search(each.text)]
    telling = [each for each in answers if each not in saying and not _QUESTION.search(each.text)]
    speaking = [each for each in telling if alike(each) >= _ENOUGH]
    return [*_by_likes(saying), *_by_likes(speaking)]


def _by_likes(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: -each.likes)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for sentence in tokenize(text) for word in sentence.words)
