"""The ledger: runs, model answers, records and rejections, durable."""

from .journal import LedgerJournal, journal_row, reply_of
from .ledger import (
    JournalRow,
    Ledger,
    SlotCalls,
    SlotOutcome,
    StageCount,
    StoredRun,
    postgres_url,
    sqlite_url,
)
from .vector_file import VectorFile
from .vectors import KeptEmbedder, Vectors, text_key

__all__ = [
    "JournalRow",
    "KeptEmbedder",
    "Ledger",
    "LedgerJournal",
    "SlotCalls",
    "SlotOutcome",
    "StageCount",
    "StoredRun",
    "VectorFile",
    "Vectors",
    "journal_row",
    "postgres_url",
    "reply_of",
    "sqlite_url",
    "text_key",
]
