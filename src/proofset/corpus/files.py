"""Which files a path of a corpus stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from ..errors import UsageError
from ..records import well_formed

Form = Literal["rows", "text", "python"]

FORMS: dict[str, Form] = {
    ".jsonl": "rows",
    ".ndjson": "rows",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
    ".rst": "text",
    ".py": "python",
}


class CorpusFile(NamedTuple):
    """A file of texts, and how it is read."""

    path: Path
    form: Form

    @property
    def name(self) -> str:
        """As people and JSON can read it: a name may hold line ends, and bytes that are no text."""
        return " ".join(well_formed(str(self.path)).splitlines())


def corpus_files(paths: Sequence[str]) -> Iterator[CorpusFile]:
    """The files of these paths, each once, those of a directory in the order of their names.

    Hidden files and directories are passed over, and what has no suffix that is known.

    Raises:
        UsageError: a path is not there, is no text, or holds none.
    """
    seen: set[Path] = set()
    for given in paths:
        root = Path(given)
        found = list(_within(root))
        if not found:
            raise UsageError(f"--corpus {given}: {_why_not(root)}; give files with {', '.join(FORMS)}")
        for file in found:
            whole = file.path.resolve()
            if whole not in seen:
                seen.add(whole)
                yield file


def _within(root: Path) -> Iterator[CorpusFile]:
    if root.is_file() and root.suffix.lower() in FORMS:
        yield CorpusFile(root, FORMS[root.suffix.lower()])
    elif root.is_dir():
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root).parts
            hidden = any(part.startswith(".") or part == "__pycache__" for part in inside)
            if not hidden and path.suffix.lower() in FORMS and path.is_file():
                yield CorpusFile(path, FORMS[path.suffix.lower()])


def _why_not(root: Path) -> str:
    if root.is_dir():
        return "no text is in this directory"
    return "no kind of text that is known" if root.is_file() else "no such file or directory"
