"""HTML to plain text with a real parser (lexbor, through selectolax), so that no malformed tag can surprise us."""

from __future__ import annotations

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

SILENT = frozenset(
    {"script", "style", "audio", "video", "iframe", "object", "noscript", "svg", "head", "template"}
)
"""Elements whose content is not prose."""

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
"""Elements that begin and end a line."""


def parse_body(html: str) -> LexborNode | None:
    """The body of a document or fragment; None where there is nothing in it."""
    return LexborHTMLParser(html).body


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The child nodes of `node`, text nodes included, comments left out."""
    for child in node.iter(include_text=True):
        if child.tag != "-comment":
            yield child


def is_text(node: LexborNode) -> bool:
    """Whether `node` is a run of text rather than an element."""
    return node.tag == "-text"


def plain_text(*nodes: LexborNode) -> str:
    """The prose in `nodes`: blocks and `<br>` become line breaks, images their alt text; white space is tidied.

    Line breaks that stand in the text itself are kept: exporters put a reader's own paragraphs there.
    """
    pieces: list[str] = []
    for node in nodes:
        _collect(node, pieces)
    return tidy("".join(pieces))


def _collect(root: LexborNode, pieces: list[str]) -> None:
    # A stack instead of recursion: hostile files nest thousands of elements.
    stack: list[LexborNode | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            # The end of one block and the start of the next are one line break.
            if node != "\n" or (pieces and not pieces[-1].endswith("\n")):
                pieces.append(node)
        elif is_text(node):
            pieces.append(node.text_content or "")
        elif node.tag == "br":
            pieces.append("\n")
        elif node.tag == "img":
            pieces.append(node.attributes.get("alt") or "")
        elif node.tag not in SILENT:
            inner: list[LexborNode | str] = list(children(node))
            if node.tag in BLOCKS:
                inner = ["\n", *inner, "\n"]
            elif node.tag in {"td", "th"}:
                inner = [*inner, "\t"]
            stack.extend(reversed(inner))


def tidy(text: str) -> str:
    """`text` without trailing blanks, without runs of blank lines and without surrounding white space."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").split("\n"):
        stripped = line.rstrip()
        if stripped or (lines and lines[-1]):
            lines.append(stripped)
    return "\n".join(lines).strip()
