"""Files of seeded answers: JSON Lines and CSV with question, answer, aliases, lesson, author."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import CoursebotError
from knowledge.model import Seed

COLUMNS = ("question", "answer", "aliases", "lesson", "author")
LONGEST_QUESTION = 20_000
LONGEST_ANSWER = 20_000
_ALIAS_MARKS = "|｜\n"
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its number (from 1, a CSV's header not counted) and why, as a catalog key."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class SeedFile:
    """The rows of a file: the good ones with their numbers, and the bad ones."""

    seeds: tuple[tuple[int, Seed], ...]
    bad: tuple[BadRow, ...]


def read_seeds(path: Path) -> SeedFile:
    """Read a seed file; its kind goes by its suffix (`.csv`, else JSON Lines).

    Raises:
        CoursebotError: "path-missing", "file-not-utf8", "seeds-unreadable" (no such columns).
    """
    if not path.is_file():
        raise CoursebotError("path-missing", path=path)
    try:
        text = path.read_bytes().decode("utf-8-sig")  # line breaks within a cell are kept as they are
    except UnicodeDecodeError as error:
        raise CoursebotError("file-not-utf8", file=path) from error
    except OSError as error:
        raise CoursebotError("seeds-unreadable", path=path) from error
    rows = _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_rows(text)
    seeds: list[tuple[int, Seed]] = []
    bad: list[BadRow] = []
    for number, row in rows:
        made = row if isinstance(row, str) else _seed(row)
        if isinstance(made, Seed):
            seeds.append((number, made))
        else:
            bad.append(BadRow(number, made))
    return SeedFile(tuple(seeds), tuple(bad))


def write_seeds(path: Path, seeds: Iterable[Seed]) -> int:
    """Write seeds so that reading them gives the same again; the number written."""
    rows = [_row(seed) for seed in seeds]
    if path.suffix.lower() == ".csv":
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, COLUMNS)
        writer.writeheader()
        writer.writerows({**row, "aliases": _join(row["aliases"])} for row in rows)
        text = "\ufeff" + buffer.getvalue()  # spreadsheets take UTF-8 for what it is only with the mark
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, "utf-8", newline="")
    return len(rows)


def _row(seed: Seed) -> dict[str, Any]:
    return {
        "question": seed.question,
        "answer": seed.answer,
        "aliases": list(seed.aliases),
        "lesson": seed.lesson,
        "author": seed.author,
    }


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError of its own
            yield number, "row-not-json"
            continue
        yield number, row if isinstance(row, dict) else "row-not-object"


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if not {"question", "answer"} <= {(name or "").strip().lower() for name in reader.fieldnames or ()}:
            raise CoursebotError("seeds-unreadable", path=path)
        for number, row in enumerate(reader, start=1):
            yield number, {(name or "").strip().lower(): value for name, value in row.items()}
    except csv.Error as error:
        raise CoursebotError("seeds-unreadable", path=path) from error


def _seed(row: dict[str, Any]) -> Seed | str:
    """The seed that a row describes, or the catalog key of what is wrong with it."""
    texts = {name: row.get(name) for name in ("question", "answer", "lesson", "author")}
    if any(value is not None and not _is_text(value) for value in texts.values()):
        return "row-not-text"
    question, answer = (texts["question"] or "").strip(), (texts["answer"] or "").strip()
    if not question:
        return "row-no-question"
    if not answer:
        return "row-no-answer"
    if len(question) > LONGEST_QUESTION or len(answer) > LONGEST_ANSWER:
        return "row-too-long"
    aliases = _split(row.get("aliases"))
    if aliases is None:
        return "row-bad-aliases"
    return Seed(
        question=question,
        answer=answer,
        aliases=aliases,
        lesson=(texts["lesson"] or "").strip().removesuffix(".md") or None,
        author=(texts["author"] or "").strip(),
    )


def _is_text(value: Any) -> bool:
    """Whether every database can store it: JSON can spell NUL and the half of a character."""
    return isinstance(value, str) and "\0" not in value and not _HALF.search(value)


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


def _join(aliases: list[str]) -> str:
    if any(mark in alias for alias in aliases for mark in _ALIAS_MARKS) or any(
        a.startswith("[") for a in aliases
    ):
        return json.dumps(aliases, ensure_ascii=False)
    return " | ".join(aliases)
