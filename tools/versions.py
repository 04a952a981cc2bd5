"""Versions of the tools that checks run on, as evidence names them."""

from __future__ import annotations

import platform
from importlib.metadata import version

# Read when imported: a node that runs in an event loop must not look into files.
_INSTALLED = {
    "proofset": version("proofset"),
    "python": platform.python_version(),
    "sympy": version("sympy"),
}


def versions() -> dict[str, str]:
    """Name to version: proofset, python, sympy."""
    return dict(_INSTALLED)
