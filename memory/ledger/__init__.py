"""The ledger: runs, model answers, records and rejections, durable."""

from .journal import LedgerJournal
from .ledger import JournalRow, Ledger, SlotOutcome, StageCount, StoredRun, sqlite_url
from .vector_file import VectorFile
from .vectors import KeptEmbedder, Vectors, text_key

__all__ = [
    "JournalRow",
    "KeptEmbedder",
    "Ledger",
    "LedgerJournal",
    "SlotOutcome",
    "StageCount",
    "StoredRun",
    "VectorFile",
    "Vectors",
    "sqlite_url",
    "text_key",
]
