"""The ledger: runs, model answers, records and rejections, durable."""

from .journal import LedgerJournal
from .ledger import JournalRow, Ledger, SlotOutcome, StageCount, StoredRun, sqlite_url
from .vectors import KeptEmbedder, Vectors, text_key, transactions

__all__ = [
    "JournalRow",
    "KeptEmbedder",
    "Ledger",
    "LedgerJournal",
    "SlotOutcome",
    "StageCount",
    "StoredRun",
    "Vectors",
    "sqlite_url",
    "text_key",
    "transactions",
]
