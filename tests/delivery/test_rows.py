"""Each row of the table in docs/delivery.md has a test that is named after it."""

from __future__ import annotations

import re

from tests.acceptance.command import ROOT


def test_every_row_of_the_table_has_its_test() -> None:
    table = (ROOT / "docs" / "delivery.md").read_text("utf-8")
    rows = {int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert rows == set(range(1, 29))
    tested: set[int] = set()
    for folder in ("delivery", "adapters/sql"):
        for file in (ROOT / "tests" / folder).glob("test_*.py"):
            text = file.read_text("utf-8")
            tested |= {int(number) for number in re.findall(r"def test_row_(\d\d)_", text)}
            for first, last in re.findall(r"def test_rows_(\d\d)_to_(\d\d)_", text):
                tested |= set(range(int(first), int(last) + 1))
    assert rows - tested == set()
