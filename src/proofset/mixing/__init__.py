"""Mixing: what people wrote and what was generated, in one training set that says what is in it.

human rows ──────────────▶ held out? ─▶ all ────────────────────────┐
                                                                    ├─▶ collapsed? ─▶ version on disk
records ─▶ held out? ─▶ weaker generator? ─▶ by grade, to the floor ┘
previous version ──────────────────────────▶ all of it
"""

from .diff import Difference, difference
from .mix import Mix, mix
from .plan import MixPlan
from .version import MANIFEST, Manifest, Shard, read_manifest

__all__ = [
    "MANIFEST",
    "Difference",
    "Manifest",
    "Mix",
    "MixPlan",
    "Shard",
    "difference",
    "mix",
    "read_manifest",
]
