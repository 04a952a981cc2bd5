"""Modules of the user's own, which may lie in the current directory."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from .errors import UsageError


def import_here(name: str, what: str) -> ModuleType:
    """The module of that name. Raises UsageError where it cannot be imported; `what` says who asked."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(name)
    except Exception as error:
        raise UsageError(f"{what}: importing {name} failed ({type(error).__name__}: {error})") from error
