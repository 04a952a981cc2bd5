"""Windows of n tokens, found by hash and verified by their tokens.

The hash of a window is a polynomial of its tokens modulo 2**64, taken from running sums, so that it costs
the same for any n. Most windows of clean texts end at a table of flags; what passes is looked up among the
sorted hashes, and whoever asked compares the tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .vocabulary import Codes

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15 | 1
_INVERSE = pow(_BASE, -1, 1 << 64)
_SLOTS_PER_WINDOW = 16


class Powers:
    """Powers of the base and of its inverse, kept as far as they were needed."""

    def __init__(self) -> None:
        self._up, self._down = _powers(_BASE, 1 << 12), _powers(_INVERSE, 1 << 12)

    def to(self, count: int) -> tuple[Hashes, Hashes]:
        if len(self._up) < count:
            size = 1 << (count - 1).bit_length()
            self._up, self._down = _powers(_BASE, size), _powers(_INVERSE, size)
        return self._up[:count], self._down[:count]


@dataclass(frozen=True, slots=True)
class Running:
    """Running sums of a row of tokens; gives the hashes of its windows of any length."""

    sums: Hashes
    down: Hashes

    @classmethod
    def over(cls, codes: Codes, powers: Powers) -> Running:
        up, down = powers.to(len(codes))
        sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(_mixed(codes) * up, out=sums[1:])
        return cls(sums, down)

    def windows(self, n: int) -> Hashes:
        """One for each window of n tokens, in order."""
        count = len(self.sums) - n
        if count <= 0:
            return np.zeros(0, np.uint64)
        return (self.sums[n:] - self.sums[:-n]) * self.down[:count]


class WindowTable:
    """Places of windows by hash.

    Args:
        hashes: of the windows.
        places: where each stands, in the row of evaluation tokens.
    """

    def __init__(self, hashes: Hashes, places: Places) -> None:
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._places = hashes[order], places[order]
        bits = max(10, (len(hashes) * _SLOTS_PER_WINDOW - 1).bit_length())
        self._shift = np.uint64(64 - bits)
        self._seen = np.zeros(1 << bits, np.bool_)
        self._seen[hashes >> self._shift] = True

    def __len__(self) -> int:
        return len(self._hashes)

    @property
    def nbytes(self) -> int:
        return self._hashes.nbytes + self._places.nbytes + self._seen.nbytes

    def hits(self, hashes: Hashes) -> NDArray[np.int64]:
        """Which of these hashes the table has, in order."""
        maybe = np.flatnonzero(self._seen[hashes >> self._shift])
        if not len(maybe):
            return maybe
        wanted = hashes[maybe]
        at = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        found: NDArray[np.int64] = maybe[self._hashes[at] == wanted]
        return found

    def places(self, hashed: np.uint64) -> Places:
        """The places of the windows of this hash, in order."""
        left, right = (np.searchsorted(self._hashes, hashed, side) for side in ("left", "right"))
        return self._places[left:right]


def _mixed(codes: Codes) -> Hashes:
    # The finaliser of SplitMix64: neighbouring codes become numbers that have nothing in common.
    x = codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _powers(base: int, count: int) -> Hashes:
    powers = np.ones(count, np.uint64)
    powers[1:] = base
    with np.errstate(over="ignore"):
        return np.multiply.accumulate(powers)
