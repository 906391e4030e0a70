"""What could not be read while importing, each with its place, so that the operator can mend it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was skipped.

    Attributes:
        file: the file as the operator named it.
        line: 1-based line in it; 1 where the whole file is meant.
        key: names the sentence in the catalogs that says what is wrong and what to do.
        values: fill that sentence.
    """

    file: str
    line: int
    key: str
    values: dict[str, object] = field(default_factory=dict)
