"""Reader of a file that is one JSON list: row by row, never the whole of it at once."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from ...records.lines import MAX_LINE_BYTES, RefusedError, unique_keys
from .row import BadRow, Row

_CHUNK = 1 << 20
_SPACE = " \t\r\n"


class _Text:
    """The text from the next item on, as far as it has been read; what is no UTF-8 becomes surrogates."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.text = ""
        self.at = 0
        self.read = 0
        self.ended = False

    def more(self) -> bool:
        """Read on; False where there is nothing more."""
        # As much again as is held: an item of many chunks is parsed a few times, not once a chunk.
        data = self._file.read(max(_CHUNK, len(self.text) - self.at))
        self.ended = not data
        self.read += len(data)
        self.text = self.text[self.at :] + self._decoder.decode(data, final=self.ended)
        self.at = 0
        return not self.ended

    def peek(self) -> str:
        """The next character that is no space, now at `at`; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""


def read_json_list(file: BinaryIO) -> Iterator[Row | BadRow]:
    """Items that are objects, or texts. What follows an item that is no JSON cannot be read; this is said."""
    text = _Text(file)
    decoder = json.JSONDecoder(object_pairs_hook=unique_keys)
    if text.peek() == "\ufeff":
        text.at += 1
        text.peek()
    text.at += 1  # the bracket, which the caller has seen
    number = 0
    while text.peek() not in ("", "]"):
        number += 1
        try:
            item, end = _item(decoder, text)
        except (ValueError, RecursionError) as error:
            reason = f"no JSON: {getattr(error, 'msg', error)}; what follows it cannot be read"
            yield BadRow(number, reason, text.read)
            return
        raw = text.text[text.at : end]
        text.at = end
        yield _row(number, item, raw, text.read)
        if text.peek() == ",":
            text.at += 1
        elif text.peek() != "]":
            break
    if text.peek() != "]":
        yield BadRow(number + 1, "no JSON: the list does not go on with , or ]", text.read)


def _item(decoder: json.JSONDecoder, text: _Text) -> tuple[object, int]:
    while True:
        try:
            item, end = decoder.raw_decode(text.text, text.at)
        except json.JSONDecodeError as error:
            if len(text.text) - text.at > MAX_LINE_BYTES:
                raise ValueError(f"{error.msg} in the next {MAX_LINE_BYTES // 2**20} MiB") from error
            if not text.more():
                raise
            continue
        except RefusedError as error:
            return error, _end(text)
        # A number may go on in the next chunk.
        if end < len(text.text) or text.ended or not text.more():
            return item, end


def _end(text: _Text) -> int:
    return json.JSONDecoder().raw_decode(text.text, text.at)[1]


def _row(number: int, item: object, raw: str, end: int) -> Row | BadRow:
    if isinstance(item, RefusedError):
        return BadRow(number, str(item), end)
    if not isinstance(item, dict | str):
        return BadRow(number, f"a JSON {type(item).__name__} where an object or a text belongs", end)
    try:
        # Line ends stand between tokens only, where a space means the same.
        line = raw.replace("\r", " ").replace("\n", " ").encode() + b"\n"
    except UnicodeEncodeError:
        return BadRow(number, "no UTF-8", end)
    if isinstance(item, str):
        return Row(number, {"text": item}, None, end)
    return Row(number, item, line, end)
