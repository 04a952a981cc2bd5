"""Traffic: what people asked a deployed model and what it answered, let in without personal data.

logs ─▶ rows ─▶ exchanges ─▶ sampled by hash ─▶ scrubbed ─▶ filters ─▶ traffic.jsonl
         │ no JSON, cut off     │ others          │          │ length, language, safety, duplicates
         └──── told by line ────┴──────────── counted by reason ──────────────▶ drops.json
"""

from .filters import language, length, safety
from .item import Source, TrafficItem, item_id
from .languages import Detect, Guess
from .rules import Drop, TrafficRules
from .traffic import TRAFFIC, Traffic, open_traffic

__all__ = [
    "TRAFFIC",
    "Detect",
    "Drop",
    "Guess",
    "Source",
    "Traffic",
    "TrafficItem",
    "TrafficRules",
    "item_id",
    "language",
    "length",
    "open_traffic",
    "safety",
]
