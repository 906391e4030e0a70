"""What the bot says, as Telegram takes it: pure, from typed spans to HTML parts, keyboards and inline results.

Limits are Telegram's (https://core.telegram.org/bots/api): 4096 UTF-16 units of text *after* the markup is taken
out, 64 bytes of callback data. Everything is escaped, and mentions in what others wrote are broken, so that an
old comment that names @somebody neither links nor notifies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlsplit

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit, ParseMode

from bot.commands import find
from bot.messages import Platform
from bot.rendering.excerpt import cut, excerpt, utf16_length
from bot.replies import Bold, Button, Code, Document, InlineAnswer, Link, Quote, Reply, Span, Text

LONGEST = int(MessageLimit.MAX_TEXT_LENGTH)
"""UTF-16 units of a message, markup not counted."""
CAPTION = int(MessageLimit.CAPTION_LENGTH)
"""UTF-16 units of the words under a file or picture."""

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_FOLDED = 400
"""UTF-16 units of a quote from which on it is shown folded; about ten lines on a phone."""
_LABEL, _TITLE, _DESCRIPTION = 64, 120, 240
"""UTF-16 units shown of a button, and of a choice's lines; Telegram names no limits, phones cut at about half."""
_ROW, _ROWS = 8, 12
"""Buttons in a row and rows, so that Telegram's 8 a row and 100 in all hold."""

_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls and marks that reorder or hide text, and halves of characters, which cannot be encoded.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_HALVES = re.compile(r"[\ud800-\udfff]")
# Telegram takes "@name" for a mention unless a word character stands before it; e-mail addresses stay whole.
_MENTION = re.compile(r"(?<!\w)@(?=[A-Za-z0-9_])")
_BROKEN = "@\u2060"  # U+2060 WORD JOINER: invisible, and no part of a name


@dataclass(frozen=True, slots=True)
class Part:
    """One message: its HTML, and the same words without markup for when Telegram refuses the HTML.

    With a document, the words are what stands under it, and there may be none.
    """

    html: str
    plain: str
    document: Document | None = None


def parts(reply: Reply, limit: int = LONGEST) -> tuple[Part, ...]:
    """The reply as messages of at most `limit` UTF-16 units each; none when it says nothing.

    A seam falls on the end of a paragraph or sentence where one is near, and never into a label, inline code, or
    a block of code that fits into a message by itself. A document is the last message, with the words under it where
    they fit there.
    """
    spans = _trimmed([_clean(span) for span in reply.spans])
    if reply.document is None:
        return tuple(_part(each) for each in _split(spans, limit))
    if utf16_length("".join(span.text for span in spans)) <= CAPTION:
        return (_captioned(spans, reply.document),)
    return (*(_part(each) for each in _split(spans, limit)), _captioned([], reply.document))


