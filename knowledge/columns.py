"""The columns of a table of answers: what they are called, and what a wrong name may have meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from knowledge.errors import CoursebotError

COLUMNS = ("question", "answer", "aliases", "lesson", "author", "course")
NEEDED = ("question", "answer")
_ALSO = {
    "question": ("questions", "问题", "問題", "提问", "题目"),
    "answer": ("answers", "reply", "答案", "回答", "解答", "回复"),
    "aliases": ("alias", "别名", "別名", "其他问法", "相似问题"),
    "lesson": ("lessons", "课", "讲", "课时", "章节", "所属章节"),
    "author": ("作者", "回答者", "回答人"),
    "course": ("课程", "課程", "所属课程"),
}
_MEANT = {name: column for column, names in _ALSO.items() for name in (column, *names)}
_CLOSE = 50
_SHOWN = 8


def column_of(name: object) -> str:
    """The column that a heading means, or empty for one that is none of ours."""
    return _MEANT.get(_plain(name), "")


def columns_of(headings: Sequence[object], file: object) -> list[str]:
    """The column of each heading; empty for those that are passed over.

    Raises:
        CoursebotError: "seeds-column-twice"; "seeds-columns" or "seeds-columns-close" where a needed one is missing.
    """
    found = [column_of(heading) for heading in headings]
    for column in filter(None, found):
        if found.count(column) > 1:
            raise CoursebotError("seeds-column-twice", file=file, column=column)
    missing = [column for column in NEEDED if column not in found]
    if missing:
        raise _without(missing, [_plain(each) for each in headings if _plain(each)], file)
    return found


def passed_over(headings: Sequence[object]) -> tuple[str, ...]:
    """The headings that are none of ours."""
    return tuple(_plain(each) for each in headings if _plain(each) and not column_of(each))


def _without(missing: Sequence[str], headings: Sequence[str], file: object) -> CoursebotError:
    values = {"file": file, "missing": tuple(missing), "found": tuple(headings[:_SHOWN])}
    spare = [each for each in headings if each not in _MEANT]
    for column in missing:
        names = dict.fromkeys((column, *_ALSO[column]), column)
        for each in spare:
            if process.extractOne(each, list(names), scorer=fuzz.ratio, score_cutoff=_CLOSE):
                return CoursebotError("seeds-columns-close", **values, wrong=each, meant=column)
    return CoursebotError("seeds-columns", **values)


def _plain(name: object) -> str:
    return unicodedata.normalize("NFKC", str(name or "")).strip().lower()
