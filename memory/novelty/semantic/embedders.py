"""Embedders: what turns texts into vectors. Three come with proofset; your own object will do as well."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from .... import plugins
from ....errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_EMBEDDER = "wordllama"
EMBEDDERS = ("wordllama", "minilm", "openai")
FORMS = "wordllama, minilm, openai:MODEL or openai:MODEL@BASE_URL"


@runtime_checkable
class Embedder(Protocol):
    """What novelty by meaning needs of an embedder.

    A text's vector depends on that text alone, not on those beside it: the same text must give the same
    vector on every replay.

    Attributes:
        name: stable identity of weights and version; part of every key under which a vector is kept.
        dim: length of a vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row per text, shape (n, dim), each of length 1. Blocks. Any text will do, the empty one too."""
        ...


def open_embedder(spec: str | Embedder = DEFAULT_EMBEDDER) -> Embedder:
    """The embedder of a spec; an embedder is given back as it is.

    `wordllama` needs no more than its wheel; `minilm` must have been pulled (`proofset models pull minilm`);
    `openai:MODEL` is any OpenAI-compatible `/embeddings`, under OPENAI_BASE_URL with OPENAI_API_KEY; any
    other name is a plug-in's. Raises UsageError for another form, a missing extra, a model that was not
    pulled, or a plug-in that cannot be used.
    """
    if not isinstance(spec, str):
        return spec
    kind, _, rest = spec.strip().partition(":")
    if kind == "wordllama" and not rest:
        from .embed_wordllama import WordLlamaEmbedder

        return WordLlamaEmbedder()
    if kind == "minilm" and not rest:
        from .embed_minilm import MiniLmEmbedder

        return MiniLmEmbedder()
    if kind == "openai" and rest:
        from .embed_openai import OpenAiEmbedder

        return OpenAiEmbedder(spec)
    what = f"embedder {spec[:80]!r}"
    plugin = None if kind in EMBEDDERS else plugins.find(plugins.Kind.EMBEDDER, spec.strip(), what)
    if plugin is not None:
        made: Embedder = plugin.make(what, plugin.load(what), Embedder)
        return made
    found = plugins.names(plugins.Kind.EMBEDDER)
    raise UsageError(
        f"{what}: write {FORMS}" + (f", or a plug-in's name: {', '.join(found)}" if found else "")
    )


class RecentEmbedder:
    """An embedder that has the vectors of recent texts at hand: what is looked up is often added next.

    Args:
        size: how many.
    """

    def __init__(self, embedder: Embedder, *, size: int = 1024) -> None:
        self._embedder = embedder
        self._size = size
        self._recent: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()
        self.name, self.dim = embedder.name, embedder.dim

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        with self._lock:
            known = {text: self._recent[text] for text in texts if text in self._recent}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, self._embedder.embed(missing), strict=True))
        with self._lock:
            for text in texts:
                self._recent[text] = known[text]
                self._recent.move_to_end(text)
            while len(self._recent) > self._size:
                self._recent.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, self.dim), np.float32)


def missing_extra(spec: str, package: str, extra: str) -> UsageError:
    return UsageError(
        f"embedder {spec}: {package} is not installed; pip install 'proofset[{extra}]', "
        f"or choose another: {FORMS}"
    )


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows at length 1; a row without direction, as of an empty text, becomes the first axis."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    nowhere = ~(lengths > 0) | ~np.isfinite(lengths)
    lengths[nowhere] = 1.0
    scaled: NDArray[np.float32] = (rows / lengths[:, None]).astype(np.float32)
    scaled[nowhere] = 0.0
    scaled[nowhere, 0] = 1.0
    return scaled
