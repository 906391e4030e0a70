"""`coursebot`: the command line."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # The matrices of one question are small: more threads would wait for each other longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from config.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
