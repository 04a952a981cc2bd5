"""A column of numbers that grows."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

NumberT = TypeVar("NumberT", bound=np.generic)

_GROWTH = 1.1


class Column(Generic[NumberT]):
    """A numpy array at whose end numbers are added in amortised constant time."""

    __slots__ = ("_held", "_size")

    def __init__(self, values: NDArray[NumberT]) -> None:
        self._held = values
        self._size = len(values)

    def __len__(self) -> int:
        return self._size

    @property
    def nbytes(self) -> int:
        return self._held.nbytes

    @property
    def values(self) -> NDArray[NumberT]:
        """All numbers; not to be held beyond the next one that is added."""
        return self._held[: self._size]

    def append(self, value: Any) -> None:
        self._make_room(1)
        self._held[self._size] = value
        self._size += 1

    def extend(self, values: Any) -> None:
        self._make_room(len(values))
        self._held[self._size : self._size + len(values)] = values
        self._size += len(values)

    def _make_room(self, number: int) -> None:
        if (needed := self._size + number) > len(self._held):
            larger = np.empty((max(int(needed * _GROWTH), 64), *self._held.shape[1:]), self._held.dtype)
            larger[: self._size] = self.values
            self._held = larger


class Strings:
    """Many short strings, end to end."""

    def __init__(self) -> None:
        self._bytes: Column[np.uint8] = Column(np.empty(0, np.uint8))
        self._ends: Column[np.int64] = Column(np.zeros(1, np.int64))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        ends = self._ends.values
        return self._bytes.values[ends[number] : ends[number + 1]].tobytes().decode("utf-8", "surrogatepass")

    @property
    def nbytes(self) -> int:
        return self._bytes.nbytes + self._ends.nbytes

    def append(self, string: str) -> None:
        self._bytes.extend(np.frombuffer(string.encode("utf-8", "surrogatepass"), np.uint8))
        self._ends.append(len(self._bytes))

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        return {f"{name} bytes": self._bytes.values, f"{name} ends": self._ends.values}

    @classmethod
    def restored(cls, arrays: dict[str, NDArray[Any]], name: str) -> Strings:
        strings = cls()
        strings._bytes, strings._ends = Column(arrays[f"{name} bytes"]), Column(arrays[f"{name} ends"])
        return strings
