"""Which parts of a plain text are code.

Course text arrives as plain text in which code keeps its lines. What stands between fences is code; so is a
run of lines that nobody would write as prose. Guessing wrong costs only a fixed-width face, so the rules
lean to prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_CJK = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff60]")
_LIST_ITEM = re.compile(r"^\s*(?:[-*•+]|\d{1,3}[.)、])\s")
_COMMENT = re.compile(r"^\s*(?:#|//|--|/\*|\*/)\s?\S?")
_PROMPT = re.compile(r"^\s*(?:\$|>>>|PS>|mysql>|\w+@\w+[^\s]*[$#])\s\S")
_CODE_END = re.compile(r"(?:[{};\\]|\(\)|\[\]|=>|->)\s*$")
_COLUMNS = re.compile(r"\S {2,}\S.* {2,}\S")
_PROSE_WORDS = re.compile(r"^[A-Za-z][A-Za-z',’-]*(?: [A-Za-z',’-]+){3,}$")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text.

    Attributes:
        start: where it begins in the text.
        end: where it ends, before the line break that closes it.
        body: its words; for fenced code, without the fences.
        code: True for code.
    """

    start: int
    end: int
    body: str
    code: bool


class _Look(IntEnum):
    PROSE = 0
    FENCE = 1
    BLANK = 2
    MAYBE = 3
    CODE = 4


def _look(line: str) -> _Look:
    """How much a line looks like code."""
    if not line.strip():
        return _Look.BLANK
    if _FENCE.match(line):
        return _Look.FENCE
    if _PROMPT.match(line):
        return _Look.CODE
    if _COMMENT.match(line):
        return _Look.MAYBE
    if _CJK.search(line) or _LIST_ITEM.match(line):
        return _Look.PROSE
    if line.startswith(("    ", "\t")) or _CODE_END.search(line) or _COLUMNS.search(line):
        return _Look.CODE
    if line.rstrip().endswith((".", "!", "?", ":", ",")) or len(line) > 160:
        return _Look.PROSE
    return _Look.MAYBE


def _fence_end(lines: list[str], start: int) -> int:
    """Index of the line after the fence that closes the one at `start`; the text's end when none does."""
    opening = _FENCE.match(lines[start])
    fence = opening[1] if opening else ""
    for index in range(start + 1, len(lines)):
        closing = lines[index].strip()
        if closing.startswith(fence) and not closing.strip(fence[0]):
            return index + 1
    return len(lines)


def _code_in(lines: list[str], looks: list[_Look], start: int, end: int) -> tuple[int, int]:
    """Which of these lines, none of them prose for certain, are code; an empty range when none are."""
    while end > start and (looks[end - 1] is _Look.BLANK or _PROSE_WORDS.match(lines[end - 1].strip())):
        end -= 1
    while start < end and (looks[start] is _Look.BLANK or _PROSE_WORDS.match(lines[start].strip())):
        start += 1
    certain = sum(look is _Look.CODE for look in looks[start:end])
    alone = end - start == 1 and not _PROMPT.match(lines[start])
    return (end, end) if not certain or alone else (start, end)


def blocks(text: str) -> tuple[Block, ...]:
    """The text as prose and code, in order; together they cover all its lines."""
    lines = text.split("\n")
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    looks = [_look(line) for line in lines]
    found: list[Block] = []
    prose_from = index = 0

    def add(first: int, last: int, kept: list[str], *, code: bool) -> None:
        if last > first:
            found.append(Block(offsets[first], offsets[last] - 1, "\n".join(kept), code))

    while index < len(lines):
        if looks[index] is _Look.PROSE:
            index += 1
            continue
        if looks[index] is _Look.FENCE:
            start, end = index, _fence_end(lines, index)
            kept = [line for line in lines[start:end] if not _FENCE.match(line)]
            after = end
        else:
            after = index
            while after < len(lines) and looks[after] > _Look.FENCE:
                after += 1
            start, end = _code_in(lines, looks, index, after)
            kept = lines[start:end]
        if end > start:
            add(prose_from, start, lines[prose_from:start], code=False)
            add(start, end, kept, code=True)
            prose_from = end
        index = after
    add(prose_from, len(lines), lines[prose_from:], code=False)
    return tuple(found)
