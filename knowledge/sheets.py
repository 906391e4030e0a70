"""Excel files as rows of text, and back. The libraries are imported when a file is there.

Reading is `python-calamine`, which takes 0.5 s for 100,000 rows where openpyxl takes 7 s, and is typed; writing is
XlsxWriter, which keeps every character of a text. Both are given no file whose parts are larger than they should be.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.archive import checked
from knowledge.columns import NEEDED, column_of
from knowledge.errors import CoursebotError

LONGEST_CELL = 32_767
"""UTF-16 units of a cell at most (Excel specifications and limits)."""
UNPACKED = 200 << 20
"""Bytes of an Excel file's parts together, at most: 100,000 rows of 100 characters are 60 MB."""
_OLD = b"\xd0\xcf\x11\xe0"
"""How files of Excel 97, and every file with a password, begin."""
_FORMULA = (b"<f>", b"<f ")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet that are used, each with its number as Excel shows it, and whether some are formulas.

    Of a formula the value counts that was saved with it.
    """

    rows: list[tuple[int, list[str]]]
    formulas: bool


def is_excel(content: bytes) -> bool:
    """Whether a file is one of Excel's, whatever its name."""
    if content.startswith(_OLD):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def read_sheet(content: bytes, name: object, *, most: int) -> Sheet:
    """The first sheet that has the needed columns in its first row, else the first sheet.

    Raises:
        CoursebotError: "excel-old" for a file of Excel 97 or with a password; "excel-broken"; "zip-bomb";
            "seeds-too-many" for more than `most` rows.
    """
    if content.startswith(_OLD):
        raise CoursebotError("excel-old", file=name)
    formulas = False
    for part, piece in checked(content, name, total=UNPACKED, broken="excel-broken"):
        formulas = formulas or (part.startswith("xl/worksheets/") and any(tag in piece for tag in _FORMULA))

    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(each) for each in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise CoursebotError("excel-broken", file=name) from error
    if not sheets:
        return Sheet([], formulas)
    for sheet in sheets:
        first = next(iter(sheet.iter_rows()), [])
        if set(NEEDED) <= {column_of(cell) for cell in first}:
            break
    else:
        sheet = sheets[0]
    if sheet.height > most + 1:
        raise CoursebotError("seeds-too-many", file=name, limit=most)
    top = sheet.start[0] + 1 if sheet.start else 1
    rows = [
        (number, [_text(cell) for cell in row]) for number, row in enumerate(sheet.iter_rows(), start=top)
    ]
    return Sheet(rows, formulas)


def write_sheet(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> bytes:
    """An Excel file with one sheet in which every cell is text, so that nothing is taken for a formula or a date.

    Raises:
        CoursebotError: "excel-cell" for a text that is too long for a cell.
    """
    import xlsxwriter  # noqa: PLC0415

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"constant_memory": True, "in_memory": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 1, 60)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(_with(headings, rows)):
        for column, cell in enumerate(row):
            if sheet.write_string(number, column, cell, text) != 0:
                raise CoursebotError("excel-cell", row=number + 1, limit=LONGEST_CELL)
    book.close()
    return held.getvalue()


def _with(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    yield headings
    yield from rows


def _text(cell: object) -> str:
    """A cell as whoever typed it would write it: 3 for 3.0, days as 2026-03-01."""
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.datetime():
            return cell.isoformat(sep=" ")
        case dt.date() | dt.time():
            return cell.isoformat()
        case None:
            return ""
        case _:
            return str(cell)
