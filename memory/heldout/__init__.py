"""Held-out sets: what people made to evaluate models on, registered once, and read by no graph.

heldout.yaml ─▶ name, file, SHA-256 ─▶ is the file what it was? ─▶ index ─▶ Hit: which set, which item, how
"""

from .index import Barred, HeldOut, Hit, SetSeen
from .registry import (
    REGISTRY,
    VARIABLE,
    HeldOutSet,
    Registry,
    find_registry,
    fingerprint,
    read_registry,
    register,
    unregister,
)

__all__ = [
    "REGISTRY",
    "VARIABLE",
    "Barred",
    "HeldOut",
    "HeldOutSet",
    "Hit",
    "Registry",
    "SetSeen",
    "find_registry",
    "fingerprint",
    "read_registry",
    "register",
    "unregister",
]
