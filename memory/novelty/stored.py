"""Arrays in a file that is whole or is not taken: the caches of what the ledger holds."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


class Stored(NamedTuple):
    arrays: Arrays
    said: dict[str, str]


def write_arrays(path: Path, arrays: Arrays, said: dict[str, str]) -> None:
    """Write arrays and what is said of them; the file is replaced at once."""
    part = path.with_name(f"{path.name}.part")
    note = np.frombuffer(json.dumps(said).encode(), np.uint8)
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays, __said__=note)
    part.replace(path)


def read_arrays(path: Path) -> Stored | None:
    """What `write_arrays` wrote; None where the file is missing or damaged: each part has a checksum."""
    try:
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
        said = json.loads(arrays.pop("__said__").tobytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return Stored(arrays, said)
