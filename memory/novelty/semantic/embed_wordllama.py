"""The default embedder: WordLlama's token vectors, averaged. It needs no network and 0.15 CPU-ms a text."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ....records import well_formed
from .embedders import missing_extra, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 256
_MODEL, _DIM = "l2_supercat", 256


class WordLlamaEmbedder:
    """l2_supercat, 256 dimensions, as the wheel of wordllama carries it.

    Blind to the order of words: what tells two texts apart must be other words, or their literals.
    """

    def __init__(self) -> None:
        try:
            import wordllama
        except ImportError as error:
            raise missing_extra("wordllama", "wordllama", "semantic") from error
        home = Path(wordllama.__file__).parent
        model = wordllama.WordLlama.load(config=_MODEL, dim=_DIM, cache_dir=home, disable_download=True)
        self._vectors: NDArray[np.float32] = np.asarray(model.embedding, np.float32)
        self._tokenizer = model.tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._lock = threading.Lock()
        digest = hashlib.sha256(self._vectors.tobytes() + self._tokenizer.to_str().encode()).hexdigest()
        self.name = f"wordllama:{_MODEL}_{_DIM}:{digest[:12]}"
        self.dim = int(self._vectors.shape[1])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        rows = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [well_formed(text) for text in texts[start : start + _BATCH]]
            with self._lock:
                tokens = [
                    found.ids for found in self._tokenizer.encode_batch(batch, add_special_tokens=False)
                ]
            for place, ids in enumerate(tokens, start):
                if ids:
                    # Not padded to the longest of a batch: that would change the last bits of a sum.
                    rows[place] = self._vectors[ids].sum(axis=0, dtype=np.float32) / np.float32(len(ids))
        return unit_rows(rows)
