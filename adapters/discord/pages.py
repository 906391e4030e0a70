"""Typed spans as one text of Markdown, or as several where one would be too long.

A seam falls where a reader would pause: at the end of a paragraph, else of a line, else of a sentence; never
within code that fits on a page by itself, nor within a label. Lengths are UTF-16 units of the finished Markdown:
Discord does not say whether it counts those or characters, and they are never fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import accumulate

from adapters.discord import markdown
from bot.rendering.excerpt import cut, utf16_length
from bot.replies import Bold, Code, Link, Quote, Span, Text

_PIECES = re.compile(r".*?(?:\n+|[。！？!?…]+[\"”’』」）)\]]*\s*|(?<!\d)\.\s+|\Z)", re.DOTALL)
_MANY_BREAKS = re.compile(r"\n{3,}")
_LEAST = 0.4
"""Share of a page that a nicer seam must leave filled."""
_MARKUP = 10
"""UTF-16 units that markup around a span takes at most: a block's fences, line breaks and a seam."""
_JOINED = 2
"""UTF-16 units that escaping may add where two pieces of a text meet: "discord" and ".gg" are an invitation only
together."""


class _Pause(IntEnum):
    """How well a text can be cut after something."""

    NONE = 0
    SENTENCE = 1
    LINE = 2
    PARAGRAPH = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is not cut any more.

    Attributes:
        span: the piece as a span by itself.
        source: number of the span that it comes from; pieces of one source are one span again on the page.
        size: UTF-16 units that it takes at most.
        pause: how well the text can be cut after it.
    """

    span: Span
    source: int
    size: int
    pause: _Pause


def pages(spans: Iterable[Span], limit: int) -> tuple[str, ...]:
    """The spans as texts of at most `limit` UTF-16 units each; none when they say nothing.

    Raises:
        ValueError: `limit` leaves no room for anything beside markup (less than 100).
    """
    if limit < 100:
        raise ValueError(f"limit must be at least 100, not {limit}")
    pieces = [piece for source, span in enumerate(spans) for piece in _pieces(span, source, limit)]
    found: list[str] = []
    start = 0
    while start < len(pieces):
        end = _end(pieces, start, limit)
        found.append(_markdown(pieces[start:end]))
        start = end
    return tuple(page for page in found if page)


def _end(pieces: Sequence[_Piece], start: int, limit: int) -> int:
    """Where the page that begins at `start` ends: always after at least one piece."""
    sums = list(accumulate(piece.size for piece in pieces[start:]))
    fitting = next((index for index, size in enumerate(sums) if size > limit), len(sums))
    if fitting == len(sums):
        return len(pieces)
    best = max(
        (index for index in range(fitting) if sums[index] >= limit * _LEAST),
        key=lambda index: (pieces[start + index].pause, index),
        default=fitting - 1,
    )
    return start + max(best + 1, 1)


def _pieces(span: Span, source: int, limit: int) -> Iterator[_Piece]:
    text = _MANY_BREAKS.sub("\n\n", markdown.clean(span.text))
    parts: Iterable[str]
    match span:
        case Text() | Quote():
            parts = (part for piece in _PIECES.findall(text) for part in _fitting(piece, limit))
        case Code() if "\n" in text.strip("\n"):
            parts = _code_parts(markdown.clean(span.text), limit)
        case Link() if (
            _size(span, text) > limit
        ):  # an address that long is none; the label says what was meant
            span, parts = Text(text), _fitting(text, limit)
        case _:
            parts = _fitting(text, limit)
    for part in parts:
        yield _Piece(replace(span, text=part), source, _size(span, part), _pause(part))


def _pause(text: str) -> _Pause:
    breaks = len(text) - len(text.rstrip("\n"))
    if breaks:
        return _Pause.PARAGRAPH if breaks > 1 else _Pause.LINE
    return _Pause.SENTENCE if re.search(r"[。！？!?….][\"”’』」）)\]]*\s*\Z", text) else _Pause.NONE


def _cost(text: str) -> int:
    """UTF-16 units that words take as Markdown at most: a backslash before each, and "> " on each line."""
    return 2 * utf16_length(text) + 2 * text.count("\n")


def _size(span: Span, text: str) -> int:
    """UTF-16 units that a span with these words takes at most, wherever it stands on a page."""
    if isinstance(span, Quote):
        return utf16_length(markdown.escaped(text)) + 2 * (text.count("\n") + 1) + _MARKUP
    return utf16_length(_one(replace(span, text=text))) + (_JOINED if isinstance(span, Text) else _MARKUP)


def _fitting(text: str, limit: int) -> Iterator[str]:
    """A piece in parts that fit on a page whatever has to be escaped in them."""
    room = limit - 4 * _MARKUP
    while text:
        if utf16_length(markdown.escaped(text)) <= room:
            yield text
            return
        place = max(len(cut(text, room, _cost)[0]), 1)
        yield text[:place]
        text = text[place:]


def _code_parts(text: str, limit: int) -> Iterator[str]:
    """A block of code whole, or by lines where it is longer than a page. Each part keeps a line break."""
    room = limit - 4 * _MARKUP
    fences = utf16_length(markdown.block(""))
    held: list[str] = []
    used = 0
    for line in (part for whole in text.strip("\n").split("\n") for part in _code_line(whole, room)):
        size = utf16_length(markdown.block(line)) - fences + 1
        if held and used + size > room:
            yield "\n".join((*held, ""))
            held, used = [], 0
        held.append(line)
        used += size
    if held:
        yield "\n".join((*held, ""))


def _code_line(line: str, room: int) -> Iterator[str]:
    """A line of code, broken only where it is longer than a page."""
    if utf16_length(markdown.block(line)) <= room:
        yield line
        return
    for start in range(0, len(line), room // 4):  # a backtick and its seam, or an emoji: two units at most
        yield line[start : start + room // 4]


def _markdown(pieces: Sequence[_Piece]) -> str:
    """A page."""
    spans: list[tuple[int, Span]] = []
    for piece in pieces:
        if spans and spans[-1][0] == piece.source and isinstance(piece.span, Text | Quote):
            spans[-1] = (piece.source, replace(piece.span, text=spans[-1][1].text + piece.span.text))
        else:
            spans.append((piece.source, piece.span))
    text = ""
    apart = False
    for _, span in spans:
        shown = _one(span)
        if not shown:
            continue
        alone = (isinstance(span, Quote) and shown.startswith(">")) or shown.startswith("```")
        if text and (alone or apart) and not (text.endswith("\n") or shown.startswith("\n")):
            text += "\n"
        elif text and text[-1] in "*`" and shown[0] in "*`":
            text += markdown.SEAM  # their marks would run together
        text += shown
        apart = alone
    return text.strip("\n").rstrip()


def _one(span: Span) -> str:
    """A span as Markdown by itself."""
    match span:
        case Text(text):
            return markdown.escaped(text)
        case Bold(text):
            return markdown.bold(text)
        case Quote(text):
            return markdown.quoted(text.strip("\n")) if text.strip() else text
        case Code(text):
            return markdown.code(text)
        case Link(text, url):
            return markdown.link(text, url)
