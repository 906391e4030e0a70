"""Bytes of a text file as text: UTF-8, or what Chinese Windows and Excel write instead, told apart by statistics."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
"""Bytes that are looked at to tell encodings apart."""
_SURE = 0.85
"""Share of everyday characters from which on a guess is taken for the truth: real text has .97 and more, text in
another encoding .6 and less."""
_ZEROS = 0.2
"""Share of zero bytes at even or odd places from which on a file is UTF-16 without its mark."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file, and the name of its encoding where that is not UTF-8."""

    text: str
    encoding: str = ""


def decode(content: bytes) -> Decoded | None:
    """The text of a file; None where nobody can tell in which encoding it is."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _as(content.removeprefix(mark) if name == "utf-8" else content, name)
    try:
        if b"\0" not in content[:_SAMPLE]:
            return Decoded(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    for name in (*_utf_16(content), *_chinese(content)):
        if (found := _as(content, name)) is not None:
            return found
    return _as(content, "utf-8")


def _as(content: bytes, name: str) -> Decoded | None:
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return None
    return Decoded(text, "" if name == "utf-8" else _NAMES.get(name, name.upper()))


_GB_SIGNS = {0xA1, 0xA2, 0xA3, 0xA9}
_NAMES = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "gb18030": "GBK", "big5hkscs": "Big5"}


def _utf_16(content: bytes) -> list[str]:
    sample = content[:_SAMPLE]
    zeros = {"utf-16-le": sample[1::2].count(0), "utf-16-be": sample[::2].count(0)}
    return [name for name, count in zeros.items() if count > _ZEROS * (len(sample) / 2)]


def _chinese(content: bytes) -> list[str]:
    """Chinese encodings that the bytes look like, likeliest first.

    Both put their everyday characters on fixed lead bytes: GB 2312 level 1 on B0..D7, Big5 level 1 on A4..C6, with
    punctuation below. Text in the other encoding falls outside of these about half of the time.
    """
    gb = big5 = total = place = 0
    sample = content[:_SAMPLE]
    while place < len(sample) - 1:
        lead, trail = sample[place], sample[place + 1]
        if lead < 0x80:
            place += 1
            continue
        if 0x30 <= trail <= 0x39:  # four bytes in GB 18030: an emoji, say
            place += 4
            continue
        total += 1
        everyday = trail >= 0xA1
        gb += everyday and (lead in _GB_SIGNS or 0xB0 <= lead <= 0xD7)
        big5 += (0x40 <= trail <= 0x7E or everyday) and 0xA1 <= lead <= 0xC6
        place += 2
    shares = sorted(((gb, "gb18030"), (big5, "big5hkscs")), reverse=True)
    return [name for count, name in shares if total and count / total >= _SURE]