def _captioned(spans: list[Span], document: Document) -> Part:
    """A document with words under it, and what a picture shows, where there is room for that too."""
    shown = clean(document.alt).strip()
    if shown:
        said = Text(f"\n\n{shown}" if spans else shown)
        if utf16_length("".join(span.text for span in (*spans, said))) <= CAPTION:
            spans = [*spans, said]
    part = _part([_clean(span) for span in spans])
    return replace(part, document=document)


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The buttons under a reply; one whose payload Telegram would refuse is left out."""
    rows = [row for row in (_row(buttons) for buttons in reply.buttons) if row]
    return InlineKeyboardMarkup(rows[:_ROWS]) if rows else None


def _row(buttons: Sequence[Button]) -> list[InlineKeyboardButton]:
    least, most = InlineKeyboardButtonLimit.MIN_CALLBACK_DATA, InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    return [
        InlineKeyboardButton(label, callback_data=button.payload)
        for button in buttons[:_ROW]
        if (label := one_line(button.label, _LABEL))
        and least <= len(button.payload.encode("utf-8", "replace")) <= most
    ]


def inline_result(answer: InlineAnswer) -> InlineQueryResultArticle | None:
    """A choice for an inline query, or None when there would be nothing to post.

    It carries no buttons: what they do belongs to a chat, and an inline message does not say in which it is.
    """
    shown = parts(answer.reply)
    if not shown or not 1 <= len(answer.id.encode("utf-8", "replace")) <= 64:
        return None
    return InlineQueryResultArticle(
        id=answer.id,
        title=one_line(answer.title, _TITLE) or "…",
        description=one_line(answer.description, _DESCRIPTION) or None,
        input_message_content=InputTextMessageContent(
            shown[0].html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
        ),
    )


def one_line(text: str, limit: int) -> str:
    """Plain text on one line, for places without markup: labels, toasts, choices."""
    return excerpt(" ".join(clean(text).split()), limit, utf16_length).text


def clean(text: str) -> str:
    """Text with line feeds as its only control characters, that can be encoded and is what it seems."""
    return _HALVES.sub("\ufffd", _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text)))


def _clean(span: Span) -> Span:
    text = clean(span.text)
    return replace(span, text=text if isinstance(span, Code) else _MENTION.sub(_BROKEN, text))


def _split(spans: list[Span], limit: int) -> Iterator[list[Span]]:
    """The spans in portions whose words fit."""
    rest = _trimmed(spans)
    while rest:
        text = "".join(span.text for span in rest)
        if utf16_length(text) <= limit:
            yield rest
            return
        place = _seam(rest, text, limit)
        head = _trimmed(_slice(rest, 0, place))
        if head:
            yield head
        rest = _trimmed(_slice(rest, place, len(text)))


def _seam(spans: Sequence[Span], text: str, limit: int) -> int:
    """Where to cut a text that is too long: more than 0, at most `limit` UTF-16 units from the start."""
    place = max(len(cut(text, limit, utf16_length)[0]), 1)
    start = 0
    for span in spans:
        end = start + len(span.text)
        if start < place < end and not isinstance(span, Text | Quote):
            if text[:start].strip():
                return start
            if isinstance(span, Code):
                # It fills a message by itself: whole lines are the best that can be had.
                return start + (span.text.rfind("\n", 0, place - start) + 1 or place - start)
        start = end
    return place


def _slice(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """The spans between two places of their joined text."""
    found: list[Span] = []
    offset = 0
    for span in spans:
        words = span.text[max(start - offset, 0) : max(end - offset, 0)]
        if words:
            found.append(replace(span, text=words))
        offset += len(span.text)
    return found


def _trimmed(spans: Sequence[Span]) -> list[Span]:
    """The spans without white space around all of them, which Telegram would take off as well."""
    kept = [span for span in spans if span.text]
    while kept and not kept[0].text.strip():
        kept.pop(0)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept and not isinstance(kept[0], Code):
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
    if kept:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip())
    return kept


def _part(spans: Sequence[Span]) -> Part:
    return Part("".join(_html(span) for span in spans), "".join(span.text for span in spans))


def _html(span: Span) -> str:
    text = escape(span.text, quote=False)
    if not span.text.strip():
        return text  # Telegram drops entities around nothing
    match span:
        case Bold():
            return f"<b>{text}</b>"
        case Code() if _command(span.text):
            return text  # Telegram makes it something to tap, but not within code
        case Code():
            return f"<pre>{text}</pre>" if "\n" in text else f"<code>{text}</code>"
        case Quote():
            folded = " expandable" if utf16_length(span.text) > _FOLDED else ""
            return f"<blockquote{folded}>{text}</blockquote>"
        case Link(url=url) if _ours(url):
            return f'<a href="{escape(url)}">{text}</a>'
        case _:
            return text


def _command(text: str) -> bool:
    """Whether a text is one of our commands and nothing else."""
    return text.startswith("/") and find(text[1:], Platform.TELEGRAM) is not None


def _ours(url: str) -> bool:
    """Whether an address may be linked: the web only, and nothing that hides where it leads."""
    try:
        address = urlsplit(url)
        host = address.hostname
    except ValueError:
        return False
    plain = not re.search(r"[\s\x00-\x1f\x7f\ud800-\udfff]", url)
    return address.scheme in {"http", "https"} and bool(host) and "@" not in address.netloc and plain
