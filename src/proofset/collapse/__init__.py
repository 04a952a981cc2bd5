"""Collapse watch: do generated texts still have the breadth of what people wrote?

anchor (human) ─┐                      wording: distinct-1/2/3, self-BLEU     ┐
                ├─▶ equal samples ──▶  shape: lengths, opening pairs          ├─▶ bounds ─▶ steady, drifting,
generations ────┘                      meaning: Vendi, dispersion, coverage   ┘            collapsed, too few
"""

from .bounds import METRICS, Family, Finding, Metric
from .watch import MIN_TEXTS, Generation, State, Watch, watch

__all__ = ["METRICS", "MIN_TEXTS", "Family", "Finding", "Generation", "Metric", "State", "Watch", "watch"]
