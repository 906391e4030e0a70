"""Telegram's HTML as its server reads it (https://core.telegram.org/bots/api#html-style): strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*)?)>|&(#?\w+);|([<>&])")
_ATTRIBUTES = {"a": re.compile(r'\shref="([^"<>]+)"'), "blockquote": re.compile(r"(\sexpandable)?")}
_TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote"}
_REFERENCES = {"lt", "gt", "amp", "quot"}


class MarkupError(ValueError):
    """Telegram would answer "can't parse entities"."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Part of a text, in UTF-16 units."""

    tag: str
    offset: int
    length: int
    words: str
    url: str = ""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse(html: str) -> tuple[str, list[Entity]]:
    """The text without markup and what was marked, or MarkupError."""
    text, entities = "", []
    opened: list[tuple[str, int, str]] = []
    end = 0
    for token in _TOKEN.finditer(html):
        text += html[end : token.start()]
        end = token.end()
        closing, tag, attributes, reference, stray = token.groups()
        if stray:
            raise MarkupError(f"stray {stray!r} at {token.start()}")
        if reference:
            if reference not in _REFERENCES:
                raise MarkupError(f"unknown reference &{reference};")
            text += unescape(f"&{reference};")
        elif closing:
            if not opened or opened[-1][0] != tag or attributes:
                raise MarkupError(f"unexpected </{tag}>")
            name, start, url = opened.pop()
            words = text[start:]
            if words:
                entities.append(Entity(name, units(text[:start]), units(words), words, url))
        else:
            opened.append((tag, len(text), _attribute(tag, attributes, [name for name, *_ in opened])))
    if opened:
        raise MarkupError(f"<{opened[-1][0]}> is not closed")
    return text + html[end:], entities


def _attribute(tag: str, attributes: str, around: list[str]) -> str:
    if tag not in _TAGS:
        raise MarkupError(f"unsupported <{tag}>")
    shape = _ATTRIBUTES.get(tag)
    found = shape.fullmatch(attributes) if shape else None
    if (shape and not found) or (not shape and attributes):
        raise MarkupError(f"attributes of <{tag}>: {attributes!r}")
    if {"code", "pre"} & set(around):
        raise MarkupError("nothing may stand in code")
    if tag == "blockquote" and "blockquote" in around:
        raise MarkupError("quotes cannot be nested")
    return unescape(found[1]) if found and tag == "a" else ""
