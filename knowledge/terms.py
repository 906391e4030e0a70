"""A text's units and words as arrays of numbers, the form in which they are stored and compared.

A Han character's number is its code point; every other unit or word is known by its CRC-32. Two of them share a
number once in some 100,000 texts, which costs a little score and never a wrong text: texts are shown, not numbers.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.tokens import Sentence, tokenize

Ids = NDArray[np.uint32]

GAP = 0
"""Stands between two units that are not neighbours in the text."""

_LATIN = np.uint32(0x80000000)
_HEADER = struct.Struct("<III")


@lru_cache(maxsize=16_384)
def unit_id(unit: str) -> int:
    """The number of a unit: its code point, or a checksum with the top bit set; `GAP` for no unit."""
    if not unit:
        return GAP
    if len(unit) == 1 and not unit.isascii():
        return ord(unit)
    return zlib.crc32(unit.encode()) | 0x80000000


@lru_cache(maxsize=16_384)
def word_id(word: str) -> int:
    """The number of a word: its checksum."""
    return zlib.crc32(word.encode())


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The units and words of a text, sentence by sentence.

    Attributes:
        units: [n] unit numbers in the order of the text, `GAP` between sentences and over punctuation.
        words: [m] word numbers in the order of the text.
        unit_starts: [s] where each sentence begins in `units`.
        word_starts: [s] where each sentence begins in `words`.
    """

    units: Ids
    words: Ids
    unit_starts: Ids
    word_starts: Ids

    def pack(self) -> bytes:
        """These terms as bytes; `unpack` makes them again."""
        sizes = _HEADER.pack(len(self.units), len(self.words), len(self.unit_starts))
        parts = (self.units, self.words, self.unit_starts, self.word_starts)
        return sizes + b"".join(part.astype("<u4").tobytes() for part in parts)


def unpack(data: bytes, offset: int = 0) -> tuple[Terms, int]:
    """Terms that begin at `offset` of packed bytes, and where they end. Copies nothing."""
    n, m, s = _HEADER.unpack_from(data, offset)
    offset += _HEADER.size
    numbers = np.frombuffer(data, "<u4", count=n + m + 2 * s, offset=offset)
    parts = (numbers[:n], numbers[n : n + m], numbers[n + m : n + m + s], numbers[n + m + s :])
    return Terms(*parts), offset + 4 * len(numbers)


def terms_of(sentences: Sequence[Sentence]) -> Terms:
    """The terms of sentences that were already tokenised."""
    units: list[int] = []
    words: list[int] = []
    unit_starts: list[int] = []
    word_starts: list[int] = []
    for sentence in sentences:
        if units:
            units.append(GAP)
        unit_starts.append(len(units))
        word_starts.append(len(words))
        units.extend(map(unit_id, sentence.units))
        words.extend(map(word_id, sentence.words))
    return Terms(*(np.array(ids, dtype=np.uint32) for ids in (units, words, unit_starts, word_starts)))


def analyse(text: str) -> Terms:
    """The terms of any text."""
    return terms_of(tokenize(text))


def pairs(units: Ids) -> Ids:
    """[n - 1] numbers of neighbouring units; `GAP` where the two are no neighbours."""
    left, right = units[:-1], units[1:]
    mixed = (left * np.uint32(0x9E3779B1)) ^ (right * np.uint32(0x85EBCA77) + np.uint32(1))
    mixed ^= mixed >> np.uint32(15)
    return np.where((left != GAP) & (right != GAP), np.maximum(mixed, np.uint32(1)), np.uint32(GAP))


def characters(units: Ids) -> str:
    """Units as a string of one character each: Latin tokens become characters of private use."""
    points = np.where(units & 0x80000000, (units & 0xFFFF) | 0xF0000, units)
    points = np.where(points == GAP, 0x20, points).astype("<u4")
    return points.tobytes().decode("utf-32-le", "replace")
