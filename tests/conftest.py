from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.serving import fill


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one course in it and an answer that is surely found. To copy only."""
    data = tmp_path_factory.mktemp("served")
    fill(data)
    return data
