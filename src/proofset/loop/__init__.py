"""The loop: which versions were trained on, which models came of it, and who serves the next round.

begun ─▶ sent ─▶ trained, with who may serve ─▶ standing ─▶ `--model loop:DIR`
  └─▶ failed
"""

from .entries import Appointment, Begun, Entry, Failed, PairsSeen, Sent, Trained, VersionSeen
from .ledger import LEDGER, LoopLedger
from .standing import LOOP, Serving, Standing, resolved, standing_of

__all__ = [
    "LEDGER",
    "LOOP",
    "Appointment",
    "Begun",
    "Entry",
    "Failed",
    "LoopLedger",
    "PairsSeen",
    "Sent",
    "Serving",
    "Standing",
    "Trained",
    "VersionSeen",
    "resolved",
    "standing_of",
]
