"""Deduplicate a data file: the first of every group of near-twins stays, the others go with their reason."""

from .deduplicating import Deduplicated, dedup

__all__ = ["Deduplicated", "dedup"]
