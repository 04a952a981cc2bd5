"""Segments of a corpus by number: where each stands in its file, in some hundred bytes, never its text."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import ProofsetError
from ..records import Source, text_sha256
from .files import CorpusFile, corpus_files
from .rules import Kind, Left, Rules
from .scanning import Found, bytes_at, document_of, licence_of, row_of, scan, url_of
from .segmenting import Matter

MOST_TOLD = 20
"""Of files and lines that are left out, the first so many are told one by one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A text that somebody wrote, character for character, and where it stands."""

    kind: Kind
    text: str
    source: Source


class _Place(NamedTuple):
    file: int
    offset: int
    length: int
    start: int
    end: int
    line: int
    number: int
    heading: int
    code: int


class Corpus:
    """Segments in the order of their files. Safe to read from several threads.

    Attributes:
        sha256: of all segments in order: another one is another corpus.
        left: how much was left out, by code.
        told: the first files and lines of these, for people.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._files: list[CorpusFile] = []
        self._licences: dict[int, str] = {}
        self._columns = [array(code) for code in ("I", "Q", "Q", "Q", "Q", "Q", "I", "I", "B")]
        self._digests = array("Q")
        self._headings: list[str] = []
        self._heading_numbers: dict[str, int] = {}
        self._seen: set[bytes] = set()
        self._hash = hashlib.sha256()
        self.left: Counter[str] = Counter()
        self.told: list[Left] = []

    def __len__(self) -> int:
        return len(self._digests)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    @property
    def said(self) -> tuple[str, ...]:
        """One sentence each: what was left out first, then the sum."""
        told = [str(left) for left in self.told]
        reasons = ", ".join(f"{count} {code}" for code, count in self.left.most_common())
        total = f"corpus: {len(self._files)} files, {len(self)} segments"
        return (*told, f"{total}; left out: {reasons}" if reasons else total)

    def segment(self, number: int) -> Segment:
        """A segment, read from its file. Blocks.

        Raises ProofsetError where the file is not what it was when the corpus was opened.
        """
        place = _Place(*(int(column[number]) for column in self._columns))
        file = self._files[place.file]
        changed = ProofsetError(f"{file.name} line {place.line}: the corpus has changed; put the file back")
        try:
            raw = bytes_at(file.path, place.offset, place.length)
            licence, url, text = self._licences.get(place.file, self._rules.licence), "", ""
            if place.end:
                row = row_of(raw, first=place.offset == 0)
                if isinstance(row, str):
                    raise changed
                text = (document_of(row, self._rules) or "")[place.start : place.end]
                licence, url = licence_of(row) or licence, url_of(row)
            else:
                text = raw.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise changed from error
        if _short(text) != self._digests[number]:
            raise changed
        source = Source(
            path=file.name,
            line=place.line,
            segment=place.number,
            heading=self._headings[place.heading],
            sha256=text_sha256(text),
            licence=licence,
            url=url,
        )
        return Segment("code" if place.code else "text", text, source)

    def read(self, file: CorpusFile) -> None:
        """Take in one file."""
        self._files.append(file)
        number = 0
        for part in scan(file, self._rules):
            if isinstance(part, Found):
                number += self._take(part, number + 1)
            elif isinstance(part, Matter):
                self._licences.setdefault(len(self._files) - 1, part.licence)
            else:
                self.left[part.code] += 1
                if isinstance(part, Left) and len(self.told) < MOST_TOLD:
                    self.told.append(part)

    def close_scan(self) -> None:
        """Forget what only scanning needs."""
        self._seen.clear()
        self._heading_numbers.clear()

    def _take(self, found: Found, number: int) -> bool:
        # The same words are the same text, however they are broken into lines.
        key = hashlib.blake2b(" ".join(found.text.split()).encode(), digest_size=16).digest()
        if key in self._seen:
            self.left["duplicate"] += 1
            return False
        self._seen.add(key)
        heading = self._heading_numbers.setdefault(found.heading, len(self._headings))
        if heading == len(self._headings):
            self._headings.append(found.heading)
        place = _Place(
            len(self._files) - 1,
            found.offset,
            found.length,
            found.start,
            found.end,
            found.line,
            number,
            heading,
            found.kind == "code",
        )
        for column, value in zip(self._columns, place, strict=True):
            column.append(value)
        self._digests.append(_short(found.text))
        self._hash.update(bytes.fromhex(text_sha256(found.text)))
        return True


def open_corpus(paths: Sequence[str], rules: Rules) -> Corpus:
    """Scan these files and directories. Blocks; holds one line and one segment at a time.

    Raises:
        UsageError: a path is not there, or holds no text.
    """
    corpus = Corpus(rules)
    for file in corpus_files(paths):
        corpus.read(file)
    corpus.close_scan()
    return corpus


def _short(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
