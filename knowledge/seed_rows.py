"""One row of a file of answers: what it says, or what is wrong with it."""

from __future__ import annotations

import json
import re
from typing import Any

from knowledge.columns import COLUMNS
from knowledge.model import Seed

LONGEST_QUESTION = 20_000
LONGEST_ANSWER = 20_000
_ALIAS_MARKS = "|｜\n"
_UNFIT = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
_TAGS = re.compile(r"<[^<>]{1,200}>")


def seed_of(row: dict[str, Any]) -> tuple[Seed, str] | str:
    """The seed that a row describes and its course, or the catalog key of what is wrong with it."""
    texts = {name: row.get(name) for name in COLUMNS if name != "aliases"}
    if any(value is not None and not _is_text(value) for value in texts.values()):
        return "row-not-text"
    question, answer = (texts["question"] or "").strip(), (texts["answer"] or "").strip()
    aliases = _split(row.get("aliases"))
    if (why := _wrong(question, answer, aliases)) is not None:
        return why
    seed = Seed(
        question=question,
        answer=answer,
        aliases=aliases or (),
        lesson=(texts["lesson"] or "").strip().removesuffix(".md") or None,
        author=(texts["author"] or "").strip(),
    )
    return seed, (texts["course"] or "").strip()


def _wrong(question: str, answer: str, aliases: tuple[str, ...] | None) -> str | None:
    if not question:
        return "row-no-question"
    if not answer:
        return "row-no-answer"
    if len(question) > LONGEST_QUESTION or len(answer) > LONGEST_ANSWER:
        return "row-too-long"
    if aliases is None:
        return "row-bad-aliases"
    if sum(map(len, aliases)) > LONGEST_QUESTION:
        return "row-too-long"
    if not (_has_words(question) and _has_words(answer)):
        return "row-only-markup"
    return None


def _has_words(text: str) -> bool:
    """Whether anything is left of a text without its markup and signs: letters, digits or characters of a script."""
    return any(character.isalnum() for character in _TAGS.sub("", text))


def _is_text(value: Any) -> bool:
    """Whether every database and Excel can hold it: JSON can spell NUL and the half of a character."""
    return isinstance(value, str) and not _UNFIT.search(value)


def _split(value: Any) -> tuple[str, ...] | None:
    """Aliases from a list, from a JSON list in a cell, or from a cell with | or line breaks between them."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        for mark in _ALIAS_MARKS:
            value = value.replace(mark, "\n")
        value = value.split("\n")
    if not isinstance(value, list) or not all(map(_is_text, value)):
        return None
    return tuple(dict.fromkeys(alias.strip() for alias in value if alias.strip()))


def join_aliases(aliases: list[str]) -> str:
    """Aliases in one cell: with | between them, or as a JSON list where that would not be told apart."""
    if any(mark in alias for alias in aliases for mark in _ALIAS_MARKS) or any(
        a.startswith("[") for a in aliases
    ):
        return json.dumps(aliases, ensure_ascii=False)
    return " | ".join(aliases)
