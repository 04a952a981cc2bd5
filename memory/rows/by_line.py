"""Readers of files that are read line by line: JSONL, plain text, CSV. None raises for what a row holds."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import BinaryIO

from ...errors import UsageError
from ...records.lines import MAX_LINE_BYTES, BadLine, RawLine, object_of, raw_lines, text_of, unique_keys
from .row import BadRow, Row


def read_jsonl(file: BinaryIO) -> Iterator[Row | BadRow]:
    """NaN and Infinity are let pass, as pandas writes them; a key that stands twice is not."""
    end = 0
    for line in raw_lines(file):
        end += len(line.raw) if isinstance(line, RawLine) else MAX_LINE_BYTES
        value = line if isinstance(line, BadLine) else object_of(line, pairs=unique_keys)
        if isinstance(value, BadLine):
            yield BadRow(value.number, value.reason, end)
        else:
            assert isinstance(line, RawLine)
            yield Row(line.number, value, line.raw, end)


def read_text(file: BinaryIO) -> Iterator[Row | BadRow]:
    """A text per line."""
    end = 0
    for line in raw_lines(file):
        end += len(line.raw) if isinstance(line, RawLine) else MAX_LINE_BYTES
        text = line if isinstance(line, BadLine) else text_of(line)
        if isinstance(text, BadLine):
            yield BadRow(text.number, text.reason, end)
        else:
            assert isinstance(line, RawLine)
            yield Row(line.number, {"text": text.rstrip("\r\n")}, line.raw, end)


class CsvReader:
    """Rows of a CSV or TSV file whose first record names the columns.

    Attributes:
        header: the bytes of that record.

    Raises:
        UsageError: there is no header, or it names a column twice.
    """

    def __init__(self, file: BinaryIO, name: str, delimiter: str) -> None:
        self._file = file
        self._taken: list[bytes] = []
        self._line = 0
        self._end = 0
        # The module's own limit, 128 KiB, is below what a text may be.
        csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE_BYTES))
        self._reader = csv.reader(self._lines(), delimiter=delimiter)
        try:
            self.columns = next(self._reader, [])
            self.header = self._take()
            self.header.decode("utf-8")
        except (csv.Error, UnicodeDecodeError) as error:
            raise UsageError(
                f"{name}: its first line cannot be read ({error}); save it as CSV in UTF-8"
            ) from error
        twice = [column for column in self.columns if self.columns.count(column) > 1]
        if not self.columns or twice:
            what = f"its header names {twice[0]!r} twice" if twice else "it has no header"
            raise UsageError(f"{name}: {what}; give each column one name on the first line")

    def __iter__(self) -> Iterator[Row | BadRow]:
        while True:
            number = self._line + 1
            try:
                cells = next(self._reader, None)
            except csv.Error as error:
                self._take()
                yield BadRow(number, f"no CSV: {error}", self._end)
                continue
            raw = self._take()
            if cells is None:
                return
            if not cells:
                continue
            fault = self._fault(raw, cells)
            if fault:
                yield BadRow(number, fault, self._end)
            else:
                yield Row(number, dict(zip(self.columns, cells, strict=True)), raw, self._end)

    def _fault(self, raw: bytes, cells: list[str]) -> str:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return f"no UTF-8 at byte {error.start}"
        if len(cells) != len(self.columns):
            return f"{len(cells)} cells where the header has {len(self.columns)}; check its quotes"
        return ""

    def _lines(self) -> Iterator[str]:
        for raw in self._file:
            self._line += 1
            self._end += len(raw)
            self._taken.append(raw)
            yield raw.decode("utf-8-sig" if self._line == 1 else "utf-8", "surrogateescape")

    def _take(self) -> bytes:
        taken = b"".join(self._taken)
        self._taken.clear()
        return taken
