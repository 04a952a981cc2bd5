"""Above which cosine two texts, whose literals agree, count as one: by embedder and by kind of text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KINDS = ("instruction", "math", "code", "document")

THRESHOLDS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "wordllama": MappingProxyType({"instruction": 0.90, "math": 0.95, "code": 0.93, "document": 0.97}),
        "minilm": MappingProxyType({"instruction": 0.93, "math": 0.95, "code": 0.94, "document": 0.97}),
    }
)
UNCALIBRATED: Mapping[str, float] = MappingProxyType(dict.fromkeys(KINDS, 0.95))
"""For embedders that were not calibrated here; `benchmarks/novelty_semantic.py --calibrate SPEC` does it."""


def thresholds_for(embedder: str) -> Mapping[str, float]:
    """The calibrated thresholds of an embedder by its name, else `UNCALIBRATED`."""
    return THRESHOLDS.get(embedder.partition(":")[0], UNCALIBRATED)
