"""Files that are one JSON list: read item by item, never the whole of it at once."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from .lines import MAX_LINE_BYTES, BadLine, RefusedError, unique_keys

_CHUNK = 1 << 20
_SPACE = " \t\r\n"


class ListItem(NamedTuple):
    """An item of a list: what it is, or the error that refuses it; and its text, in which what is no UTF-8 is
    surrogates.

    `number` counts from 1, `end` is how many bytes of the file were read.
    """

    number: int
    value: object
    raw: str
    end: int


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


def list_items(file: BinaryIO) -> Iterator[ListItem | BadLine]:
    """The items of a list. What follows an item that is no JSON cannot be read; this is said, and ends it.

    A key that stands twice makes the item a RefusedError.
    """
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
            value, end = _item(decoder, text)
        except (ValueError, RecursionError) as error:
            reason = f"no JSON: {getattr(error, 'msg', error)}; what follows it cannot be read"
            yield BadLine(number, reason)
            return
        raw = text.text[text.at : end]
        text.at = end
        yield ListItem(number, value, raw, text.read)
        if text.peek() == ",":
            text.at += 1
        elif text.peek() != "]":
            break
    if text.peek() != "]":
        yield BadLine(number + 1, "no JSON: the list does not go on with , or ]")


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
