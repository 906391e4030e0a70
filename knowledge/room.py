"""Whether a folder has room left, for telling a full disk from other troubles."""

from __future__ import annotations

import tempfile
from pathlib import Path

_PROBE = 32
"""MiB that are tried: what was freed when a write failed may be as much as was to be written."""


def is_full(folder: Path) -> bool:
    """Whether a file of 32 MiB has no place there: the disk is full, or a quota or a limit is used up."""
    piece = bytes(1 << 20)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for _ in range(_PROBE):
                file.write(piece)
            file.flush()
    except OSError:
        return True
    return False
