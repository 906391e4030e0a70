"""What is said, in words of our own that every platform can be translated to; what is heard is in `messages.py`.

Replies are typed spans, not markup: each adapter escapes text for its own platform, so nothing a reader or an
author wrote can become markup, a mention or a link.

`Quote` and `Code` of several lines are blocks: the core puts line breaks around them in the neighbouring
spans, so an adapter may set them apart but needs to add no break of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Emphasised text."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that somebody wrote, set apart as a block."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code or a command, in a fixed-width face; a block when it has several lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link with a label of ours; `url` comes from the course's own settings only."""

    text: str
    url: str


Span = Text | Bold | Quote | Code | Link


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label and a payload of at most 64 bytes that says what pressing it means."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to be typed into a form.

    Attributes:
        name: by which the submission has it; `[a-z_]{1,32}`.
        label: what to type, in the reader's language, at most 45 characters (Discord's limit).
        value: what stands there to begin with, or empty.
        limit: characters at most, not more than 4,000 (Discord's limit).
        long: whether several lines are expected.
        required: whether it must be filled.
    """

    name: str
    label: str
    value: str = ""
    limit: int = 4000
    long: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A request for typed words: a modal where the platform has one, else asked for in the chat.

    Attributes:
        payload: what filling it in means (`bot/buttons/payloads.py`).
        title: in the reader's language, at most 45 characters (Discord's limit).
        fields: one to five; a chat asks for them one after the other.
    """

    payload: str
    title: str
    fields: tuple[Field, ...]


PICTURE = "image/png"
"""The media type of a document that is shown and not only handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that the bot sends; shown as a picture when its type is `PICTURE`.

    Attributes:
        name: with its suffix.
        content: at most 8 MB.
        type: its media type.
        alt: a picture in words, for those who do not see it.
    """

    name: str
    content: bytes = field(repr=False)
    type: str = "application/octet-stream"
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Something the bot says.

    Attributes:
        spans: the text.
        buttons: rows of buttons under it.
        private: only for the person who asked, where the platform can do that.
        replaces: True to replace the message whose button was pressed instead of adding one.
        form: words to ask for with it, or None.
        document: a file or picture that goes with it, or None.
    """

    spans: tuple[Span, ...]
    buttons: tuple[tuple[Button, ...], ...] = field(default=())
    private: bool = False
    replaces: bool = False
    form: Form | None = None
    document: Document | None = None

    @property
    def text(self) -> str:
        """The words alone, without emphasis or addresses."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineAnswer:
    """One choice offered for an inline query.

    Attributes:
        id: stable name of the choice, at most 64 bytes.
        title: what the reader sees of it in the list, plain text.
        description: a second line, plain text.
        reply: what is posted when it is chosen.
    """

    id: str
    title: str
    description: str
    reply: Reply
