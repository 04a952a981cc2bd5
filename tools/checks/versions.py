"""Versions of the tools that checks run on, as evidence names them."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version


@cache
def _installed() -> tuple[tuple[str, str], ...]:
    return (
        ("proofset", version("proofset")),
        ("python", platform.python_version()),
        ("sympy", version("sympy")),
    )


def versions() -> dict[str, str]:
    """Name to version: proofset, python, sympy."""
    return dict(_installed())
