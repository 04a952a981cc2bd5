"""Agents of the user's own, named as `module:attribute`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..agents import ROLES
from ..errors import UsageError
from ..importing import import_here


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
    module = import_here(module_name, f"--agent {role}={target}")
    agent = getattr(module, attribute, None)
    if agent is None:
        raise UsageError(f"--agent {role}={target}: {module_name} has no {attribute!r}")
    return agent() if isinstance(agent, type) else agent
