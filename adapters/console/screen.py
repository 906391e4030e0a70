"""A reply as lines for a terminal: pure, from typed spans to text that fits the width.

Lines break between words and between Chinese characters, but never before a closing mark or after an opening
one (避头尾). Widths are in terminal cells, of which a Chinese character takes two.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TextIO
from urllib.parse import unquote

from wcwidth import iter_graphemes, wcswidth

from adapters.console.clean import clean
from bot.replies import Bold, Button, Code, Link, Quote, Reply, Span

_NO_START = frozenset("，。、；：！？）】》」』”’…—～,.;:!?)]}%·")
_NO_END = frozenset("（【《「『“‘([{")
_NARROWEST = 20
_WIDEST = 88
"""Cells of a line at most: longer ones are hard to follow with the eye."""
_PIPED = 80
"""Cells of a line where there is no terminal to ask."""
BAR = "▎ "
_INDENT = "    "


class Style(StrEnum):
    """How something looks: SGR parameters (ECMA-48 §8.3.117)."""

    PLAIN = ""
    BOLD = "1"
    QUOTE = "2"
    CODE = "36"
    LINK = "4;34"
    BUTTON = "1;32"


def terminal_width(stream: TextIO) -> int:
    """The cells of a line on that stream."""
    return min(shutil.get_terminal_size((_PIPED, 24)).columns, _WIDEST) if stream.isatty() else _PIPED


def wants_color(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to style what is written there; `NO_COLOR` (no-color.org) and `TERM=dumb` say no."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM", "xterm") != "dumb"


@dataclass(frozen=True, slots=True)
class _Cell:
    """One visible character."""

    text: str
    style: Style

    @property
    def width(self) -> int:
        return max(wcswidth(self.text), 0)


@dataclass(slots=True)
class _Line:
    """A line before it is wrapped; `prefix` stands before each line that it becomes."""

    cells: list[_Cell]
    prefix: str = ""
    style: Style = Style.PLAIN


def _cells(text: str, style: Style) -> list[_Cell]:
    return [_Cell(grapheme, style) for grapheme in iter_graphemes(text)]


def _lines(spans: Iterable[Span]) -> list[_Line]:
    """The spans as unwrapped lines."""
    lines = [_Line([])]
    for span in spans:
        prefix, style = "", Style.PLAIN
        text = clean(span.text)
        match span:
            case Bold():
                style = Style.BOLD
            case Quote():
                prefix, style = BAR, Style.QUOTE
            case Code():
                prefix, style = _INDENT if "\n" in text else "", Style.CODE
            case Link(url=url):
                style = Style.LINK
                text = f"{text} {clean(_readable(url))}".replace("\n", " ")
            case _:
                pass
        for index, part in enumerate(text.split("\n")):
            if index:
                lines.append(_Line([]))
            lines[-1].cells += _cells(part, style)
            if prefix:
                lines[-1].prefix, lines[-1].style = prefix, style
    return lines


def _readable(url: str) -> str:
    """An address with its Chinese readable; browsers encode it again. Spaces and other ASCII stay encoded."""

    def decoded(found: re.Match[str]) -> str:
        text = unquote(found[0], errors="replace")
        return found[0] if "\ufffd" in text else text

    return re.sub(r"(?:%[89A-Fa-f][0-9A-Fa-f])+", decoded, url)


def _may_break(before: _Cell, after: _Cell) -> bool:
    """Whether a line may end between these two."""
    if after.text[0] in _NO_START or before.text[0] in _NO_END or after.text.isspace():
        return False
    return before.text.isspace() or before.width > 1 or after.width > 1


def _wrapped(cells: Sequence[_Cell], width: int) -> Iterator[Sequence[_Cell]]:
    """The cells in lines of at most `width`, without the white space at the seams."""
    start = used = breakable = 0
    index = 0
    while index < len(cells):
        cell = cells[index]
        if index > start and _may_break(cells[index - 1], cell):
            breakable = index
        if used + cell.width > width and index > start and not cell.text.isspace():
            end = breakable if breakable > start else index
            yield _stripped(cells[start:end])
            start = index = end
            used = 0
            continue
        used += cell.width
        index += 1
    yield _stripped(cells[start:])


def _stripped(cells: Sequence[_Cell]) -> Sequence[_Cell]:
    end = len(cells)
    while end and cells[end - 1].text.isspace():
        end -= 1
    return cells[:end]


def _painted(text: str, style: Style, *, color: bool) -> str:
    return f"\x1b[{style.value}m{text}\x1b[0m" if color and style.value and text else text


def _shown(cells: Sequence[_Cell], *, color: bool) -> str:
    runs = groupby(cells, key=lambda cell: cell.style)
    return "".join(_painted("".join(cell.text for cell in run), style, color=color) for style, run in runs)


def _buttons(labels: Sequence[str], width: int, *, color: bool) -> Iterator[str]:
    """The numbered buttons in as few lines as they fit."""
    line, used = "", 0
    for number, label in enumerate(labels, 1):
        # A choice is labelled by its own number.
        text = f"[{number}]" if label == str(number) else f"[{number}] {label}"
        needed = max(wcswidth(text), 0)
        if line and used + 2 + needed > width:
            yield line
            line, used = "", 0
        gap = "  " if line else ""
        line += gap + _painted(f"[{number}]", Style.BUTTON, color=color) + text.removeprefix(f"[{number}]")
        used += len(gap) + needed
    if line:
        yield line


def lines(reply: Reply, *, width: int, color: bool, buttons: Sequence[Button] = ()) -> list[str]:
    """A reply as printable lines.

    Args:
        reply: what to show.
        width: of the terminal, in cells.
        color: whether to style with escape sequences.
        buttons: what is on offer after it; numbered from 1.
    """
    width = max(width, _NARROWEST)
    shown: list[str] = []
    for line in _lines(reply.spans):
        prefix = _painted(line.prefix, line.style, color=color)
        rows = _wrapped(line.cells, width - max(wcswidth(line.prefix), 0))
        shown += [(prefix + _shown(row, color=color)).rstrip() for row in rows]
    if buttons:
        labels = [clean(button.label).replace("\n", " ") for button in buttons]
        shown += ["", *_buttons(labels, width, color=color)]
    return shown
