"""Attacks on a sandbox: programs that attempt something, and what of the host shows whether they did."""

from __future__ import annotations

from . import files, kernel, leftovers, network, processes, resources
from .table import ATTACKS, FRESH, UNSWITCHABLE, WATCH, Attack

__all__ = [
    "ATTACKS",
    "FRESH",
    "UNSWITCHABLE",
    "WATCH",
    "Attack",
    "files",
    "kernel",
    "leftovers",
    "network",
    "processes",
    "resources",
]
