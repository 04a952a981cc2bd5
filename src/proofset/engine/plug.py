"""Agents of the user's own: `module:attribute`, or the name of an installed plug-in."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from .. import plugins
from ..agents import ROLES, as_agent
from ..errors import UsageError
from ..importing import import_here


def load_agents(named: Mapping[str, str], roles: Iterable[str] = ROLES) -> dict[str, Any]:
    """Role to node. Raises UsageError that names the role and what failed.

    Args:
        named: role to `module:attribute`, or to a name in the entry points `proofset.agents`.
        roles: those that there are.
    """
    known, loaded = tuple(roles), {}
    for role, target in named.items():
        what = f"--agent {role}={target}"
        if role not in known:
            raise UsageError(f"{what}: no role {role!r}; the roles are {', '.join(known)}")
        loaded[role] = load_agent(target, what)
    return loaded


def load_agent(target: str, what: str) -> Any:
    """The node of that name. A class is called without arguments, once.

    Modules are also looked for in the current directory. Raises UsageError; `what` says who asked.
    """
    agent = _found(target, what)
    if isinstance(agent, type):
        try:
            agent = agent()
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(
                f"{what}: {target} is a class that cannot be called without arguments ({said}); name an "
                "object of it"
            ) from error
    if not (callable(agent) or hasattr(agent, "ainvoke")):
        raise UsageError(
            f"{what}: a {type(agent).__name__} is no agent; give a function, an object with an async "
            "__call__, a Runnable or a compiled graph"
        )
    return adapted(agent)


def adapted(agent: Any) -> Any:
    """The agent as graphs take it: a compiled graph hands back what it has found, and no more."""
    from langgraph.pregel import Pregel

    return as_agent(agent) if isinstance(agent, Pregel) else agent


def _found(target: str, what: str) -> Any:
    module_name, colon, attribute = target.partition(":")
    if not colon:
        return _of_plugin(target, what)
    if not module_name or not attribute:
        raise UsageError(f"{what}: write ROLE=module:attribute, or ROLE=NAME of a plug-in")
    agent: Any = import_here(module_name, what)
    for part in attribute.split("."):
        agent = getattr(agent, part, None)
    if agent is None:
        raise UsageError(f"{what}: {module_name} has no {attribute!r}")
    return agent


def _of_plugin(name: str, what: str) -> Any:
    plugin = plugins.find(plugins.Kind.AGENT, name, what)
    if plugin is not None:
        return plugin.load(what)
    known = plugins.names(plugins.Kind.AGENT)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join(known) or "none are installed"
    raise UsageError(
        f"{what}: no plug-in {name!r}; {hint}Write module:attribute, or a plug-in's name ({listed})"
    )
