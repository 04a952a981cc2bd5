"""all-MiniLM-L6-v2 as an int8 ONNX file: slower than WordLlama by fifty times, and better at paraphrases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ....errors import ModelError, UsageError
from ....models.catalogue import cached_path, find, parts
from ....records import well_formed
from .embedders import missing_extra, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WINDOW = 254
"""Tokens at once, beside the two marks: the model was trained on 256."""

_DIM = 384


class MiniLmEmbedder:
    """Mean of the token states, as Sentence-Transformers pools this model; 384 dimensions.

    A longer text is embedded in windows, and their mean is taken by length: nothing of it is cut off.
    """

    def __init__(self) -> None:
        try:
            import onnxruntime
            import tokenizers
        except ImportError as error:
            raise missing_extra("minilm", "onnxruntime", "minilm") from error
        model, tokenizer = parts(find("minilm", "embedder"))
        weights, words = cached_path(model), cached_path(tokenizer)
        if weights is None or words is None:
            raise UsageError("embedder minilm: not on this machine yet; run: proofset models pull minilm")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(weights), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = tokenizers.Tokenizer.from_file(str(words))
        except Exception as error:
            raise ModelError(
                f"embedder minilm: {weights.parent} holds what cannot be loaded ({type(error).__name__}); "
                "remove both files there and run: proofset models pull minilm"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._first, self._last = (self._tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))
        self.name = f"minilm:{model.sha256[:12]}"
        self.dim = _DIM

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`. One text at a time: int8 scales are shared by a batch, so that a vector would
        depend on the texts beside it."""
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            ids = self._tokenizer.encode(well_formed(text), add_special_tokens=False).ids
            for start in range(0, len(ids), _WINDOW):
                window = ids[start : start + _WINDOW]
                row += self._state(window) * np.float32(len(window) / len(ids))
        return unit_rows(rows)

    def _state(self, window: list[int]) -> NDArray[np.float32]:
        tokens = np.array([[self._first, *window, self._last]], np.int64)
        (states,) = self._session.run(
            None,
            {
                "input_ids": tokens,
                "attention_mask": np.ones_like(tokens),
                "token_type_ids": np.zeros_like(tokens),
            },
        )
        mean: NDArray[np.float32] = np.asarray(states[0], np.float32).mean(axis=0, keepdims=True)
        return unit_rows(mean).reshape(-1)
