"""Traffic: what people asked a deployed model and what it answered, let in without personal data.

logs ─▶ rows ─▶ exchanges ─▶ sampled by hash ─▶ scrubbed ─▶ filters ─▶ traffic.jsonl
         │ no JSON, cut off     │ others          │          │ length, language, safety, duplicates
         └──── told by line ────┴──────────── counted by reason ──────────────▶ drops.json
"""

from .filters import language, length, safety
from .ingest import Check, Progress, ingest
from .item import Source, TrafficItem, item_id
from .languages import Detect, Guess
from .report import Report, Stratum
from .rules import Drop, TrafficRules
from .sampling import SamplingPlan
from .store import TRAFFIC
from .traffic import Traffic, open_traffic

__all__ = [
    "TRAFFIC",
    "Check",
    "Detect",
    "Drop",
    "Guess",
    "Progress",
    "Report",
    "SamplingPlan",
    "Source",
    "Stratum",
    "Traffic",
    "TrafficItem",
    "TrafficRules",
    "ingest",
    "item_id",
    "language",
    "length",
    "open_traffic",
    "safety",
]
