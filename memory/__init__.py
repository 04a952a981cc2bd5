"""What a run remembers: what is new, what was kept, what was answered."""

from .admission import Admission, Known, Novelty, Settlement
from .ledger import Ledger, LedgerJournal, SlotOutcome, StageCount, StoredRun, sqlite_url
from .novelty import LexicalIndex, Match

__all__ = [
    "Admission",
    "Known",
    "Ledger",
    "LedgerJournal",
    "LexicalIndex",
    "Match",
    "Novelty",
    "Settlement",
    "SlotOutcome",
    "StageCount",
    "StoredRun",
    "sqlite_url",
]
