"""Files of seeded answers: JSON Lines, CSV and Excel, with question, answer, aliases, lesson, author and course.

A table's row is known by the number that a spreadsheet shows (its header is row 1), a line of JSON by its line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.columns import COLUMNS, column_of, columns_of, passed_over
from knowledge.encodings import Decoded, decode
from knowledge.errors import CoursebotError
from knowledge.model import Seed
from knowledge.seed_rows import join_aliases, seed_of

MOST_ROWS = 100_000
"""Rows of a file at most; they take 10 s to save and 30 s to index on two cores."""
LARGEST = 100 << 20
"""Bytes of a file at most."""
_RISKY = "=+-@\t\r'"
"""How a cell begins that a spreadsheet may take for a formula (https://owasp.org/www-community/attacks/CSV_Injection):
in CSV it gets an apostrophe in front, which is taken off again when it is read."""
_DELIMITERS = ",;\t"


class BadRow(NamedTuple):
    """A row that was left out: its number and why, as a catalog key."""

    row: int
    why: str


class SeedRow(NamedTuple):
    """A good row: its number, what it says, and the course that it names, or empty."""

    row: int
    seed: Seed
    course: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedFile:
    """The rows of a file.

    Attributes:
        rows: the good ones.
        bad: the bad ones.
        encoding: of the file, where it is not UTF-8.
        formulas: whether cells hold formulas, of which the saved values were taken.
        passed_over: columns that are none of ours.
    """

    rows: tuple[SeedRow, ...] = ()
    bad: tuple[BadRow, ...] = ()
    encoding: str = ""
    formulas: bool = False
    passed_over: tuple[str, ...] = ()


@dataclass(slots=True)
class _Table:
    """Rows as they come out of a file: by column, or the catalog key of what is wrong with one."""

    rows: Iterator[tuple[int, dict[str, Any] | str]]
    encoding: str = ""
    formulas: bool = False
    passed_over: tuple[str, ...] = field(default=())


def read_seeds(path: Path, *, most: int = MOST_ROWS) -> SeedFile:
    """Read a file of answers.

    Raises:
        CoursebotError: "path-missing", "seeds-too-big", and as of `parse_seeds`.
    """
    if not path.is_file():
        raise CoursebotError("path-missing", path=path)
    try:
        if path.stat().st_size > LARGEST:
            raise CoursebotError("seeds-too-big", file=path, limit=LARGEST >> 20)
        content = path.read_bytes()
    except OSError as error:
        raise CoursebotError("seeds-unreadable", path=path) from error
    return parse_seeds(path.name, content, most=most)


def parse_seeds(name: str, content: bytes, *, most: int = MOST_ROWS) -> SeedFile:
    """Read the content of a file of answers; its kind goes by what it is, then by its name.

    Args:
        name: of the file; `.csv` and `.tsv` are tables, all else that is no Excel file is JSON Lines.
        content: of the file.
        most: rows at most.

    Raises:
        CoursebotError: "seeds-empty", "seeds-too-many", "file-not-utf8" (in no encoding that could be told),
            "csv-broken", as of `columns.columns_of`, `sheets.read_sheet`.
    """
    from knowledge.sheets import is_excel, read_sheet  # noqa: PLC0415 (zip files are rare)

    if is_excel(content) or name.lower().endswith((".xlsx", ".xlsm")):
        sheet = read_sheet(content, name, most=most)
        table = _table(name, iter(sheet.rows))
        table.formulas = sheet.formulas
    elif name.lower().endswith((".csv", ".tsv")):
        text = _decoded(name, content)
        table = _table(name, _csv_rows(name, text.text))
        table.encoding = text.encoding
    else:
        text = _decoded(name, content)
        table = _Table(_json_rows(text.text), text.encoding)
    return _read(name, table, most)


def _read(name: str, table: _Table, most: int) -> SeedFile:
    rows: list[SeedRow] = []
    bad: list[BadRow] = []
    for number, row in table.rows:
        if len(rows) + len(bad) >= most:
            raise CoursebotError("seeds-too-many", file=name, limit=most)
        made = row if isinstance(row, str) else seed_of(row)
        if isinstance(made, str):
            bad.append(BadRow(number, made))
        else:
            rows.append(SeedRow(number, *made))
    if not rows and not bad:
        raise CoursebotError("seeds-empty", file=name)
    return SeedFile(
        rows=tuple(rows),
        bad=tuple(bad),
        encoding=table.encoding,
        formulas=table.formulas,
        passed_over=table.passed_over,
    )


def _decoded(name: str, content: bytes) -> Decoded:
    found = decode(content)
    if found is None:
        raise CoursebotError("file-not-utf8", file=name)
    return found


def format_seeds(name: str, seeds: Iterable[tuple[str, Seed]]) -> bytes:
    """Answers, each with its course or "", as the content of a file of that name: CSV, TSV, Excel, else JSON Lines.

    The course is written only where there are several, or none is sure to be the one they are read for.

    Raises:
        CoursebotError: "excel-cell" for a text that is too long for Excel.
    """
    held = list(seeds)
    rows = [_row(course, seed) for course, seed in held]
    kind = name.lower().rpartition(".")[2]
    if kind not in {"csv", "tsv", "xlsx"}:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    columns = COLUMNS if any(course for course, _ in held) else COLUMNS[:-1]
    cells = ([_cell(row.get(column)) for column in columns] for row in rows)
    if kind == "xlsx":
        from knowledge.sheets import write_sheet  # noqa: PLC0415

        return write_sheet(columns, cells, "answers")
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter="\t" if kind == "tsv" else ",")
    writer.writerow(columns)
    writer.writerows([_disarmed(cell) for cell in row] for row in cells)
    return (
        "\ufeff" + buffer.getvalue()
    ).encode()  # spreadsheets take UTF-8 for what it is only with the mark


def _cell(value: Any) -> str:
    return join_aliases(value) if isinstance(value, list) else value or ""


def _disarmed(cell: str) -> str:
    return f"'{cell}" if cell.startswith(tuple(_RISKY)) else cell


def _armed(cell: str) -> str:
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in _RISKY else cell


def _row(course: str, seed: Seed) -> dict[str, Any]:
    row: dict[str, Any] = {
        "question": seed.question,
        "answer": seed.answer,
        "aliases": list(seed.aliases),
        "lesson": seed.lesson,
        "author": seed.author,
    }
    return row | {"course": course} if course else row


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Lines, or the items of one list, which is what many programs write."""
    items = _json_list(text)
    if items:
        for number, item in enumerate(items, start=1):
            yield number, _by_column(item) if isinstance(item, dict) else "row-not-object"
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError of its own
            yield number, "row-not-json"
            continue
        yield number, _by_column(row) if isinstance(row, dict) else "row-not-object"


def _json_list(text: str) -> list[Any]:
    """The items of a file that is one JSON list of objects; none for any other."""
    if not re.match(r"\s*\[\s*\{", text):
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _by_column(row: dict[str, Any]) -> dict[str, Any] | str:
    found: dict[str, Any] = {}
    for key, value in row.items():
        column = column_of(key)
        if column in found:
            return "row-key-twice"
        if column:
            found[column] = value
    return found


def _csv_rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LARGEST)  # what is too long for a cell is said of its row
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(
        _DELIMITERS, key=lambda mark: sum(bool(column_of(c.strip('" \r'))) for c in heading.split(mark))
    )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            yield number, [_armed(cell) for cell in row]
    except csv.Error as error:
        raise CoursebotError("csv-broken", file=name, line=reader.line_num) from error


def _table(name: str, rows: Iterator[tuple[int, list[str]]]) -> _Table:
    """Rows of cells under the first one that has any."""
    headings = next((cells for _, cells in rows if any(cell.strip() for cell in cells)), None)
    if headings is None:
        raise CoursebotError("seeds-empty", file=name)
    columns = columns_of(headings, name)
    return _Table(_cells(rows, columns), passed_over=passed_over(headings))


def _cells(
    rows: Iterator[tuple[int, list[str]]], columns: list[str]
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(columns) :]):
            # An answer with a comma that nobody quoted would lose its end without a word.
            yield number, "row-too-many-cells"
            continue
        yield number, {column: cell for column, cell in zip(columns, cells, strict=False) if column}
