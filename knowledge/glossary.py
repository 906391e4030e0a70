"""Abbreviations and synonyms: a question in one wording is also asked in the others."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from knowledge.errors import CoursebotError
from knowledge.normalize import normalize

TABLE = Path(__file__).with_name("glossary.toml")
_MOST_VARIANTS = 3


@dataclass(frozen=True, slots=True)
class Glossary:
    """Groups of terms that mean the same, each term normalised."""

    groups: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, groups: Iterable[Iterable[str]]) -> Self:
        """A glossary of these groups; groups of fewer than two terms mean nothing and are left out."""
        normal = (tuple(dict.fromkeys(filter(None, (normalize(term).strip() for term in g)))) for g in groups)
        return cls(tuple(group for group in normal if len(group) > 1))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a TOML file with `groups`, a list of lists of terms.

        Raises:
            CoursebotError: "glossary-bad" when it is not that.
        """
        try:
            groups = tomllib.loads(path.read_text("utf-8-sig")).get("groups", [])
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CoursebotError("glossary-bad", path=path) from error
        if not isinstance(groups, list) or not all(
            isinstance(group, list) and all(isinstance(term, str) for term in group) for group in groups
        ):
            raise CoursebotError("glossary-bad", path=path)
        return cls.of(groups)

    def __add__(self, other: Glossary) -> Glossary:
        """Both glossaries together."""
        return Glossary(self.groups + other.groups)

    def variants(self, question: str) -> list[str]:
        """The question, then at most two more wordings in which terms are replaced by their synonyms."""
        text = normalize(question)
        wordings = [question]
        for group in self.groups:
            for term in group:
                found = _finder(term).search(text)
                if found:
                    before, after = text[: found.start()], text[found.end() :]
                    others = [other for other in group if not _finder(other).search(text)]
                    wordings += [f"{before} {other} {after}" for other in others]
                    break
            if len(wordings) >= _MOST_VARIANTS:
                break
        return wordings[:_MOST_VARIANTS]


@cache
def _finder(term: str) -> re.Pattern[str]:
    """Finds a term: Latin ones as whole words, others anywhere."""
    pattern = re.escape(term)
    if term[0].isascii() and term[0].isalnum():
        pattern = r"(?<![a-z0-9])" + pattern
    if term[-1].isascii() and term[-1].isalnum():
        pattern += r"(?![a-z0-9])"
    return re.compile(pattern)


@cache
def shipped() -> Glossary:
    """The glossary that comes with the program."""
    return Glossary.load(TABLE)
