"""Which sentences of an article can stand alone: whole statements that point at nothing around them.

The words to go by are in `telling.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from unicodedata import east_asian_width

from knowledge.markup import plain
from knowledge.passages import sentences

SHORTEST, LONGEST = 36, 150
"""Columns of a sentence, a Chinese character taking two: from one line to four on a phone."""

_FULL = 80
"""Columns from which on a sentence is not short."""
_EACH_VAGUE = 0.8
_STRESS = 20
"""Columns of a stressed part that says something; shorter ones stress a term."""
_WRAPPED = 50
"""Columns from which on a line that ends in no stop may be one of a paragraph broken into lines."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_STRESSED = re.compile(r"\*\*([^*\n]+)\*\*")
_ENDS = re.compile(r"(?:[。！]|[.!](?!\.))[”’\"'」』）)]*$")
_STOPS = re.compile(r"[。！？!?.：:；;…”」』）)\"']$")
_STARTS = re.compile(r"[A-Z0-9\"“‘(`\u3400-\u9fff《「『（]|[a-z][\w.+#-]* ?[\u3400-\u9fff]")
_BEFORE_SIGN = re.compile(r"(?<=[.!?])\s+(?=[`\"“(])")
_PAIRS = ("“”", "‘’", "（）", "()", "「」", "『』", "《》", "[]", "【】")
_LISTED = re.compile(
    r"\s*(?:[-*•·+>#|]\s|\(?[0-9a-zA-Z一二三四五六七八九十]{1,2}[.、)）:：]|[（(][0-9一二三四五六七八九十]+[)）]|[①-⑳])"
)
_CODE = re.compile(
    r"^(?:\s{4}|\s*(?://|#|\$ |>>> |import |from |def |class |SELECT ))|\t|[{};\\]\s*$|"
    r"=>|->|==|\+=|:=|::|\(\)|/\*|\*/|\s\|\s"
)


@cache
def cue_words(name: str, *, at_start: bool = False) -> re.Pattern[str]:
    """The list of that name in `telling.toml`, both languages together, as one expression."""
    lists = tomllib.loads((resources.files("knowledge") / "telling.toml").read_text(encoding="utf-8"))
    shape = "|".join(lists["zh"].get(name, []))
    if english := "|".join(lists["en"].get(name, [])):
        shape += rf"|\b(?:{english})\b"
    return re.compile(rf"^(?:{shape})" if at_start else shape, re.IGNORECASE)


def columns(text: str) -> int:
    """Length in columns: two for a character as wide as a Chinese one."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def prose(text: str) -> list[str]:
    """The sentences of a passage that belong to running text, as words without Markdown's marks.

    Lines of lists, tables and code are left out. A paragraph that was broken into lines is put together again.
    """
    paragraphs: list[str] = []
    unfinished = False
    for line in text.split("\n"):
        if not line.strip() or _LISTED.match(line) or _CODE.search(line):
            unfinished = False
            continue
        words = plain(line.strip())
        if unfinished:
            paragraphs[-1] += (" " if paragraphs[-1][-1:].isascii() else "") + words
        else:
            paragraphs.append(words)
        unfinished = columns(words) >= _WRAPPED and not _STOPS.search(words)
    return [
        sentence
        for paragraph in paragraphs
        for piece in sentences(paragraph)
        for sentence in _BEFORE_SIGN.split(piece)
    ]


def stressed(text: str) -> list[str]:
    """What the author of a passage stressed, without the marks, where it is long enough to say something."""
    return [plain(each) for each in _STRESSED.findall(text) if columns(each) >= _STRESS]


def trimmed(sentence: str) -> str:
    """The sentence without the connective or the lead-in ("一句话：") that it begins with.

    Leaving connectives out is the trimming of CLASSY (Conroy et al., "Left-brain/right-brain multi-document
    summarization", DUC 2004); what is left still stands in the article as it is.
    """
    opening = cue_words("connectives", at_start=True).match(sentence)
    if opening:
        sentence = sentence[opening.end() :].removeprefix("，").removeprefix(",")
    answer = cue_words("answers", at_start=True).match(sentence)
    if answer and sentence[answer.end() : answer.end() + 1] in {"，", ","}:
        sentence = sentence[answer.end() + 1 :]
    head, colon, rest = sentence.partition("：")
    if colon and len(head) <= 24 and "，" not in head and cue_words("lead_ins").search(head):
        return rest
    return sentence


def tells(sentence: str) -> bool:
    """Whether a sentence is a whole statement, of readable length, that can be understood by itself."""
    return (
        SHORTEST <= columns(sentence) <= LONGEST
        and _ENDS.search(sentence) is not None
        and _STARTS.match(sentence) is not None
        and all(sentence.count(pair[0]) == sentence.count(pair[1]) for pair in _PAIRS)
        and all(sentence.count(mark) % 2 == 0 for mark in ("`", '"'))
        and _worded(sentence)
        and not cue_words("points").search(sentence)
        and not cue_words("chats").search(sentence)
        and not cue_words("leans", at_start=True).match(sentence)
    )


def standing(sentence: str) -> float:
    """How much it says by itself, 0 to 1: less for each word that depends on something else, and when short."""
    vague = len(cue_words("vague").findall(sentence))
    return float(_EACH_VAGUE**vague * min(1.0, columns(sentence) / _FULL) ** 0.5)


def has_cue(sentence: str) -> bool:
    """Whether it says what something is, or what the lesson is for: the cue method of Edmundson 1969."""
    return cue_words("cues").search(sentence) is not None


def _worded(sentence: str) -> bool:
    """Whether it consists of words rather than of signs: most of its characters are letters of one language."""
    visible = [character for character in sentence if not character.isspace()]
    letters = sum(1 for character in visible if _LETTER.match(character))
    han = len(_HAN.findall(sentence))
    if han:
        return letters >= 0.75 * len(visible) and 2 * han >= letters
    return letters >= 0.85 * len(visible)
