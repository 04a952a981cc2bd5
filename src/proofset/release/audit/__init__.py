"""Canary audit: candidates that are known to be wrong, put before the verifiers that decide what is kept."""

from .canaries import Canary, canaries_of
from .fingerprints import AUDIT, fingerprints_of
from .running import Audit, Tried, audit, read_audit

__all__ = [
    "AUDIT",
    "Audit",
    "Canary",
    "Tried",
    "audit",
    "canaries_of",
    "fingerprints_of",
    "read_audit",
]
