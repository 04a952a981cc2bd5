"""Reads one file of a corpus from start to end; what is wrong in it is told, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ..records import well_formed
from ..records.lines import MAX_LINE_BYTES
from .cleaning import fault_of
from .files import CorpusFile
from .functions import NotPythonError, functions_in
from .rules import Kind, Left, Rules
from .segmenting import Cut, Matter, Span, TextLine, spans_in

_START = 8192
_MARK = b"\xef\xbb\xbf"
_TITLES = ("title", "heading", "name")
_LICENCES = ("license", "licence")
_URLS = ("url", "source", "id")
_MAX_NAME = 200


class Found(NamedTuple):
    """A segment, and where its file has it.

    Attributes:
        offset, length: bytes to read; of a row of JSON, the whole row.
        start, end: the part of the row's text, in characters; of other files, 0 and 0.
    """

    kind: Kind
    offset: int
    length: int
    start: int
    end: int
    line: int
    heading: str
    text: str


class RawLine(NamedTuple):
    """A line with its line end; None for one that is too long to be read."""

    number: int
    offset: int
    raw: bytes | None
    end: int


def scan(file: CorpusFile, rules: Rules) -> Iterator[Found | Left | Cut | Matter]:
    """All that a file holds, in order. Never raises for what it holds, nor where it cannot be read."""
    name = file.name
    try:
        with file.path.open("rb") as opened:
            start = opened.read(_START)
            if not start.strip():
                yield Left(name, 0, "empty_file", "it is empty")
                return
            if b"\0" in start:
                line = start.count(b"\n", 0, start.index(b"\0")) + 1
                yield Left(name, line, "binary", "it is no text (a NUL byte); give a text in UTF-8")
                return
            opened.seek(0)
            read = {"rows": _rows, "text": _text, "python": _python}[file.form]
            yield from read(opened, name, rules)
    except OSError as error:
        yield Left(name, 0, "unreadable", f"it cannot be read ({error.strerror or error})")


def raw_lines(file: BinaryIO) -> Iterator[RawLine]:
    """Lines with their places; one that is longer than 8 MiB is passed over in pieces."""
    offset = number = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        end = offset + len(raw)
        whole = len(raw) <= MAX_LINE_BYTES
        while not raw.endswith(b"\n") and not whole:
            raw = file.readline(MAX_LINE_BYTES)
            end += len(raw)
            if not raw:
                break
        yield RawLine(number, offset, raw if whole else None, end)
        offset = end


def _too_long(name: str, line: int) -> Left:
    return Left(name, line, "line_too_long", f"longer than {MAX_LINE_BYTES // 2**20} MiB; break it up")


def _text(file: BinaryIO, name: str, rules: Rules) -> Iterator[Found | Left | Cut | Matter]:
    told: list[Left] = []

    def lines() -> Iterator[TextLine]:
        for number, offset, raw, end in raw_lines(file):
            if raw is None:
                told.append(_too_long(name, number))
                yield TextLine(number, None, offset, offset, end)
                continue
            if number == 1 and raw.startswith(_MARK):
                offset, raw = offset + len(_MARK), raw[len(_MARK) :]
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                told.append(Left(name, number, "not_utf8", f"no UTF-8 at byte {error.start + 1}; save it so"))
                yield TextLine(number, None, offset, offset, end)
                continue
            yield TextLine(number, text, offset, offset + len(text.rstrip().encode()), end)

    for part in spans_in(lines(), rules):
        yield from told
        told.clear()
        yield _clean(part, rules) if isinstance(part, Span) else part
    yield from told


def _clean(span: Span, rules: Rules) -> Found | Cut:
    code = fault_of(span.text, span.heading, rules)
    if code:
        return Cut(span.line, code)
    length = span.end - span.start
    return Found("text", span.start, length, 0, 0, span.line, span.heading, span.text)


def _rows(file: BinaryIO, name: str, rules: Rules) -> Iterator[Found | Left | Cut | Matter]:
    for number, offset, raw, end in raw_lines(file):
        if raw is None:
            yield _too_long(name, number)
            continue
        if not raw.strip():
            continue
        row = row_of(raw, first=number == 1)
        if isinstance(row, str):
            yield Left(name, number, "no_row", row)
            continue
        text = document_of(row, rules)
        if text is None:
            fields = ", ".join(rules.fields)
            yield Left(name, number, "no_text", f"none of the fields {fields} holds a text; name yours")
            continue
        title = named(row, _TITLES)
        for part in spans_in(_lines_of(text), rules):
            if not isinstance(part, Span):
                yield part if isinstance(part, Matter) else Cut(number, part.code)
                continue
            heading = " > ".join(filter(None, (title, part.heading)))
            cleaned = _clean(part._replace(line=number, heading=heading), rules)
            if isinstance(cleaned, Found):
                cleaned = cleaned._replace(offset=offset, length=end - offset, start=part.start, end=part.end)
            yield cleaned


def row_of(raw: bytes, *, first: bool) -> dict[str, Any] | str:
    """The object of a line, or what is wrong with it."""
    try:
        row = json.loads(raw.decode("utf-8-sig" if first else "utf-8"))
    except UnicodeDecodeError as error:
        return f"no UTF-8 at byte {error.start + 1}; save it so"
    except RecursionError:
        return "no JSON that can be read: nested too deep"
    except ValueError as error:
        return f"no JSON ({str(error)[:80]}); write one object per line"
    return row if isinstance(row, dict) else "no JSON object; write one object per line"


def document_of(row: dict[str, Any], rules: Rules) -> str | None:
    """The text of a row; None where it has none, or one with half of a character."""
    for field in rules.fields:
        text = row.get(field)
        if isinstance(text, str) and text.strip():
            return text if well_formed(text) == text else None
    return None


def licence_of(row: dict[str, Any]) -> str:
    """The licence that a row names; empty where it names none."""
    return named(row, _LICENCES)


def url_of(row: dict[str, Any]) -> str:
    """Where a row says that it comes from; empty where it does not."""
    return named(row, _URLS)


def named(row: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first of these fields that is a text, as one line."""
    texts = (row.get(name) for name in names)
    return next(
        (" ".join(well_formed(text).split())[:_MAX_NAME] for text in texts if isinstance(text, str)), ""
    )


def _lines_of(text: str) -> Iterator[TextLine]:
    at = 0
    for number, line in enumerate(text.split("\n"), start=1):
        whole = f"{line}\n" if at + len(line) < len(text) else line
        if whole:
            yield TextLine(number, whole, at, at + len(whole.rstrip()), at + len(whole))
        at += len(whole)


def _python(file: BinaryIO, name: str, rules: Rules) -> Iterator[Found | Left | Cut | Matter]:
    data = file.read(MAX_LINE_BYTES + 1)
    if len(data) > MAX_LINE_BYTES:
        yield Left(name, 0, "file_too_long", f"longer than {MAX_LINE_BYTES // 2**20} MiB; split it")
        return
    try:
        for part in functions_in(data, rules):
            if isinstance(part, Cut):
                yield part
            else:
                length = part.end - part.start
                yield Found("code", part.start, length, 0, 0, part.line, part.heading, part.text)
    except NotPythonError as error:
        yield Left(name, 0, "not_python", f"no Python ({error})")


def bytes_at(path: Path, offset: int, length: int) -> bytes:
    """A part of a file. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)
