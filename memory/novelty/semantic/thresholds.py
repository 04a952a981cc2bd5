"""Above which cosine two texts, whose literals agree, count as one: by embedder and by kind of text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KINDS = ("instruction", "math", "code", "document")

PROMPT = "prompt"
"""Prompts of a red team and those beside them: thresholds as for instructions, and a kind of their own, so
that no graph is shown them as instructions."""

SAME_WORDS = 0.5
"""For two texts with the same content words, of every kind and with every embedder."""

THRESHOLDS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "wordllama": MappingProxyType(
            {"instruction": 0.80, PROMPT: 0.80, "math": 0.80, "code": 0.85, "document": 0.90}
        ),
        "minilm": MappingProxyType(
            {"instruction": 0.85, PROMPT: 0.85, "math": 0.85, "code": 0.90, "document": 0.95}
        ),
    }
)
"""Set for at most 1 % false drops. In the order above, of 480 twins (one value differs) and 240 paraphrases
a kind, wordllama drops 4, 1, 1 and 4 twins and catches 57, 59, 67 and 25 % of the paraphrases; minilm drops
2, 1, 3 and 1 and catches 71, 78, 77 and 9 %. Neither drops any of 240 unrelated pairs. The pairs are those of
`benchmarks/meaning_pairs.py`, told by one hand: texts of other hands may fare worse.
"""
UNCALIBRATED: Mapping[str, float] = MappingProxyType(dict.fromkeys((*KINDS, PROMPT), 0.95))
"""For embedders that were not calibrated here; `benchmarks/novelty_semantic.py --calibrate SPEC` does it."""

LATIN_ONLY = frozenset(("wordllama", "minilm"))
"""Embedders whose cosines say nothing of texts in another script."""


def thresholds_for(embedder: str) -> Mapping[str, float]:
    """The calibrated thresholds of an embedder by its name, else `UNCALIBRATED`."""
    return THRESHOLDS.get(embedder.partition(":")[0], UNCALIBRATED)
