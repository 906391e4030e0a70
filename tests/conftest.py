from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.acceptance.serving import fill

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one course in it and an answer that is surely found. To copy only."""
    data = tmp_path_factory.mktemp("served")
    fill(data)
    return data
