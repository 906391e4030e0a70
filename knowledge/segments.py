"""Sums and maxima over stretches of an array: the sentences of many entries laid one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Stretches of an array, without gaps between them; some may be empty.

    Attributes:
        starts: [s] where each begins.
        sizes: [s] how long each is.
    """

    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of_sizes(cls, sizes: NDArray[np.int64]) -> Self:
        """Stretches of these sizes, one after another."""
        return cls(np.cumsum(sizes) - sizes, sizes)

    @property
    def owners(self) -> NDArray[np.int64]:
        """[n] which stretch each element belongs to."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def max(self, values: Array) -> Array:
        """[s, …] the greatest value of each stretch, 0 for an empty one."""
        return self._reduced(np.maximum, values)

    def sum(self, values: Array) -> Array:
        """[s, …] the sum of each stretch."""
        return self._reduced(np.add, values)

    def _reduced(self, reduce: np.ufunc, values: Array) -> Array:
        if not len(values):
            return np.zeros((len(self.sizes), *values.shape[1:]), np.float32)
        # An empty stretch would get the value that its start points at, which is another's.
        reduced = reduce.reduceat(values, np.minimum(self.starts, len(values) - 1), axis=0)
        reduced[self.sizes == 0] = 0
        return np.asarray(reduced, np.float32)
