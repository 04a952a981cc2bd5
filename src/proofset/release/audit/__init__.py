"""Canary audit: candidates that are known to be wrong, put before the verifiers that decide what is kept."""

from .canaries import Canary, canaries_of
from .running import AUDIT, Audit, Tried, audit, read_audit

__all__ = ["AUDIT", "Audit", "Canary", "Tried", "audit", "canaries_of", "read_audit"]
