"""Abbreviations and synonyms: a question in one wording is also asked in the others."""

from __future__ import annotations

import json
import logging
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, Self

from knowledge.errors import CoursebotError
from knowledge.normalize import normalize

TABLE = Path(__file__).with_name("glossary.toml")
_MOST_VARIANTS = 3

logger = logging.getLogger("coursebot.glossary")


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
        values = _read(path)
        return cls.of(_groups(values.get("groups", []), path))

    def of_courses(self, _courses: tuple[str, ...] | None) -> Glossary:
        """What holds in these courses (None: in any): here, everything."""
        return self

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


class Synonyms(Protocol):
    """Where the glossary for a question comes from."""

    def of_courses(self, courses: tuple[str, ...] | None, /) -> Glossary:
        """What holds in these courses (None: in any)."""
        ...


class OwnGlossary:
    """The shipped glossary and an operator's own files, read again as soon as one of them changes.

    Args:
        files: files as of `Glossary.load`, in which a table `[[group]]` with `terms` (and `course`, where the group
            holds in one course only) adds a group as well. A file that is not there has nothing to add.
        base: what they are added to; the shipped one by default.
    """

    def __init__(self, *files: Path, base: Glossary | None = None) -> None:
        self._files = files
        self._base = shipped() if base is None else base
        self._stamps: tuple[_Stamp, ...] | None = None
        self._read: list[tuple[str, Glossary]] = []

    def of_courses(self, courses: tuple[str, ...] | None) -> Glossary:
        """What holds in these courses (None: in any).

        Raises:
            CoursebotError: "glossary-bad" for a file that cannot be read at first; later its last contents hold.
        """
        stamps = tuple(map(_stamp, self._files))
        if stamps != self._stamps:
            there = [file for file, stamp in zip(self._files, stamps, strict=True) if stamp]
            try:
                self._read = [group for file in there for group in own_groups(file)]
            except CoursebotError as error:
                if self._stamps is None:
                    raise
                # Somebody is in the middle of writing it, or made a slip: readers are answered all the same.
                logger.warning("%s; the one before stays in force", error)
            self._stamps = stamps
        meant = [
            glossary for course, glossary in self._read if not course or not courses or course in courses
        ]
        # The operator's own come first: of many synonyms only a few are tried.
        return sum(meant, Glossary(())) + self._base


def own_groups(path: Path) -> list[tuple[str, Glossary]]:
    """The groups of an operator's file, each with the course in which it holds (empty: in all).

    Raises:
        CoursebotError: "glossary-bad" when it is not such a file.
    """
    values = _read(path)
    found = [("", group) for group in _groups(values.get("groups", []), path)]
    tables = values.get("group", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CoursebotError("glossary-bad", path=path)
    for table in tables:
        course = table.get("course", "")
        if not isinstance(course, str):
            raise CoursebotError("glossary-bad", path=path)
        found += [(course, group) for group in _groups([table.get("terms")], path)]
    return [(course, Glossary.of([group])) for course, group in found]


def add_group(path: Path, terms: Sequence[str], course: str = "") -> bool:
    """Write a group at the end of an operator's file, which is made when missing; False where it stands there already.

    Raises:
        CoursebotError: "glossary-bad" for a file that is none, "glossary-few" for fewer than two different terms,
            "path-unwritable" when it cannot be written.
    """
    added = Glossary.of([terms])
    if not added.groups:
        raise CoursebotError("glossary-few")
    held = own_groups(path) if path.exists() else []
    if any(home in {"", course} and set(added.groups[0]) <= set(sum(g.groups, ())) for home, g in held):
        return False
    # A JSON string is a TOML string as well, but for DEL.
    lines = ["[[group]]", f"terms = {_quoted(list(added.groups[0]))}"]
    lines += [f"course = {_quoted(course)}"] if course else []
    try:
        before = path.read_text("utf-8-sig").rstrip() if path.exists() else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text("\n".join([before, "", *lines] if before else lines) + "\n", "utf-8")
        new.replace(path)
    except (OSError, UnicodeError) as error:
        raise CoursebotError("path-unwritable", path=path, reason=str(error)) from error
    return True


def _quoted(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


_Stamp = tuple[int, int] | None


def _stamp(path: Path) -> _Stamp:
    """By what a change of a file is seen; None where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CoursebotError("glossary-bad", path=path) from error


def _groups(groups: Any, path: Path) -> list[list[str]]:
    """What is to be a list of lists of terms."""
    if not isinstance(groups, list) or not all(
        isinstance(group, list) and all(isinstance(term, str) for term in group) for group in groups
    ):
        raise CoursebotError("glossary-bad", path=path)
    return groups


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
