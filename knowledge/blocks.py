"""An article as a sequence of blocks, whether it came as Markdown or as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token
from selectolax.lexbor import LexborNode

from knowledge.html import BLOCKS, SILENT, children, is_text, parse_body, plain_text, tidy


class BlockKind(StrEnum):
    """What a block is; only paragraphs may be cut."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of an article as plain text; `level` is 1 to 6 for a heading and 0 otherwise."""

    kind: BlockKind
    text: str
    level: int = 0


def read_blocks(article: str) -> list[Block]:
    """The blocks of an article; HTML where it begins with a tag, Markdown otherwise. Empty blocks are left out."""
    stripped = article.strip()
    blocks = html_blocks(stripped) if stripped.startswith("<") else markdown_blocks(stripped)
    return [_as_heading(block) for block in blocks if block.text]


def _as_heading(block: Block) -> Block:
    """Exports bold a short line of its own where a heading is meant: such a paragraph comes marked by level 6."""
    if block.kind is BlockKind.PARAGRAPH and block.level:
        return Block(kind=BlockKind.HEADING, text=block.text, level=block.level)
    return block


_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_LISTS = {"bullet_list_open", "ordered_list_open"}
_BOLD_HEADING_LENGTH = 24


def markdown_blocks(text: str) -> list[Block]:
    """The blocks of a Markdown article; HTML inside it is read as HTML."""
    blocks: list[Block] = []
    tokens = _MARKDOWN.parse(text)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _end(tokens, at)
        inside = tokens[at : end + 1]
        if token.type == "heading_open":
            blocks.append(Block(kind=BlockKind.HEADING, text=_inline(inside), level=int(token.tag[1])))
        elif token.type == "paragraph_open":
            blocks.append(Block(kind=BlockKind.PARAGRAPH, text=_inline(inside), level=_bold_level(inside[1])))
        elif token.type in _LISTS:
            blocks.append(Block(kind=BlockKind.LIST, text=_list(inside)))
        elif token.type == "table_open":
            blocks.append(Block(kind=BlockKind.TABLE, text=_table(inside)))
        elif token.type in {"fence", "code_block"}:
            blocks.append(Block(kind=BlockKind.CODE, text=token.content.strip("\n")))
        elif token.type == "html_block":
            blocks.extend(html_blocks(token.content))
        elif token.type == "blockquote_open":
            end = at  # step inside: what is quoted is made of blocks itself
        at = end + 1
    return blocks


def _end(tokens: list[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth <= 0:
            return place
    return len(tokens) - 1


def _bold_level(inline: Token) -> int:
    parts = [token for token in inline.children or () if token.type != "text" or token.content.strip()]
    is_bold = len(parts) == 3 and parts[0].type == "strong_open" and parts[2].type == "strong_close"
    return 6 if is_bold and len(parts[1].content) <= _BOLD_HEADING_LENGTH else 0


def _inline(tokens: list[Token]) -> str:
    """Prose with its inline Markdown kept (`code`, **stress**, links), images as their alt text, without HTML tags.

    What is shown goes through `markup.plain`; what is kept is what the author wrote.
    """
    return tidy("".join(_inline_source(token) for token in tokens if token.type == "inline"))


def _inline_source(inline: Token) -> str:
    source = inline.content
    for child in inline.children or ():
        if child.type == "image":
            start = source.find("![")
            end = source.find(f"]({child.attrs.get('src', '')}", start)
            close = source.find(")", end)
            if 0 <= start < end < close:
                source = source[:start] + child.content + source[close + 1 :]
        elif child.type == "html_inline":
            source = source.replace(child.content, "\n" if child.content.startswith("<br") else "", 1)
    return source


def _list(tokens: list[Token]) -> str:
    lines: list[str] = []
    numbers: list[int | None] = []
    mark = ""
    for token in tokens:
        if token.type in _LISTS:
            start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
            numbers.append(start)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1]
            mark = "- " if number is None else f"{number}. "
            if number is not None:
                numbers[-1] = number + 1
        elif token.type == "inline":
            lines.append("  " * (len(numbers) - 1) + (mark or "  ") + _inline([token]).replace("\n", " "))
            mark = ""
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.strip("\n"))
    return "\n".join(lines)


def _table(tokens: list[Token]) -> str:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline([token]).replace("\n", " "))
    return "\n".join(" | ".join(row) for row in rows)


_HTML_KINDS = {"ul": BlockKind.LIST, "ol": BlockKind.LIST, "table": BlockKind.TABLE, "pre": BlockKind.CODE}


def html_blocks(html: str) -> list[Block]:
    """The blocks of an HTML article or fragment; scripts, styles, media and comments are no prose."""
    body = parse_body(html)
    blocks: list[Block] = []
    if body is not None:
        _walk(body, blocks)
    return blocks


def _walk(root: LexborNode, blocks: list[Block]) -> None:
    loose: list[LexborNode] = []

    def flush() -> None:
        if text := plain_text(*loose):
            blocks.append(Block(kind=BlockKind.PARAGRAPH, text=text))
        loose.clear()

    # An explicit stack instead of recursion: hostile files nest thousands of elements.
    stack = [children(root)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            flush()
            stack.pop()
        elif is_text(node) or (node.tag not in BLOCKS and node.tag not in SILENT):
            loose.append(node)
        elif node.tag not in SILENT:
            flush()
            if _has_blocks(node):
                stack.append(children(node))
            else:
                blocks.append(_html_block(node))
    flush()


def _has_blocks(node: LexborNode) -> bool:
    if node.tag in _HTML_KINDS or node.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        return False
    return any(child.tag in BLOCKS for child in children(node))


def _html_block(node: LexborNode) -> Block:
    tag = node.tag or ""
    if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        return Block(kind=BlockKind.HEADING, text=plain_text(node), level=int(tag[1]))
    if tag == "pre":
        return Block(kind=BlockKind.CODE, text=node.text().strip("\n"))
    if tag in {"ul", "ol"}:
        items = [
            plain_text(*children(item)).replace("\n", " ") for item in children(node) if item.tag == "li"
        ]
        marks = [f"{place}. " if tag == "ol" else "- " for place in range(1, len(items) + 1)]
        return Block(
            kind=BlockKind.LIST, text="\n".join(mark + item for mark, item in zip(marks, items, strict=True))
        )
    if tag == "table":
        rows = [[plain_text(cell) for cell in row.css("td, th")] for row in node.css("tr")]
        return Block(kind=BlockKind.TABLE, text="\n".join(" | ".join(row) for row in rows))
    bold = [child for child in children(node) if not is_text(child) or (child.text_content or "").strip()]
    text = plain_text(node)
    is_heading = len(bold) == 1 and bold[0].tag in {"strong", "b"} and len(text) <= _BOLD_HEADING_LENGTH
    return Block(kind=BlockKind.PARAGRAPH, text=text, level=6 if is_heading else 0)
