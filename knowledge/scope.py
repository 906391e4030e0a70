"""What a question says of where to look: a lesson by its number, or "which lesson …"."""

from __future__ import annotations

import re

from knowledge.names import chinese_number
from knowledge.normalize import normalize

_NUMBER = r"(\d{1,3}|[零一二三四五六七八九十百]{1,4})"
_LESSON = re.compile(
    rf"第\s*{_NUMBER}\s*[讲课章节篇](?:里面?|中)?(?:[说讲提]到?的?)?|\b(?:in )?lesson\s+(\d{{1,3}})\b"
)
_WHICH = re.compile(
    r"(?:在)?(?:哪|那|第几)(?:一|几)?[讲课章节篇](?:里|中)?(?:有)?(?:[说讲提介][过到了绍]*|有)?(?:关于)?|"
    r"\b(?:in )?(?:which|what) lessons?\b(?: (?:is|are|does|do|talks?|covers?|explains?|about))*"
)


def lesson_number(question: str) -> tuple[int | None, str]:
    """The number of the lesson that a question names ("第5讲里说的…"), and the question without naming it."""
    text = normalize(question)
    found = _LESSON.search(text)
    if not found:
        return None, question
    number = chinese_number(next(filter(None, found.groups())))
    rest = (text[: found.start()] + " " + text[found.end() :]).strip()
    return (number, rest) if rest else (None, question)


def asks_which_lesson(question: str) -> str | None:
    """What a question of the kind "哪一讲讲过 DaemonSet？" looks for, or None for another kind of question."""
    text = normalize(question)
    found = _WHICH.search(text)
    if not found:
        return None
    sought = (text[: found.start()] + " " + text[found.end() :]).strip(" ?？。的")
    return sought or None
