"""Reader of Parquet and Arrow files, in batches; it needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import UsageError
from .row import BadRow, Row

_BATCH = 1024


def read_parquet(path: Path) -> Iterator[Row | BadRow]:
    """Raises UsageError where pyarrow is missing or the file is damaged."""
    arrow = _arrow(path)
    from pyarrow import parquet

    size = path.stat().st_size
    try:
        with parquet.ParquetFile(path) as file:
            yield from _rows(file.iter_batches(batch_size=_BATCH), size / max(file.metadata.num_rows, 1))
    except (OSError, arrow.ArrowException) as error:
        raise UsageError(f"{path}: no Parquet file that can be read ({_short(error)})") from error


def read_arrow(path: Path) -> Iterator[Row | BadRow]:
    """A stream, as `datasets` saves it, or a file of record batches. Raises as `read_parquet` does."""
    arrow = _arrow(path)
    from pyarrow import ipc

    try:
        with arrow.memory_map(str(path)) as mapped:
            try:
                batches: Iterator[Any] = iter(ipc.open_stream(mapped))
            except arrow.ArrowInvalid:
                file = ipc.open_file(mapped)
                batches = (file.get_batch(number) for number in range(file.num_record_batches))
            small = (batch.slice(at, _BATCH) for batch in batches for at in range(0, batch.num_rows, _BATCH))
            yield from _rows(small, 0.0)
    except (OSError, arrow.ArrowException) as error:
        raise UsageError(f"{path}: no Arrow file that can be read ({_short(error)})") from error


def _rows(batches: Iterator[Any], bytes_each: float) -> Iterator[Row]:
    number = 0
    for batch in batches:
        for value in batch.to_pylist():
            number += 1
            yield Row(number, value, None, int(number * bytes_each))


def _arrow(path: Path) -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise UsageError(f"{path}: to read it, pip install 'proofset[parquet]'") from error
    return pyarrow


def _short(error: BaseException) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
