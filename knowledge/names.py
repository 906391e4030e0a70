"""What a lesson file's name says: its number, its title and its place among the others; and what a name may be."""

from __future__ import annotations

import re

LESSON_SUFFIXES = frozenset({".md", ".markdown", ".html", ".htm"})
_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile(
    r"^\s*(?:"
    r"第\s*(?P<ordinal>\d{1,4}|[零一二三四五六七八九十百]{1,5})\s*[讲课章节封回篇期]信?"
    r"|(?P<padded>0\d{1,3})(?=\D|$)"
    r"|(?P<plain>\d{1,4})(?=[\s\-—–_.、:：|｜丨讲]|$)讲?"
    r")"
)
_SEPARATOR = re.compile(r"^[\s\-—–_.、:：|｜丨]+")
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]')
_LONGEST = 100
_FIRST = ("开篇词", "开篇", "序言", "序", "前言", "preface", "introduction")
_LAST = ("结束语", "结语", "尾声", "结课测试", "结课", "epilogue", "conclusion")


def chinese_number(text: str) -> int | None:
    """The value of a number up to 999 written in Chinese or ASCII digits, or None: 二十三 is 23."""
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            return None
    return total + digit if text else None


def lesson_number(slug: str) -> int | None:
    """The number a lesson's name begins with ("05 - …", "第5讲", "第十二讲 …"), or None."""
    found = _NUMBER.match(slug)
    return chinese_number(next(filter(None, found.groups()))) if found else None


def lesson_title(slug: str) -> str:
    """The lesson's name without its number; the whole name where nothing else is in it."""
    found = _NUMBER.match(slug)
    rest = _SEPARATOR.sub("", slug[found.end() :]) if found else slug
    title = rest or slug
    # A Latin file name is written for the file system: "what-a-commit-is" is "What a commit is".
    if title.isascii() and " " not in title and "-" in title:
        title = title.replace("-", " ").capitalize()
    return title


def reading_order(slug: str) -> tuple[int, int, str]:
    """Sort key where a course has no table of contents: 开篇词 first, by number, 结束语 last.

    A name without a number (加餐, 答疑) stands where its name sorts: behind the numbered lessons.
    """
    lowered = slug.lower()
    if lowered.startswith(_FIRST):
        return (0, 0, slug)
    if lowered.startswith(_LAST):
        return (3, 0, slug)
    number = lesson_number(slug)
    return (1, number, slug) if number is not None else (2, 0, slug)


def safe_name(name: str) -> str:
    """A file name without what could lead elsewhere or cannot be written; the characters of all scripts stay."""
    return _UNFIT.sub("_", name).strip(" .")[:_LONGEST] or "course"
