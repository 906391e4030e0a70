"""Featured comments: three markups that course exports use, told apart by structure.

1. `<li><img …><span>NAME</span> 👍（116） 💬（6）<div>TEXT</div>2018-08-28</li>`
2. `<li><span>NAME</span> 👍（116） 💬（6）<p>TEXT</p>2018-08-28</li>`
3. `<li><div><img …><div><div><span>NAME</span></div><div>TEXT</div><div><p>作者回复: REPLY</p></div>
   <div><div>2021-07-30 17:47:06</div></div></div></div></li>`, with build hashes as class names

In each of them the author's reply may stand at the end of the text instead, behind "作者回复".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from selectolax.lexbor import LexborNode

from knowledge.html import children, is_text, parse_body, plain_text, tidy
from knowledge.model import Comment

# The title tells where the article ends. The article may be Markdown, which no HTML parser may touch, so the
# title alone is looked for by pattern; everything from there on goes through the parser.
_TITLE = re.compile(
    r"(?:<div>\s*)?<strong>\s*(?:精选留言|Featured comments)\s*[（(]\s*(\d+)\s*[)）]\s*</strong>(?:\s*</div>)?",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(👍|💬)\s*[（(]\s*(\d+)\s*[)）]")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
# A label stands at the start of a line, or behind a space or the end of a sentence: “作者回复的很耐心” is no label.
_REPLY = re.compile(
    r"(?:^|(?<=[\s。？！?!.~～）)]))[ \t\u00a0\ue000-\uf8ff]*"
    r"(?:作者回复|编辑回复|Author['’]s reply)[ \t]*(?:[:：]|(?=\n)|$)",
    re.IGNORECASE | re.MULTILINE,
)
_RULE = re.compile(r"^[-=_*—]{3,}", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentBlock:
    """The comments of a lesson file.

    Attributes:
        start: offset in the file's text at which the block begins; the article ends there.
        announced: the number of comments that the block's title announces.
        comments: those that could be read, in order.
        unread: offsets of comments that could not be read.
        cut_off: offset of the place where the block ends in the middle, or None.
    """

    start: int
    announced: int
    comments: tuple[Comment, ...]
    unread: tuple[int, ...]
    cut_off: int | None


def read_comments(text: str) -> CommentBlock | None:
    """The comment block of a lesson file, or None where it has none.

    A comment in which the file breaks off is left out: half a sentence is no quotation.
    """
    titles = list(_TITLE.finditer(text))
    if not titles:
        return None
    title = titles[-1]
    block, cut_off = _whole_part(text, title.end())
    comments: list[Comment] = []
    unread: list[int] = []
    body = parse_body(block)
    for place, item in enumerate(_items(body) if body else ()):
        comment = _comment(item)
        if comment is None:
            unread.append(_item_offset(text, title.end(), place))
        else:
            comments.append(comment)
    return CommentBlock(
        start=title.start(),
        announced=int(title.group(1)),
        comments=tuple(comments),
        unread=tuple(unread),
        cut_off=cut_off,
    )


def _whole_part(text: str, start: int) -> tuple[str, int | None]:
    """What follows `start` up to its last complete comment, and where it was cut off (None: it was not)."""
    opened, closed = text.rfind("<li>", start), text.rfind("</li>", start)
    if opened > closed:
        return text[start:opened], opened
    if text.find("</ul>", max(closed, start)) < 0:
        return text[start:], len(text)
    return text[start:], None


def _item_offset(text: str, start: int, place: int) -> int:
    offset = start
    for _ in range(place + 1):
        offset = text.find("<li>", offset) + 1
    return max(offset - 1, start)


def _items(body: LexborNode) -> list[LexborNode]:
    """The `<li>` of the outermost list: a list inside a comment's text is that comment's own."""
    return [item for item in body.css("li") if not _inside_item(item)]


def _inside_item(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "li":
            return True
        parent = parent.parent
    return False


def _comment(item: LexborNode) -> Comment | None:
    parts = [node for node in children(item) if not (is_text(node) and not (node.text_content or "").strip())]
    if any(node.tag == "span" for node in parts):
        return _flat(parts)
    return _nested(item)


def _flat(parts: list[LexborNode]) -> Comment | None:
    """Markups 1 and 2: name, counts, text and day are children of the item itself."""
    at = next(place for place, node in enumerate(parts) if node.tag == "span")
    name, rest = parts[at], parts[at + 1 :]
    counts: dict[str, int] = {}
    while rest and is_text(rest[0]):
        counts.update({mark: int(number) for mark, number in _COUNT.findall(rest[0].text_content or "")})
        rest = rest[1:]
    posted_on = _day(rest[-1].text_content or "") if rest and is_text(rest[-1]) else None
    if posted_on:
        rest = rest[:-1]
    return _made(
        author=plain_text(name),
        text=plain_text(*rest),
        likes=counts.get("👍", 0),
        reply_count=counts.get("💬", 0),
        posted_on=posted_on,
    )


def _nested(item: LexborNode) -> Comment | None:
    """Markup 3: the box around the name's own box holds, in this order, name, text, reply and day."""
    name = item.css_first("span")
    if name is None or name.parent is None or name.parent.parent is None:
        return None
    boxes = [node for node in name.parent.parent.iter() if node.tag not in {"br", "img"}]
    try:
        first = next(place for place, node in enumerate(boxes) if node.mem_id == name.parent.mem_id) + 1
    except StopIteration:
        return None
    rest = boxes[first:]
    posted_on = _day(plain_text(rest[-1])) if rest else None
    if posted_on:
        rest = rest[:-1]
    if not rest:
        return None
    text, replies = rest[0], [plain_text(box) for box in rest[1:]]
    reply = "\n".join(filter(None, replies))
    return _made(
        author=plain_text(name),
        text=plain_text(text) + (f"\n作者回复: {_without_label(reply)}" if reply else ""),
        posted_on=posted_on,
    )


def _without_label(reply: str) -> str:
    label = _REPLY.match(reply)
    return reply[label.end() :] if label else reply


def _made(
    *, author: str, text: str, posted_on: date | None, likes: int = 0, reply_count: int = 0
) -> Comment | None:
    said, reply = split_reply(text)
    if not said:
        return None
    return Comment(
        author=author, text=said, likes=likes, reply_count=reply_count, reply=reply, posted_on=posted_on
    )


def split_reply(text: str) -> tuple[str, str | None]:
    """What the reader wrote, and the author's reply where the text ends with one.

    A reader may quote an earlier reply and go on below a rule of dashes: that is no reply to this comment.
    """
    labels = list(_REPLY.finditer(text))
    if not labels:
        return text, None
    said, reply = tidy(text[: labels[-1].start()]), tidy(text[labels[-1].end() :])
    if not said or _RULE.search(reply):
        return text, None
    return said, reply or None


def _day(text: str) -> date | None:
    found = _DATE.match(text.strip())
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
