"""`proofset check-agent NAME`: does an agent do what the graphs rely on?"""

from __future__ import annotations

import json

import click

from ..errors import UsageError
from .named import Named

AGENT = Named("agent", "agents", tuple)


@click.command("check-agent")
@click.argument("agent", metavar="NAME", type=AGENT)
@click.option("--role", help="Its role. Default: what it says itself, or its own name.")
@click.option("--graph", help="Whose states it is asked in: verified_math, verified_code or self_instruct.")
@click.option(
    "--model",
    metavar="SPEC",
    help="What its model is, such as scripted:FILE. Default: replies that the built-in agents understand.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per check on standard output.")
def command(agent: str, role: str | None, graph: str | None, model: str | None, as_json: bool) -> None:
    """Call an agent on small states of its role, and say where it falls short of what graphs rely on.

    NAME is module:attribute, or the name of an installed plug-in. No model is needed, and a sandbox only
    where the agent uses one. Exit code 1 where a check fails.
    """
    from ..testing import check_agent

    checks = check_agent(agent, role or _role(agent), graph=graph, model=model)
    for check in checks:
        if as_json:
            click.echo(json.dumps({"event": "check", **check._asdict()}, ensure_ascii=False))
        elif check.found:
            click.echo(f"{check.status.value:<8} {check.name}: {check.found}; mend: {check.mend}")
        else:
            click.echo(f"{check.status.value:<8} {check.name}")
    failed = [check.name for check in checks if check.failed]
    if not as_json:
        said = f"{len(failed)} of {len(checks)} checks fail" if failed else f"all {len(checks)} checks hold"
        click.echo(f"{said} for {agent}")
    if failed:
        raise SystemExit(1)


def _role(agent: str) -> str:
    """The role that an agent names itself, or whose name it has."""
    from ..agents import ROLES
    from ..engine.plug import load_agent

    found = getattr(load_agent(agent, agent), "role", None)
    words = (found, agent.rpartition(":")[2].lower(), agent.lower())
    named = next((role for word in words for role in ROLES if isinstance(word, str) and role == word), None)
    if named is None:
        raise UsageError(f"{agent}: it does not say its role; give --role with one of {', '.join(ROLES)}")
    return named
