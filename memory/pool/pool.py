"""Pool: a memory in a directory, for runs of any graph and for data sets, one after the other or at once.

    reserve ──▶ lock the database ─▶ take in what others added ─▶ new against all of it? ─▶ insert, commit
    keep, release ──▶ what was reserved is kept for good, or is free again

DIR/memory.db       the truth: every text with its state
DIR/lexical-*.npz   the lexical index, as it was some time ago: what is missing or damaged is made again
DIR/vectors.db      vectors of texts, so that none is embedded twice   } where novelty by meaning
DIR/chroma/         which of many vectors are near; made again from them } is asked for
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...errors import UsageError
from ..novelty import DEFAULT_THRESHOLD, LexicalIndex, Twins
from .items import KEPT, RESERVED, Item, Items

if TYPE_CHECKING:
    from ..novelty.semantic import Embedder
    from ..novelty.twins import Twin
    from .meaning import Meaning

DATABASE = "memory.db"
DEFAULT_KIND = "instruction"
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
        embedder: compares by meaning, too; an embedder or its spec.
        chroma: `http://host:port` of a Chroma that several machines share; in the directory where not given.
        notice: told in one sentence of every repair; a log entry otherwise.

    Raises:
        UsageError: the directory cannot be made, or the embedder cannot be had.
        ProofsetError: its database cannot be used, or Chroma does not answer.
    """

    def __init__(
        self,
        directory: Path,
        *,
        threshold: float = DEFAULT_THRESHOLD,
        stem: bool = True,
        embedder: str | Embedder | None = None,
        chroma: str | None = None,
        notice: Callable[[str], None] | None = None,
    ) -> None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--memory {directory}: cannot make it ({error.strerror})") from error
        self.directory = directory
        self._lock = threading.RLock()
        self._cache = directory / f"lexical-{'stems' if stem else 'words'}.npz"
        self._items = Items(directory / DATABASE)
        self._gone: set[str] = set()
        self._twins, self._through = Twins(LexicalIndex(threshold, stem)), 0
        self._newest, self._saved = "", 0
        self._meaning: Meaning | None = None
        with self._lock, self._items.reading():
            self._load(threshold, stem)
            self._follow()
            if embedder is not None:
                self._open_meaning(embedder, chroma, notice)
        if self._through - self._saved >= _WORTH_SAVING:
            self._save()

    def __len__(self) -> int:
        with self._lock, self._items.reading():
            return self._items.count()

    def close(self) -> None:
        """Write what makes the next opening fast. May be called twice."""
        with self._lock:
            if self._through != self._saved:
                self._save()
            if self._meaning is not None:
                self._meaning.close()
            self._items.close()

    def view(self) -> View:
        """The pool as it is now."""
        with self._lock, self._items.transaction():
            self._follow()
            return View(self._through, self._items.reserved())

    def newest(self, count: int, *, kind: str, view: View) -> list[tuple[str, str]]:
        """Ids and texts of what was kept last of this kind, oldest first, as the view has it."""
        with self._lock, self._items.reading():
            return self._items.newest(count, kind, through=view.through, without=view.pending)

    def find(self, text: str, *, kind: str = DEFAULT_KIND, view: View | None = None) -> Twin | None:
        """The known text that this one repeats; None for a new one."""
        self._embed([text])
        with self._lock, self._items.reading():
            if view is None:
                self._follow()
            return self._find(text, kind, view)

    def reserve(self, item_id: str, text: str, *, kind: str = DEFAULT_KIND) -> Twin | None:
        """Take a text if it is new: None then, and nobody else gets it or its like; else what it repeats.

        Whoever reserved `item_id` before and was interrupted may do it again.

        Raises:
            UsageError: `item_id` is kept with another text.
        """
        return self._take(item_id, text, kind, RESERVED)

    def admit(self, item_id: str, text: str, *, kind: str = DEFAULT_KIND) -> Twin | None:
        """`reserve` and `keep` in one."""
        return self._take(item_id, text, kind, KEPT)

    def adopt(self, items: Iterable[tuple[str, str]], *, kind: str = DEFAULT_KIND) -> None:
        """Know these ids and texts for good, whether they are new or not, and whether they were reserved."""
        storable = [(item_id, _storable(text)) for item_id, text in items]
        self._embed([text for _, text in storable])
        with self._lock:
            with self._items.transaction():
                self._follow()
                added = []
                for item_id, text in storable:
                    if self._items.named(item_id) is None:
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

    def _take(self, item_id: str, text: str, kind: str, state: str) -> Twin | None:
        text = _storable(text)
        self._embed([text])
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
                twin = self._find(text, kind)
                if twin is not None:
                    return twin
                seq = self._items.insert(item_id, text, kind=kind, state=state)
            # Not before it is durable: a number that was never committed is given again.
            self._learn([Item(seq, item_id, kind, text, state)])
            return None

    def _embed(self, texts: Sequence[str]) -> None:
        # Before the database is locked: nobody waits for somebody else's embedder.
        if self._meaning is None:
            return
        with self._lock, self._items.reading():
            newer = [item.text for item in self._items.after(self._through)]
        self._meaning.embed([*newer, *texts])

    def _find(self, text: str, kind: str, view: View | None = None) -> Twin | None:
        skip, before = self._gone, None
        if view is not None:
            skip, before = {*skip, *map(str, view.pending)}, view.through + 1
        while True:
            twin = self._twins.find(text, kind=kind, before=before, skip=skip)
            if twin is None:
                return None
            # The database has the last word: a reservation may have been released since.
            item = self._items.numbered(int(twin.id))
            if item is not None:
                return twin._replace(id=item.item_id)
            self._gone.add(twin.id)
            skip = {*skip, twin.id}

    def _follow(self) -> None:
        """Take in what was added since, by whatever process."""
        if self._items.last() > self._through:
            self._learn(self._items.after(self._through))

    def _learn(self, items: Iterable[Item]) -> None:
        for item in items:
            self._twins.add(str(item.seq), item.text, position=item.seq, kind=item.kind)
            self._through, self._newest = item.seq, item.item_id

    def _load(self, threshold: float, stem: bool) -> None:
        loaded = LexicalIndex.load(self._cache, threshold=threshold, stem=stem)
        if loaded is None:
            return
        said = json.loads(loaded.through)
        newest = self._items.numbered(said["seq"])
        # Where the database was put back to an earlier state, other items have the same numbers.
        if said["pool"] == self._items.pool_id and newest and newest.item_id == said["newest"]:
            self._twins = Twins(loaded.lexical)
            self._through = self._saved = said["seq"]
            self._newest = said["newest"]

    def _open_meaning(
        self, embedder: str | Embedder, chroma: str | None, notice: Callable[[str], None] | None
    ) -> None:
        from .meaning import Meaning

        truth = self._items.after(0, through=self._through)
        self._meaning = Meaning(self.directory, embedder, truth, self._items.count(), chroma, notice)
        self._twins = Twins(self._twins.lexical, self._meaning.index)

    def _save(self) -> None:
        said = {"pool": self._items.pool_id, "seq": self._through, "newest": self._newest}
        self._twins.lexical.save(self._cache, through=json.dumps(said))
        self._saved = self._through


def _storable(text: str) -> str:
    """Without the halves of code points that models sometimes write; SQLite takes none."""
    return text.encode("utf-8", "replace").decode()
