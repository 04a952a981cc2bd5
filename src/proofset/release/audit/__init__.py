"""Canary audit: candidates that are known to be wrong, put before the verifiers that decide what is kept."""

from .canaries import Canary, canaries_of
from .running import AUDIT, ENOUGH, Audit, Tried, audit, canaries_in, read_audit

__all__ = ["AUDIT", "ENOUGH", "Audit", "Canary", "Tried", "audit", "canaries_in", "canaries_of", "read_audit"]
