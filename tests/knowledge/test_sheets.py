"""Excel files as Excel and others write them, and files that only look like one."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from knowledge.errors import CoursebotError
from knowledge.model import Seed
from knowledge.seeds import BadRow, SeedFile, format_seeds, parse_seeds


def book(*sheets: list[list[Any]]) -> bytes:
    held = io.BytesIO()
    made = xlsxwriter.Workbook(held, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    for rows in sheets:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    made.close()
    return held.getvalue()


def read(*sheets: list[list[Any]]) -> SeedFile:
    return parse_seeds("a.xlsx", book(*sheets))


HEAD = ["question", "answer"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (2024, "2024"),
        (3.0, "3"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 9, 30), "2026-03-01 09:30:00"),  # noqa: DTZ001 (Excel knows no zones)
        ("第一行\n第二行", "第一行\n第二行"),
    ],
)
def test_numbers_and_days_are_what_one_would_type(cell: object, text: str) -> None:
    assert [row.seed for row in read([HEAD, [cell, cell]]).rows] == [Seed(question=text, answer=text)]


def test_of_a_formula_the_value_counts_that_was_saved_with_it() -> None:
    held = io.BytesIO()
    made = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, ["Q"])
    sheet.write_formula(1, 1, '=A2&"!"', None, "Q!")
    sheet.write_row(2, 0, ["R"])
    sheet.write_formula(2, 1, '=HYPERLINK("http://x")', None, "")
    made.close()
    found = parse_seeds("a.xlsx", held.getvalue())
    assert found.formulas
    assert [row.seed for row in found.rows] == [Seed(question="Q", answer="Q!")]
    assert found.bad == (BadRow(3, "row-no-answer"),)


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    seed = Seed(question="=1+1", answer="@SUM(A1)", author="+x")
    content = format_seeds("a.xlsx", [("", seed)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    found = parse_seeds("a.xlsx", content)
    assert (found.formulas, [row.seed for row in found.rows]) == (False, [seed])


def test_the_sheet_with_the_columns_is_found_and_rows_keep_their_numbers() -> None:
    found = read([["notes"], ["x"]], [HEAD, ["Q", "A"], [], ["", "B"]])
    assert [(row.row, row.seed.question) for row in found.rows] == [(2, "Q")]
    assert found.bad == (BadRow(4, "row-no-question"),)


def test_an_excel_file_is_one_whatever_its_name() -> None:
    assert parse_seeds("a.csv", book([HEAD, ["Q", "A"]])).rows[0].seed == Seed(question="Q", answer="A")


@pytest.mark.parametrize("sheets", [[[]], [[HEAD]], [[[]], [[]]]])
def test_an_empty_sheet(sheets: list[list[list[Any]]]) -> None:
    with pytest.raises(CoursebotError, match="seeds-empty"):
        read(*sheets)


def test_a_sheet_without_the_columns() -> None:
    with pytest.raises(CoursebotError, match="seeds-columns"):
        read([["frage", "antwort"], ["Q", "A"]])


def test_an_old_file_or_one_with_a_password() -> None:
    with pytest.raises(CoursebotError, match="excel-old"):
        parse_seeds("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(held: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return made.getvalue()


def test_damaged_files() -> None:
    whole = book([HEAD, ["Q", "A"]])
    held = parts(whole)
    torn = whole[:-40] + bytes(40)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    variants = {
        "torn": torn,
        "cut": whole[: len(whole) // 2],
        "no-sheet": packed({name: data for name, data in held.items() if "sheet1" not in name}),
        "no-xml": packed({**held, "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}),
        "not-xml": packed({**held, "xl/workbook.xml": b"\x00\x01"}),
        "flipped": bytes(flipped),
    }
    for name, data in variants.items():
        with pytest.raises(CoursebotError) as caught:
            parse_seeds("a.xlsx", data)
        assert caught.value.key in {"excel-broken", "file-not-utf8", "seeds-empty"}, name


def test_a_bomb_in_an_excel_file_is_not_unpacked() -> None:
    held = parts(book([HEAD, ["Q", "A"]]))
    bomb = held["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", b" " * (30 << 20) + b"</sheetData>")
    with pytest.raises(CoursebotError, match="zip-bomb"):
        parse_seeds("a.xlsx", packed({**held, "xl/worksheets/sheet1.xml": bomb}))


def test_a_text_too_long_for_a_cell_is_said() -> None:
    seed = Seed(question="Q", answer="A", aliases=tuple(f"{number} " + "x" * 5_000 for number in range(7)))
    with pytest.raises(CoursebotError, match="excel-cell"):
        format_seeds("a.xlsx", [("", seed)])
