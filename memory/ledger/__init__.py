"""The ledger: runs, model answers, records and rejections, durable."""

from .calls import StoredCall, calls_of_slot
from .canaries import CanaryCount, LedgerCanaries, canary_counts, run_canaries
from .journal import LedgerJournal, journal_row, reply_of
from .ledger import (
    JournalRow,
    Ledger,
    SlotOutcome,
    StoredRun,
    postgres_url,
    sqlite_url,
)
from .sums import (
    Attempt,
    AttemptCalls,
    ModelTokens,
    StageCount,
    attempts,
    calls_by_attempt,
    spent,
    stage_counts,
)
from .vector_file import VectorFile
from .vectors import KeptEmbedder, Vectors, text_key

__all__ = [
    "Attempt",
    "AttemptCalls",
    "CanaryCount",
    "JournalRow",
    "KeptEmbedder",
    "Ledger",
    "LedgerCanaries",
    "LedgerJournal",
    "ModelTokens",
    "SlotOutcome",
    "StageCount",
    "StoredCall",
    "StoredRun",
    "VectorFile",
    "Vectors",
    "attempts",
    "calls_by_attempt",
    "calls_of_slot",
    "canary_counts",
    "journal_row",
    "postgres_url",
    "reply_of",
    "run_canaries",
    "spent",
    "sqlite_url",
    "stage_counts",
    "text_key",
]
