"""The ledger: runs, model answers, records and rejections, durable."""

from .journal import LedgerJournal
from .ledger import JournalRow, Ledger, SlotOutcome, StageCount, StoredRun, sqlite_url

__all__ = ["JournalRow", "Ledger", "LedgerJournal", "SlotOutcome", "StageCount", "StoredRun", "sqlite_url"]
