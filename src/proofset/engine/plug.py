"""Agents of the user's own, named as `module:attribute`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from ..agents import ROLES
from ..errors import UsageError


def load_agents(named: Mapping[str, str]) -> dict[str, Any]:
    """Role to node. Raises UsageError that names the role and what failed.

    Modules are also looked for in the current directory. A class is called without arguments.
    """
    return {role: _load(role, target) for role, target in named.items()}


def _load(role: str, target: str) -> Any:
    if role not in ROLES:
        raise UsageError(f"--agent {role}={target}: no role {role!r}; the roles are {', '.join(ROLES)}")
    module_name, colon, attribute = target.partition(":")
    if not colon or not module_name or not attribute:
        raise UsageError(f"--agent {role}={target}: write ROLE=module:attribute")
    module = _import(module_name, f"--agent {role}={target}")
    agent = getattr(module, attribute, None)
    if agent is None:
        raise UsageError(f"--agent {role}={target}: {module_name} has no {attribute!r}")
    return agent() if isinstance(agent, type) else agent


def _import(name: str, option: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return import_module(name)
    except Exception as error:
        raise UsageError(f"{option}: importing {name} failed ({type(error).__name__}: {error})") from error
