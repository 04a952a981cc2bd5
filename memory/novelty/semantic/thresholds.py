"""Above which cosine two texts, whose literals agree, count as one: by embedder and by kind of text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KINDS = ("instruction", "math", "code", "document")

SAME_WORDS = 0.5
"""For two texts with the same content words, of every kind and with every embedder."""

THRESHOLDS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "wordllama": MappingProxyType({"instruction": 0.83, "math": 0.80, "code": 0.84, "document": 0.90}),
        "minilm": MappingProxyType({"instruction": 0.86, "math": 0.86, "code": 0.91, "document": 0.96}),
    }
)
UNCALIBRATED: Mapping[str, float] = MappingProxyType(dict.fromkeys(KINDS, 0.95))
"""For embedders that were not calibrated here; `benchmarks/novelty_semantic.py --calibrate SPEC` does it."""

LATIN_ONLY = frozenset(("wordllama", "minilm"))
"""Embedders whose cosines say nothing of texts in another script."""


def thresholds_for(embedder: str) -> Mapping[str, float]:
    """The calibrated thresholds of an embedder by its name, else `UNCALIBRATED`."""
    return THRESHOLDS.get(embedder.partition(":")[0], UNCALIBRATED)
