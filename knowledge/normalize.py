"""Text as it is compared: width, case, script variant and invisible characters no longer differ."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache

import opencc

_ROUNDS = 4
_SHORT = 200
"""Characters up to which a text may be a question, which every step of answering has to read anew."""


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def normalize(text: str) -> str:
    """`text` in NFKC, lower case and simplified characters, without invisible characters; idempotent.

    Each step can make work for the one before it (folding "İ" leaves a combining dot, simplifying a phrase can
    make another phrase), so they are repeated until nothing changes.
    """
    return _remembered(text) if len(text) <= _SHORT else _normalized(text)


def _normalized(text: str) -> str:
    for _ in range(_ROUNDS):
        before = text
        text = unicodedata.normalize("NFKC", text).casefold()
        text = _visible(text)
        if not text.isascii():
            text = _simplified(text)
        if text == before:
            break
    return text


_remembered = lru_cache(maxsize=256)(_normalized)


def _simplified(text: str) -> str:
    """In simplified characters; in text written in traditional ones, Taiwan's terms too (資料庫 is 数据库).

    Simplified text keeps its terms: 文件 is a file here and a document there.
    """
    simplified = str(_converter("t2s").convert(text))
    return simplified if simplified == text else str(_converter("tw2sp").convert(text))


def _visible(text: str) -> str:
    """Without control and format characters (zero-width spaces, direction marks); tabs become spaces."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        character
        if character == "\n" or not _is_invisible(character)
        else " " * (character in "\t\r\x0b\x0c")
        for character in text
    )


@cache
def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}
