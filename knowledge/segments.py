"""Sums and maxima over stretches of an array: the sentences of many entries laid one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Stretches of an array's last axis, without gaps between them; some may be empty.

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
        """[…, s] the greatest value of each stretch, 0 for an empty one."""
        return self._reduced(np.maximum, values)

    def sum(self, values: Array) -> Array:
        """[…, s] the sum of each stretch."""
        return self._reduced(np.add, values)

    def _reduced(self, reduce: np.ufunc, values: Array) -> Array:
        length = values.shape[-1]
        if not length:
            return np.zeros((*values.shape[:-1], len(self.sizes)), np.float32)
        # An empty stretch would get the value that its start points at, which is another's.
        reduced = reduce.reduceat(values, np.minimum(self.starts, length - 1), axis=-1)
        reduced[..., self.sizes == 0] = 0
        return np.asarray(reduced, np.float32)
