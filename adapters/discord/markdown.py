"""Words as Discord Markdown that shows exactly those words: nothing in them becomes markup, mention or link.

Discord takes a backslash before any ASCII character that is neither letter, digit nor space, and shows the
character alone (https://support.discord.com/hc/en-us/articles/210298617). That covers emphasis, spoilers, code,
masked links, `<@id>`, `<#id>`, `<t:…>` and `</command:id>`, and, at the start of a line, headings, subtext, quotes
and lists. What a backslash does not reach is broken up: `@everyone`, bare addresses and invitations.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls and marks that hide or reorder text; zero-width joiners stay, for emoji are built with them.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_HALVES = re.compile(r"[\ud800-\udfff]")

_MARKUP = re.compile(r"[\\*_~|`<>\[\]#]")
_LINE_START = re.compile(r"^([ \t]*)([-+])", re.MULTILINE)
_LINE_NUMBER = re.compile(r"^([ \t]*\d{1,10})([.)])", re.MULTILINE)
_ADDRESS = re.compile(r"([A-Za-z0-9])(://)")
_INVITATION = re.compile(r"\b(discord(?:app)?)\.(?=[A-Za-z])", re.IGNORECASE)
_EVERYONE = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_TICKS = re.compile(r"`+")

SEAM = "\u200b"
"""U+200B ZERO WIDTH SPACE: keeps two pieces of markup apart without being seen."""


def clean(text: str) -> str:
    """The text with line feeds as its only control characters; what is read is what is there."""
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text)))


def escaped(text: str) -> str:
    """The words of a text as Markdown that shows them and does nothing else.

    The start of the text counts as the start of a line; where it is none, the backslash too many is not shown.
    """
    text = _MARKUP.sub(r"\\\g<0>", clean(text))
    text = _LINE_START.sub(r"\1\\\2", text)
    text = _LINE_NUMBER.sub(r"\1\\\2", text)
    text = _ADDRESS.sub(r"\1\\\2", text)
    text = _INVITATION.sub(r"\1\\.", text)
    return _EVERYONE.sub(f"@{SEAM}", text)


def bold(text: str) -> str:
    """The words in bold. White space at the ends stays outside, where Discord lets emphasis begin and end."""
    words = text.strip()
    if not words:
        return escaped(text)
    start = text.index(words)
    return f"{text[:start]}**{escaped(words)}**{text[start + len(words) :]}"


def quoted(text: str) -> str:
    """The words as a block quote, each line of it by itself, so that the text after it is outside."""
    return "\n".join(f"> {line}" for line in escaped(text.rstrip()).split("\n"))


def code(text: str) -> str:
    """Code: as a block when it has a line break, else within a line."""
    text = clean(text)
    return block(text) if "\n" in text and text.strip() else inline(text)


def block(text: str) -> str:
    """Code on lines of its own. Three backticks in it would end it and are set apart."""
    inside = re.sub(r"`(?=`)", f"`{SEAM}", clean(text).strip("\n"))
    return f"```\n{inside}\n```"


def inline(text: str) -> str:
    """Code within a line; as plain words where no fence can hold it.

    Discord ends it at the next run of as many backticks as began it, and three begin a block.
    """
    words = clean(text).strip("\n")
    runs = {len(run) for run in _TICKS.findall(words)}
    fence = next((fence for fence in ("`", "``") if len(fence) not in runs), "")
    if not words.strip() or not fence or max(runs, default=0) > 2:
        return escaped(words)
    pad = " " if words[0] == "`" or words[-1] == "`" else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def link(label: str, url: str) -> str:
    """A link that shows `label`; the label alone where `url` is not one of the web.

    The angle brackets keep Discord from adding a preview.
    """
    target = address(url)
    words = escaped(" ".join(label.split()))
    return f"[{words}](<{target}>)" if target and words else words


def address(url: str) -> str:
    """An address of the web with everything encoded that could end it early, or empty for any other."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return ""
    # Reserved and unreserved characters (RFC 3986 §2) without those that Markdown would take for its own.
    return quote(clean(url).strip(), safe=":/?#@!$&'+,;=%-._~")
