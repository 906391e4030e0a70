"""Course text as typed spans: code in `Code`, the rest as plain or quoted text.

Blocks (quotes, code of several lines) stand on lines of their own: the line breaks around them are in the
`Text` spans, so that a reply reads well even with all the types taken off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.rendering.blocks import blocks
from bot.replies import Bold, Code, Quote, Span, Text

_INLINE_CODE = re.compile(r"`([^`\n]{1,200})`")


def _inline(text: str) -> Iterator[Span]:
    """Prose with `code` between backticks taken out into spans."""
    for index, part in enumerate(_INLINE_CODE.split(text)):
        if part:
            yield Code(part) if index % 2 else Text(part)


def body(text: str, *, quoted: bool = False) -> tuple[Span, ...]:
    """A text to read: code apart from prose, prose quoted where somebody else said it."""
    spans: list[Span] = []
    for block in blocks(text.strip("\n")):
        words = block.body.strip("\n") if block.code else block.body.strip()
        if not words.strip():
            continue
        if spans:
            spans.append(Text("\n"))
        if block.code:
            spans.append(Code(words))
        elif quoted:
            spans.append(Quote(words))
        else:
            spans.extend(_inline(words))
    return tuple(spans)


def joined(parts: Iterable[Iterable[Span]], separator: str = "\n") -> tuple[Span, ...]:
    """The non-empty parts with `separator` between them."""
    spans: list[Span] = []
    for part in parts:
        words = tuple(part)
        if words and spans:
            spans.append(Text(separator))
        spans.extend(words)
    return tuple(spans)


def marked(text: str) -> tuple[Span, ...]:
    """A sentence of ours from a catalog: **bold** and `code` become spans.

    Never for text that others wrote, nor for templates that were already filled with it.
    """
    spans: list[Span] = []
    for index, part in enumerate(re.split(r"\*\*([^*]+)\*\*", text)):
        if index % 2:
            spans.append(Bold(part))
        else:
            spans.extend(_inline(part))
    return tuple(spans)
