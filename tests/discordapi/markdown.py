"""Reads Discord Markdown as the app does, written from its rules and not from our escaping, so that it can judge it.

Rules as in Discord's parser (simple-markdown with changes, as rebuilt in github.com/brussell98/discord-markdown).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_LINE_RULES = (
    ("quote", re.compile(r" *>>> ")),
    ("quote", re.compile(r" *> ")),
    ("heading", re.compile(r" *#{1,3}[ \t]+(?=\S)")),
    ("subtext", re.compile(r" *-#[ \t]+(?=\S)")),
    ("list", re.compile(r"[ \t]*(?:[-*+]|\d+\.)[ \t]+(?=\S)")),
)
_RULES = (
    ("escape", re.compile(r"\\([^0-9A-Za-z\s])")),
    ("block", re.compile(r"```(?:[a-z0-9_+\-.#]+\n)?\n*([^\n].*?)\n*```", re.DOTALL | re.IGNORECASE)),
    ("code", re.compile(r"(`+)(.*?[^`])\1(?!`)", re.DOTALL)),
    ("mention", re.compile(r"<(?:@[!&]?|#|a?:\w+:|t:|id:|/[^>:]+:)[^>\s]*>")),
    ("address", re.compile(r"<?(?:https?|steam)://[^\s<]+[^<.,:;\"')\]\s]>?")),
    ("address", re.compile(r"\bdiscord(?:app)?\.(?:gg|com|me|gift|new)/\w+", re.IGNORECASE)),
    ("everyone", re.compile(r"@(?:everyone|here)\b")),
    ("link", re.compile(r"\[((?:\\.|[^\[\]\\])+)\]\(<?((?:[^\s<>()\\]|\\.)+)>?\)")),
    ("bold", re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underline", re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    ("italic", re.compile(r"\*(?=\S)((?:\\.|[^\\*])+?)\*(?!\*)", re.DOTALL)),
    ("italic", re.compile(r"_((?:\\.|[^\\_])+?)_(?![A-Za-z0-9_])", re.DOTALL)),
    ("strike", re.compile(r"~~(.+?)~~", re.DOTALL)),
    ("spoiler", re.compile(r"\|\|(.+?)\|\|", re.DOTALL)),
)
_INNER = {"bold", "underline", "italic", "strike", "spoiler"}


@dataclass(slots=True)
class Shown:
    """What a reader sees: the words, and every piece of markup with its words."""

    text: str = ""
    markup: list[tuple[str, str]] = field(default_factory=list)

    def of(self, kind: str) -> list[str]:
        return [words for each, words in self.markup if each == kind]

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.markup}


def shown(source: str) -> Shown:
    """The source as a reader sees it; zero-width spaces, which nobody sees, are left out."""
    found = Shown()
    _read(source, found, line_start=True)
    found.text = found.text.replace("\u200b", "")
    return found


def _read(source: str, found: Shown, *, line_start: bool) -> None:
    place = 0
    quote_from: int | None = None
    while place < len(source):
        if line_start:
            matched = _line(source, place, found)
            if matched:
                kind, place = matched
                if kind == "quote" and quote_from is None:
                    quote_from = len(found.text)
                line_start = kind == "quote"
                if kind == "quote":
                    line_start = False
                    matched = _line(source, place, found)
                    if matched:
                        place = matched[1]
                continue
            if quote_from is not None:
                found.markup.append(("quote", found.text[quote_from:].rstrip("\n")))
                quote_from = None
        line_start = False
        place = _inline(source, place, found)
        line_start = found.text.endswith("\n") and source[place - 1] == "\n"
    if quote_from is not None:
        found.markup.append(("quote", found.text[quote_from:]))


def _line(source: str, place: int, found: Shown) -> tuple[str, int] | None:
    for kind, rule in _LINE_RULES:
        match = rule.match(source, place)
        if match:
            if kind != "quote":
                found.markup.append((kind, source[place : place + 20]))
            return kind, match.end()
    return None


def _inline(source: str, place: int, found: Shown) -> int:
    for kind, rule in _RULES:
        match = rule.match(source, place)
        if match is None:
            continue
        if kind == "escape":
            found.text += match[1]
        elif kind in _INNER:
            begin = len(found.text)
            _read(match[1], found, line_start=False)
            found.markup.append((kind, found.text[begin:]))
        elif kind == "link":
            begin = len(found.text)
            _read(match[1], found, line_start=False)
            found.markup.append((kind, f"{found.text[begin:]} {match[2]}"))
        elif kind in {"block", "code"}:
            words = match[2] if kind == "code" else match[1]
            found.markup.append((kind, words))
            found.text += words
        else:
            found.markup.append((kind, match[0]))
            found.text += match[0]
        return match.end()
    found.text += source[place]
    return place + 1
