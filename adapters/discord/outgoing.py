"""What the bot says, as Discord takes it: pure, from a reply to posts of text, embeds and rows of buttons.

Up to 2000 characters are a message's content. What is longer becomes embeds, of which a message may hold 6000
characters, so that nearly every answer is one message and can be edited as one; only what is longer still is
several. Limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits and
https://discord.com/developers/docs/components/reference#button.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.discord import markdown
from adapters.discord.pages import pages
from bot.rendering.excerpt import excerpt, utf16_length
from bot.replies import Button, Document, Reply

CONTENT, DESCRIPTION, EMBEDDED = 2000, 4096, 6000
"""Characters of a message's content, of one embed's description, and of all its embeds together, at most."""
ROW, ROWS = 5, 5
"""Buttons in a row and rows under a message, at most."""
LABEL, CUSTOM_ID = 80, 100
"""Characters of a button's label and of what it carries, at most."""
SHOW = "show"
"""What the button carries that shows a private answer to everyone."""

_OURS = "b:"
_FORM = "f:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message.

    Attributes:
        content: its text, Markdown; empty when it is in embeds.
        embeds: descriptions of its embeds, Markdown.
        rows: the buttons under it, with `custom_id` in the place of the payload.
        document: a file or picture that goes with it.
    """

    content: str = ""
    embeds: tuple[str, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    document: Document | None = None


def posts(reply: Reply, *, show: str = "") -> tuple[Post, ...]:
    """The reply as messages, none when it says nothing; its buttons and its document stand under the last one.

    Args:
        reply: what to say.
        show: label of a button under each message that shows it to everyone; empty for none.
    """
    content = pages(reply.spans, CONTENT)
    found: list[Post] = []
    if len(content) == 1:
        found = [Post(content=content[0])]
    elif content:
        found = [Post(embeds=held) for held in _packed(pages(reply.spans, DESCRIPTION))]
    elif reply.document:
        found = [Post()]
    last = len(found) - 1
    share = ((Button(_label(show), SHOW),),) if show else ()
    return tuple(
        Post(
            content=post.content,
            embeds=post.embeds,
            rows=_rows(reply.buttons if index == last else (), share),
            document=reply.document if index == last else None,
        )
        for index, post in enumerate(found)
    )


def custom_id(payload: str) -> str:
    """What a button with that payload carries."""
    return f"{_OURS}{payload}"


def payload(carried: str) -> str:
    """The payload in what a button carries; one of another make is handed on for the core to judge."""
    return carried.removeprefix(_OURS)


def form_id(payload: str) -> str:
    """What a form with that payload carries."""
    return f"{_FORM}{payload}"


def form_payload(carried: str) -> str:
    """The payload in what a form carries; empty for one of another make."""
    return carried.removeprefix(_FORM) if carried.startswith(_FORM) else ""


def _packed(descriptions: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """The descriptions by message: as many as fit, in order."""
    held: list[str] = []
    for each in descriptions:
        if held and sum(map(utf16_length, held)) + utf16_length(each) > EMBEDDED:
            yield tuple(held)
            held = []
        held.append(each)
    yield tuple(held)


def _rows(
    rows: Sequence[Sequence[Button]], more: tuple[tuple[Button, ...], ...]
) -> tuple[tuple[Button, ...], ...]:
    """Rows that Discord accepts: not too many, and no two buttons that carry the same."""
    seen: set[str] = set()
    kept: list[list[Button]] = []
    for row in rows:
        buttons = []
        for button in row:
            carried = custom_id(button.payload)
            if button.payload and len(carried) <= CUSTOM_ID and carried not in seen:
                seen.add(carried)
                buttons.append(Button(_label(button.label), carried))
        kept += [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    room = ROWS - len(more)
    if len(kept) > room:
        # A list of courses has one button a row; five a row hold all that Discord can show.
        every = [button for row in kept for button in row]
        kept = [every[start : start + ROW] for start in range(0, len(every), ROW)][:room]
    return (*(tuple(row) for row in kept if row), *more)


def utf16_cut(text: str, limit: int) -> str:
    """The text's beginning, as much as fits; never empty."""
    return excerpt(markdown.clean(text), limit, utf16_length).text or "…"


def _label(text: str) -> str:
    """A button's label: plain text on one line, never empty."""
    return utf16_cut(" ".join(text.split()), LABEL)
