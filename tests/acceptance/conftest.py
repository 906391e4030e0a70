"""A data folder with the bundled courses is made once; tests work on copies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import CHINESE, ROOT, Coursebot, Ran


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Coursebot, Ran]:
    """The bundled courses imported, and what the import said. To look at only."""
    bot = Coursebot(data=tmp_path_factory.mktemp("samples") / "data")
    return bot, bot("import", "--all", ROOT / "courses", "--json")


@pytest.fixture(scope="session")
def shared(samples: tuple[Coursebot, Ran]) -> Coursebot:
    """The bundled courses, to ask and not to change."""
    return samples[0]


@pytest.fixture
def bot(shared: Coursebot, tmp_path: Path) -> Coursebot:
    """The bundled courses in a data folder of the test's own."""
    shutil.copytree(shared.data, tmp_path / "data")
    return Coursebot(data=tmp_path / "data")


@pytest.fixture
def empty(tmp_path: Path) -> Coursebot:
    """No course yet."""
    return Coursebot(data=tmp_path / "data")


@pytest.fixture
def coursebot(tmp_path: Path) -> Coursebot:
    """No course yet, and a Chinese terminal."""
    return Coursebot(data=tmp_path / "data", language=CHINESE)
