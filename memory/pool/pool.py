"""Pool: a memory in a directory, for runs of any graph and for data sets, one after the other or at once.

    reserve ──▶ lock the database ─▶ take in what others added ─▶ new against all of it? ─▶ insert, commit
    keep, release ──▶ what was reserved is kept for good, or is free again

DIR/memory.db         the truth: every text with its state
DIR/lexical-*.npz     the lexical index, as it was some time ago: what is missing or damaged is made again
DIR/chroma, vectors   the same for meaning, where it is asked for
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ...errors import UsageError
from ..novelty import DEFAULT_THRESHOLD, LexicalIndex, Match
from .items import KEPT, RESERVED, Item, Items

DATABASE = "memory.db"
_WORTH_SAVING = 4096
"""An index that is so much ahead of its file is written when the pool is opened, too."""


class View(NamedTuple):
    """A pool as it is at one time; to look at it again, whatever is added meanwhile."""

    through: int
    pending: tuple[int, ...]
    """What was reserved at that time, and so perhaps never kept: it is not in the view."""


class Pool:
    """One open pool, for any number of threads; other processes may have it open, too.

    Args:
        directory: made where it is missing.
        threshold: ROUGE-L F-measure above which a text is known.
        stem: compare stems; see `LexicalIndex`.

    Raises:
        UsageError: the directory cannot be made.
        ProofsetError: its database cannot be used.
    """

    def __init__(self, directory: Path, *, threshold: float = DEFAULT_THRESHOLD, stem: bool = True) -> None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--memory {directory}: cannot make it ({error.strerror})") from error
        self.directory = directory
        self._lock = threading.RLock()
        self._cache = directory / f"lexical-{'stems' if stem else 'words'}.npz"
        self._items = Items(directory / DATABASE)
        self._gone: set[str] = set()
        self._lexical, self._through = LexicalIndex(threshold, stem), 0
        self._newest, self._saved = "", 0
        with self._lock, self._items.transaction():
            self._load(threshold, stem)
            self._follow()
        if self._through - self._saved >= _WORTH_SAVING:
            self._save()

    def __len__(self) -> int:
        with self._lock, self._items.transaction():
            return self._items.count()

    def close(self) -> None:
        """Write what makes the next opening fast. May be called twice."""
        with self._lock:
            if self._through != self._saved:
                self._save()
            self._items.close()

    def view(self) -> View:
        """The pool as it is now."""
        with self._lock, self._items.transaction():
            self._follow()
            return View(self._through, self._items.reserved())

    def find(self, text: str, *, view: View | None = None) -> Match | None:
        """The known text that this one repeats; None for a new one."""
        with self._lock, self._items.transaction():
            if view is None:
                self._follow()
            return self._find(text, view)

    def reserve(self, item_id: str, text: str, *, kind: str = "") -> Match | None:
        """Take a text if it is new: None then, and nobody else gets it or its like; else what it repeats.

        Whoever reserved `item_id` before and was interrupted may do it again.

        Raises:
            UsageError: `item_id` is kept with another text.
        """
        return self._take(item_id, text, kind, RESERVED)

    def admit(self, item_id: str, text: str, *, kind: str = "") -> Match | None:
        """`reserve` and `keep` in one."""
        return self._take(item_id, text, kind, KEPT)

    def adopt(self, items: Iterable[tuple[str, str]], *, kind: str = "") -> None:
        """Know these ids and texts for good, whether they are new or not, and whether they were reserved."""
        with self._lock:
            with self._items.transaction():
                self._follow()
                added = []
                for item_id, text in items:
                    if self._items.named(item_id) is None:
                        text = _storable(text)
                        seq = self._items.insert(item_id, text, kind=kind, state=KEPT)
                        added.append(Item(seq, item_id, kind, text, KEPT))
                    self._items.keep([item_id])
            self._learn(added)

    def keep(self, item_ids: Sequence[str]) -> None:
        """What was reserved is known for good; durable on return."""
        with self._lock, self._items.transaction():
            self._items.keep(item_ids)

    def release(self, item_id: str) -> None:
        """What was reserved is free again; nothing happens to what is kept."""
        with self._lock, self._items.transaction():
            self._items.release(item_id)

    def _take(self, item_id: str, text: str, kind: str, state: str) -> Match | None:
        text = _storable(text)
        with self._lock:
            with self._items.transaction():
                held = self._items.named(item_id)
                if held is not None and held.text == text:
                    if state == KEPT:
                        self._items.keep([item_id])
                    return None
                if held is not None and held.state == KEPT:
                    raise UsageError(f"{self.directory}: {item_id} is known with another text; name it anew")
                if held is not None:
                    self._items.release(item_id)
                self._follow()
                match = self._find(text)
                if match is not None:
                    return match
                seq = self._items.insert(item_id, text, kind=kind, state=state)
            # Not before it is durable: a number that was never committed is given again.
            self._learn([Item(seq, item_id, kind, text, state)])
            return None

    def _find(self, text: str, view: View | None = None) -> Match | None:
        skip, before = self._gone, None
        if view is not None:
            skip, before = {*skip, *map(str, view.pending)}, view.through + 1
        while True:
            match = self._lexical.find(text, before=before, skip=skip)
            if match is None:
                return None
            # The database has the last word: a reservation may have been released since.
            item = self._items.numbered(int(match.id))
            if item is not None:
                return match._replace(id=item.item_id)
            self._gone.add(match.id)
            skip = {*skip, match.id}

    def _follow(self) -> None:
        """Take in what was added since, by whatever process."""
        if self._items.last() > self._through:
            self._learn(self._items.after(self._through))

    def _learn(self, items: Iterable[Item]) -> None:
        for item in items:
            self._lexical.add(str(item.seq), item.text, position=item.seq)
            self._through, self._newest = item.seq, item.item_id

    def _load(self, threshold: float, stem: bool) -> None:
        loaded = LexicalIndex.load(self._cache, threshold=threshold, stem=stem)
        if loaded is None:
            return
        said = json.loads(loaded.through)
        newest = self._items.numbered(said["seq"])
        # Where the database was put back to an earlier state, other items have the same numbers.
        if said["pool"] == self._items.pool_id and newest and newest.item_id == said["newest"]:
            self._lexical = loaded.lexical
            self._through = self._saved = said["seq"]
            self._newest = said["newest"]

    def _save(self) -> None:
        said = {"pool": self._items.pool_id, "seq": self._through, "newest": self._newest}
        self._lexical.save(self._cache, through=json.dumps(said))
        self._saved = self._through


def _storable(text: str) -> str:
    """Without the halves of code points that models sometimes write; SQLite takes none."""
    return text.encode("utf-8", "replace").decode()
