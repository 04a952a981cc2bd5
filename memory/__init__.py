"""What a run remembers: what is new, what was kept, what was answered."""

from .admission import OUTPUTS, Admission, Known, Memory, Novelty, Settlement, Watch
from .ledger import (
    Ledger,
    LedgerJournal,
    SlotOutcome,
    StageCount,
    StoredRun,
    postgres_url,
    sqlite_url,
)
from .made import MadeItem
from .novelty import LexicalIndex, Match, Near, Similar
from .pool import Pool, View
from .yields import Part, Tried, YieldLog, Yields

__all__ = [
    "OUTPUTS",
    "Admission",
    "Known",
    "Ledger",
    "LedgerJournal",
    "LexicalIndex",
    "MadeItem",
    "Match",
    "Memory",
    "Near",
    "Novelty",
    "Part",
    "Pool",
    "Settlement",
    "Similar",
    "SlotOutcome",
    "StageCount",
    "StoredRun",
    "Tried",
    "View",
    "Watch",
    "YieldLog",
    "Yields",
    "postgres_url",
    "sqlite_url",
]
