"""Entries as documents of the index: what is searched, and what comes back with a hit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from knowledge.entry import Entry, Source
from knowledge.terms import Terms, terms_of, unpack
from knowledge.tokens import Sentence, tokenize

_ASKING = re.compile(
    r"[?？吗呢]|为什么|为啥|怎么|如何|什么|哪|请问|请教|是否|是不是|能不能|有没有|可以.{0,12}么"
)


class Kind(StrEnum):
    """What an entry is to a question."""

    ANSWERED = "answered"
    """A question that was answered, here or (as far as is known) elsewhere."""
    REMARK = "remark"
    """A reader's comment that nobody answered."""
    PASSAGE = "passage"
    """A piece of the article."""


def _kind(entry: Entry) -> Kind:
    if entry.source is Source.PASSAGE:
        return Kind.PASSAGE
    return Kind.ANSWERED if entry.answer is not None or entry.answered_elsewhere else Kind.REMARK


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wording:
    """One wording of an entry, ready to be indexed or scored.

    Attributes:
        ref: the entry's ref.
        course: the course's slug.
        lesson: the lesson's slug, or empty.
        kind: what the entry is; each kind is searched and ranked apart.
        alias: the alias whose wording this is; empty for the entry's own text.
        text: terms of the wording.
        heading: terms of the heading and the lesson's title above it.
        answer: terms of the answer; none for readers' comments and passages.
        entry: the entry as JSON.
        asks: whether the wording asks something.
        likes: number of 👍.
        number: the number that the course gives the lesson, or None.
    """

    ref: str
    course: str
    lesson: str
    kind: Kind
    alias: str
    text: Terms
    heading: Terms
    answer: Terms
    entry: bytes
    asks: bool
    likes: int
    number: int | None

    def pack_terms(self) -> bytes:
        """All terms as bytes."""
        return self.text.pack() + self.heading.pack() + self.answer.pack()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """A wording with the strings that go into the inverted index."""

    wording: Wording
    units: str
    pairs: str
    words: str


def documents(entry: Entry) -> Iterator[Document]:
    """One document for the entry's own text and one for each alias."""
    packed = pack_entry(entry)
    heading_sentences, heading = _heading(f"{entry.heading}\n{entry.lesson_title}")
    answer = terms_of(tokenize(entry.answer or ""))
    kind = _kind(entry)
    for alias in ("", *entry.aliases):
        sentences = tokenize(alias or entry.searched)
        # A passage is found by the headings above it as well as by its own words.
        indexed = [*sentences, *heading_sentences] if kind is Kind.PASSAGE else sentences
        wording = Wording(
            ref=entry.ref,
            course=entry.course,
            lesson=entry.lesson or "",
            kind=kind,
            alias=alias,
            text=terms_of(sentences),
            heading=heading,
            answer=answer,
            entry=packed,
            asks=bool(_ASKING.search(alias or entry.text)),
            likes=entry.likes,
            number=entry.lesson_number,
        )
        yield Document(wording=wording, units=_units(indexed), pairs=_pairs(indexed), words=_words(indexed))


@lru_cache(maxsize=1024)
def _heading(text: str) -> tuple[list[Sentence], Terms]:
    """Terms of a heading, which all passages below it share."""
    sentences = tokenize(text)
    return sentences, terms_of(sentences)


def _units(sentences: list[Sentence]) -> str:
    return " ".join(unit for sentence in sentences for unit in sentence.units if unit)


def _words(sentences: list[Sentence]) -> str:
    return " ".join(word for sentence in sentences for word in sentence.words)


def _pairs(sentences: list[Sentence]) -> str:
    return " ".join(pair for sentence in sentences for pair in unit_pairs(sentence))


def unit_pairs(sentence: Sentence) -> Iterator[str]:
    """The neighbouring units of a sentence, joined."""
    for left, right in zip(sentence.units, sentence.units[1:], strict=False):
        if left and right:
            yield left + right


_FIELDS = tuple(field.name for field in fields(Entry))


def pack_entry(entry: Entry) -> bytes:
    """An entry as JSON; fields that are empty are left out."""
    values = {name: value for name in _FIELDS if (value := getattr(entry, name))}
    if entry.posted_on:
        values["posted_on"] = entry.posted_on.isoformat()
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=1024)
def unpack_entry(data: bytes) -> Entry:
    """The entry that `pack_entry` wrote; one object for those that are found again and again.

    What is kept of answered questions holds their entries (`bot/conversation.py`), which would else be in memory once
    for each of them. An entry with its bytes takes some 3 kB.
    """
    values: dict[str, Any] = json.loads(data)
    values["source"] = Source(values["source"])
    for name in ("aliases", "pins", "bars"):
        values[name] = tuple(values.get(name, ()))
    if "posted_on" in values:
        values["posted_on"] = date.fromisoformat(values["posted_on"])
    return Entry(**values)


def unpack_terms(data: bytes) -> tuple[Terms, Terms, Terms]:
    """Terms of the wording, of its heading and of its answer."""
    text, offset = unpack(data)
    heading, offset = unpack(data, offset)
    answer, _ = unpack(data, offset)
    return text, heading, answer
