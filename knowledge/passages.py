"""Cutting an article into passages that can be found and quoted by themselves.

A passage is 200 to 400 characters where the article allows it: long enough to carry an explanation, short
enough that a question's words are not drowned. Code, lists and tables are never cut; code stays with the
paragraph that explains it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.blocks import Block, BlockKind
from knowledge.model import Passage

SHORTEST = 200
LONGEST = 400

_EXERCISES = re.compile(
    r"^(?:[\d一二三四五六七八九十]+[.、 ]\s*)?(?:思考题|"
    r"(?:课后|课下|每日|课堂|一课)(?:思考|作业|练习|讨论|题|一思|小?作业|小?练习)\w{0,2}|"
    r"练习题|小?作业|思考时间|思考与讨论|思考|动动手|exercises?|homework|questions? (?:to think|for) .*)"
    r"(?:时间)?[：:]?$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[。！？!?；;])(?![”’」』）)])|(?<=[.!?])\s+(?=[A-Z])|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class CutArticle:
    """An article in passages, its exercises apart."""

    passages: tuple[Passage, ...]
    exercises: str


@dataclass(slots=True)
class _Cutter:
    passages: list[Passage] = field(default_factory=list)
    heading: str = ""
    blocks: list[Block] = field(default_factory=list)

    @property
    def length(self) -> int:
        return sum(len(block.text) for block in self.blocks)

    def flush(self) -> None:
        if self.blocks:
            text = "\n".join(block.text for block in self.blocks)
            self.passages.append(Passage(heading=self.heading, text=text))
            self.blocks = []

    def add(self, block: Block) -> None:
        if self.blocks and not self._belongs(block):
            self.flush()
        self.blocks.append(block)

    def _belongs(self, block: Block) -> bool:
        """Whether `block` goes on with the passage in hand."""
        if block.kind is BlockKind.CODE or all(held.kind is BlockKind.CODE for held in self.blocks):
            return True
        if self.length + len(block.text) <= LONGEST:
            return True
        # A lead-in ("there are three reasons:") belongs to the list that follows, however long that is.
        return self.length < SHORTEST and (
            block.kind is not BlockKind.PARAGRAPH or self.length < SHORTEST // 4
        )


def cut(blocks: Sequence[Block]) -> CutArticle:
    """Cut an article's blocks into passages and set its exercises apart."""
    cutter = _Cutter()
    headings: list[Block] = []
    exercises: list[str] = []
    exercise_level: int | None = None
    for place, block in enumerate(blocks):
        if place == 0 and block.kind is BlockKind.HEADING and block.level == 1:
            continue  # the lesson's own title says nothing about one passage rather than another
        if block.kind is BlockKind.HEADING:
            cutter.flush()
            if exercise_level is None or block.level <= exercise_level:
                exercise_level = block.level if is_exercise_heading(block.text) else None
            headings = [held for held in headings if held.level < block.level] + [block]
            cutter.heading = " › ".join(held.text for held in headings)
        elif exercise_level is not None:
            exercises.append(block.text)
        else:
            for piece in _pieces(block):
                cutter.add(piece)
    cutter.flush()
    return CutArticle(passages=tuple(cutter.passages), exercises="\n".join(exercises))


def is_exercise_heading(heading: str) -> bool:
    """Whether a heading opens the lesson's questions to think about (思考题, 课后作业, Exercises …)."""
    return _EXERCISES.match(heading.strip().strip("*#：: ")) is not None


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, each with its end mark; nothing is lost but white space."""
    return [piece.strip() for piece in _SENTENCE.split(text) if piece.strip()]


def _pieces(block: Block) -> list[Block]:
    """The block itself, or a long paragraph in pieces of at most `LONGEST` that end with a sentence."""
    if block.kind is not BlockKind.PARAGRAPH or len(block.text) <= LONGEST:
        return [block]
    pieces: list[str] = []
    for sentence in sentences(block.text):
        if pieces and len(pieces[-1]) + len(sentence) <= LONGEST:
            gap = " " if pieces[-1][-1].isascii() else ""
            pieces[-1] += gap + sentence
        else:
            pieces.append(sentence)
    return [Block(kind=BlockKind.PARAGRAPH, text=piece) for piece in pieces]
