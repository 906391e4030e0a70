"""Cutting text where a reader would pause: at the end of a paragraph or sentence, never inside code.

Lengths are in characters unless another `measure` is given (Telegram counts UTF-16 units, Discord
characters). A visible character that is built of several code points (emoji sequences, combining accents)
is never torn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from wcwidth import iter_graphemes, wcswidth

from bot.rendering.blocks import Block, blocks

Measure = Callable[[str], int]
"""A length of a text that adds up: the length of two texts together is the sum of theirs."""

_STRONG_END = re.compile(r"(?:[。！？!?…]+|(?<!\d)\.(?=[\s\"”’)\]]))[\"”’』」）)\]]*\s*|\n+")
_WEAK_END = re.compile(r"[，、；：,;]\s*|\s+")
_LIST_MARK = re.compile(r"^(?:\d{1,2}[.、)）]|[-*•])\s*")
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_ELLIPSIS = "…"
# A cut that keeps less than this share of the room looks broken off; then a comma or a space is better.
_LEAST_STRONG, _LEAST_WEAK = 0.4, 0.6


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The beginning of a text; `more` says that something was left out."""

    text: str
    more: bool


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cells(text: str) -> int:
    """Length in columns of a terminal, and about the same on a phone: a Chinese character takes two."""
    width = wcswidth(text)
    # With a control character in it there is no telling (-1); each then counts as one.
    return width if width >= 0 else sum(abs(wcswidth(grapheme)) for grapheme in iter_graphemes(text))


def _boundary(text: str, limit: int, measure: Measure) -> int:
    """The last place within `limit` between two visible characters; at least one code point is kept."""
    used = place = 0
    # A grapheme takes at least one unit, so nothing beyond this slice can fit.
    for grapheme in iter_graphemes(text[: limit + 64]):
        used += measure(grapheme)
        if used > limit:
            break
        place += len(grapheme)
    if place:
        return place
    # One "character" longer than the whole room (stacked accents): nothing better than a hard cut is left.
    while place < len(text) and measure(text[: place + 1]) <= limit:
        place += 1
    return max(place, 1)


def _last_end(pattern: re.Pattern[str], text: str, least: float) -> int:
    """Where the last match of `pattern` ends, or 0 when that is before `least`."""
    ends = [match.end() for match in pattern.finditer(text)]
    return ends[-1] if ends and ends[-1] >= least else 0


def _place(text: str, room: int, parts: tuple[Block, ...]) -> int:
    """Where to cut so that at most `room` code points stay."""
    code = next((part for part in parts if part.code and part.start < room < part.end), None)
    if code and text[: code.start].strip():
        # Everything before the code is kept, however short: half a program helps nobody.
        return code.start
    head = text[:room]
    if code:
        # Only code fits here at all; whole lines of it are the best that can be had.
        return head.rfind("\n") + 1 or room
    # A sentence end inside earlier code is none.
    prose_from = max((part.end for part in parts if part.code and part.end <= room), default=0)
    prose = head[prose_from:]
    strong = _last_end(_STRONG_END, prose, len(head) * _LEAST_STRONG - prose_from)
    place = prose_from + (strong or _last_end(_WEAK_END, prose, len(head) * _LEAST_WEAK - prose_from))
    # What ends only the text's indentation is no place to pause: nothing would be kept.
    return place if head[:place].strip() else room


def _whole_lines(text: str) -> str:
    """The text without blank lines before it and white space after it; its first line keeps its indentation."""
    return _BLANK_LINES.sub("", text).rstrip()


def cut(text: str, limit: int, measure: Measure = len) -> tuple[str, str]:
    """The text's beginning, at most `limit` long, and the rest; both without white space at the seam.

    Raises:
        ValueError: `limit` is less than 1.
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    text = _whole_lines(text)
    if measure(text) <= limit:
        return text, ""
    room = _boundary(text, limit, measure)
    # What lies far behind the cut cannot change where it is, except that a code block reaches into it.
    place = _place(text, room, blocks(text[: room + 2000]))
    return text[:place].rstrip(), text[place:].lstrip("\n")


def excerpt(text: str, limit: int, measure: Measure = len) -> Excerpt:
    """The text's beginning, with "…" where something was left out: together at most `limit` (4 or more)."""
    text = _whole_lines(text)
    if measure(text) <= limit:
        return Excerpt(text, more=False)
    head, _ = cut(text, max(limit - 2, 1), measure)
    seam = "\n" if blocks(head)[-1].code else " "
    return Excerpt(head + seam + _ELLIPSIS, more=True)


def one_line(text: str) -> str:
    """The text with all its white space and line breaks as single spaces."""
    return " ".join(text.split())


def gist(text: str, limit: int, words: Iterable[str] = (), measure: Measure = len) -> Excerpt:
    """The sentence that says most, and what fits after it, on one line.

    That is the one with most of `words`, a question before a statement. Comments often begin with a greeting
    or by quoting the article; their first words say little.
    """
    whole = one_line(text)
    if measure(whole) <= limit:
        return Excerpt(whole, more=False)
    wanted = [word.casefold() for word in words]

    def weight(sentence: str) -> tuple[int, bool, int]:
        folded = sentence.casefold()
        asks = "？" in sentence or "?" in sentence
        return sum(word in folded for word in wanted), asks, min(len(sentence), 12)

    ends = [0, *(match.end() for match in _STRONG_END.finditer(text)), len(text)]
    sentences = [text[start:end] for start, end in pairwise(ends) if text[start:end].strip()]
    chosen = max(range(len(sentences)), key=lambda index: weight(sentences[index]))
    best = _LIST_MARK.sub("", one_line(sentences[chosen]))
    if measure(best) > limit:
        return Excerpt(cut(best, limit - 1, measure)[0].rstrip("，、；：,;: -–—") + _ELLIPSIS, more=True)
    for end in range(chosen + 2, len(sentences) + 1):
        longer = _LIST_MARK.sub("", one_line("".join(sentences[chosen:end])))
        if measure(longer) > limit:
            break
        best = longer
    return Excerpt(best, more=True)
