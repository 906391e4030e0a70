"""The command line as a newcomer has it: a process of its own, with an empty data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import COURSES, Coursebot


@pytest.fixture
def coursebot(tmp_path: Path) -> Coursebot:
    """The command with a data folder that is not there yet."""
    return Coursebot(tmp_path / "data")


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled courses."""
    data = tmp_path_factory.mktemp("samples") / "data"
    Coursebot(data).succeeds("import", "--all", COURSES)
    return data


@pytest.fixture
def samples(imported: Path, tmp_path: Path) -> Coursebot:
    """The command with a data folder of its own that has the bundled courses."""
    shutil.copytree(imported, tmp_path / "data")
    return Coursebot(tmp_path / "data")
