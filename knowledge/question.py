"""A question as it is searched for and scored: without its padding, in distinct terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.normalize import normalize
from knowledge.sounds import sound_ids
from knowledge.terms import GAP, Ids, Terms, characters, pairs, terms_of
from knowledge.tokens import Sentence, tokenize
from knowledge.vectors import WordVectors

Weights = NDArray[np.float32]
Matrix = NDArray[np.float32]

_PADDING = re.compile(
    r"(?:各位|亲爱的)?(?:老师|大佬|大神|大家)(?:们)?(?:您好|你好|好)?[,，!！。:：~～ ]*|"
    r"(?:您好|你好|hello|hi)[,，!！。:：~～ ]+|"
    r"(?:我)?(?:想|要)?(?:请教|请问|问)(?:一下|一个问题|个问题|下)?(?:老师|大家)?[,，:：]?|"
    r"(?:非常|多谢|谢谢|感谢|麻烦)(?:老师|大家|您|你|了|啦|解答|指点|指教|感谢|谢谢)*[!！。~～]*|"
    r"(?:求|望|盼)(?:老师)?(?:解答|指点|解惑|赐教)|"
    r"\b(?:please|thanks(?: a lot| in advance)?|thank you(?: very much)?|could you (?:please )?tell me|"
    r"i (?:would|'d) like to (?:ask|know))\b[,.!]*"
)
"""Courtesies around a question, which would only blur it."""


MOST_CHARACTERS = 2_000
"""Of a longer question its beginning and its end are read: what is asked stands there, and what lies between (a log, a
program, half an article) would only take time."""


def shortened(text: str) -> str:
    """At most `MOST_CHARACTERS` of a question, and a line break where something was left out."""
    half = MOST_CHARACTERS // 2
    return text if len(text) <= MOST_CHARACTERS else f"{text[: half - 1]}\n{text[-half:]}"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question's distinct terms, ready to be matched.

    Attributes:
        text: the question as it was typed.
        sentences: its tokens.
        units: distinct unit ids, ascending.
        pairs: distinct ids of neighbouring units, ascending.
        words: distinct word ids, ascending.
        sounds: distinct ids of neighbouring sounds, ascending.
        characters: all units as one string of a character each.
        vectors: vectors of `words` and whether the table has them.
        telling: [words] how much each word tells in any text, 0..1.
    """

    text: str
    sentences: list[Sentence]
    units: Ids
    pairs: Ids
    words: Ids
    sounds: Ids
    characters: str
    vectors: tuple[Matrix, NDArray[np.bool_]]
    telling: Weights

    @classmethod
    def of(cls, text: str, table: WordVectors) -> Self:
        """Read a question as it was typed."""
        normal = normalize(text)
        sentences = tokenize(_PADDING.sub(" ", normal)) or tokenize(normal)
        terms: Terms = terms_of(sentences)
        words = np.unique(terms.words)
        return cls(
            text=text,
            sentences=sentences,
            units=_distinct(terms.units),
            pairs=_distinct(pairs(terms.units)),
            words=words,
            sounds=_distinct(pairs(sound_ids(terms.units))),
            characters=characters(terms.units),
            vectors=table.of(words),
            telling=table.weight(words),
        )


def _distinct(ids: Ids) -> Ids:
    distinct = np.unique(ids)
    return distinct[1:] if len(distinct) and distinct[0] == GAP else distinct
