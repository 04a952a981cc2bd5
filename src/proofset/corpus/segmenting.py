"""Cuts a document into segments at its headings, line by line: no more of it is held than a segment.

A segment is what stands under one heading, without the heading. What is longer than the bound is cut between
blocks: paragraphs, lists, fenced code. It begins with a line that is not blank and ends with the last
character that is not, so that it is an exact slice of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .rules import Rules

_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(?P<title>[^\n\r]*?)[ \t]*#*[ \t]*[\r\n]*\Z")
_UNDERLINE = re.compile(r"(?:=+|-{3,})[ \t]*[\r\n]*\Z")
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})")
_MATTER = re.compile(r"---[ \t]*[\r\n]*\Z")
_LICENCE = re.compile(r"licen[cs]e[ \t]*:[ \t]*(?P<name>[^\r\n]{1,100}?)[ \t]*[\r\n]*\Z", re.IGNORECASE)
_MAX_MATTER = 200
MAX_HEADING = 200
"""Characters of a heading that are kept."""


class TextLine(NamedTuple):
    """A line of a document with its line end; None for one that cannot be read.

    `start` and `end` are offsets in bytes or in characters, whichever the document is counted by; `solid` is
    the end without blanks.
    """

    number: int
    text: str | None
    start: int
    solid: int
    end: int


class Span(NamedTuple):
    """A segment, from `start` up to `end`; the heading is a path such as `Runs > Resume`."""

    start: int
    end: int
    line: int
    heading: str
    text: str


class Cut(NamedTuple):
    """What is no segment, and why."""

    line: int
    code: str


class Matter(NamedTuple):
    """The licence that the lines before the text (`---` … `---`) name."""

    licence: str


def spans_in(lines: Iterable[TextLine], rules: Rules) -> Iterator[Span | Cut | Matter]:
    """The segments of a document in order, and what is none."""
    cutter = _Cutter(rules)
    for line in lines:
        yield from cutter.take(line)
    yield from cutter.flush()


class _Cutter:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._path: list[tuple[int, str]] = []
        self._packed: list[TextLine] = []
        self._packed_chars = 0
        self._block: list[TextLine] = []
        self._block_chars = 0
        self._lost: Cut | None = None
        self._fence = ""
        self._in_matter = False

    def take(self, line: TextLine) -> Iterator[Span | Cut | Matter]:
        if line.text is None:
            # Half a paragraph is none: the lines around it go, too.
            self._lose(line, "beside_a_bad_line")
            return
        if self._matter(line):
            if found := _LICENCE.match(line.text):
                yield Matter(found["name"])
            return
        fence = _FENCE.match(line.text)
        if self._fence or fence:
            self._add(line)
            self._fence = _fence_after(self._fence, line.text, fence)
            return
        if found := _ATX.match(line.text):
            yield from self._begin(len(found[1]), found["title"])
        elif len(self._block) == 1 and self._lost is None and _UNDERLINE.match(line.text):
            title = self._block.pop().text or ""
            self._block_chars = 0
            yield from self._begin(1 if line.text.startswith("=") else 2, title)
        elif line.text.strip():
            self._add(line)
        else:
            yield from self._close()
            if self._packed:
                self._packed.append(line)
                self._packed_chars += len(line.text)

    def flush(self) -> Iterator[Span | Cut]:
        """Whatever is held is all there is of its section."""
        yield from self._close()
        yield from self._emit()
        self._fence = ""

    def _matter(self, line: TextLine) -> bool:
        marks = bool(_MATTER.match(line.text or ""))
        if line.number == 1 and marks:
            self._in_matter = True
            return True
        inside = self._in_matter and line.number <= _MAX_MATTER
        self._in_matter = inside and not marks
        return inside

    def _begin(self, level: int, title: str) -> Iterator[Span | Cut]:
        yield from self.flush()
        above = [one for one in self._path if one[0] < level]
        self._path = [*above, (level, " ".join(title.split())[:MAX_HEADING])]

    def _add(self, line: TextLine) -> None:
        if self._lost is not None:
            return
        self._block.append(line)
        self._block_chars += len(line.text or "")
        if self._block_chars > self._rules.most and self._trimmed(self._block) > self._rules.most:
            self._lose(self._block[0], "too_long")

    def _lose(self, line: TextLine, code: str) -> None:
        self._lost = self._lost or Cut(line.number, code)
        self._block.clear()
        self._block_chars = 0

    def _close(self) -> Iterator[Span | Cut]:
        """The block is complete: it joins what is packed, or begins anew."""
        if self._lost is not None:
            yield from self._emit()
            yield self._lost
            self._lost = None
        elif self._block:
            if self._packed_chars + self._trimmed(self._block) > self._rules.most:
                yield from self._emit()
            self._packed += self._block
            self._packed_chars += self._block_chars
        self._block = []
        self._block_chars = 0

    def _trimmed(self, lines: list[TextLine]) -> int:
        last = lines[-1].text or ""
        return sum(len(line.text or "") for line in lines[:-1]) + len(last.rstrip())

    def _emit(self) -> Iterator[Span | Cut]:
        lines, self._packed, self._packed_chars = self._packed, [], 0
        while lines and not (lines[-1].text or "").strip():
            lines.pop()
        if not lines:
            return
        text = "".join(line.text or "" for line in lines).rstrip()
        if len(text) < self._rules.least:
            yield Cut(lines[0].number, "too_short")
            return
        heading = " > ".join(title for _, title in self._path if title)
        yield Span(lines[0].start, lines[-1].solid, lines[0].number, heading[-MAX_HEADING:], text)


def _fence_after(open_: str, text: str, found: re.Match[str] | None) -> str:
    """The mark of the fence that is open after a line; empty where none is."""
    if not open_:
        return found["mark"] if found else ""
    closes = found is not None and found["mark"].startswith(open_) and not text.strip().strip(open_[0])
    return "" if closes else open_
