"""`proofset run GRAPH --n N --out DIR`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import UsageError
from .budget import budget_options, limits


@click.command("run")
@click.argument("graph")
@click.option("--n", type=int, help="Slots: candidates to try.")
@click.option("--keep", type=int, help="Stop as soon as so many records are kept.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new or empty directory.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="[ROLE=]SPEC",
    help="openai:NAME[@URL], local:NAME or scripted:FILE; for all roles or for one. scripted:RUN_DIR replays "
    "a recorded run. "
    "Without it: local:qwen2.5-coder-1.5b.",
)
@click.option("--config", type=click.Path(path_type=Path), help="YAML file; flags override it.")
@click.option("--seed", type=int, help="All randomness derives from it. Default 0.")
@click.option("--concurrency", type=int, help="Model calls at once. Default 8.")
@click.option("--workers", type=int, help="Processes that share the work. Default 1.")
@click.option(
    "--executor",
    type=click.Choice(["local", "processes", "ray"]),
    help="Where slots are driven. Default: processes where there are workers, else local.",
)
@click.option(
    "--ledger",
    metavar="URL",
    help="Keep the run's truth in PostgreSQL: postgresql://USER@HOST/DATABASE, the password in PGPASSWORD. "
    "Default: a file in the directory.",
)
@click.option(
    "--agent", "agents", multiple=True, metavar="ROLE=MODULE:ATTR", help="An agent of your own for a role."
)
@click.option(
    "--evaluation-set",
    "evaluation_sets",
    multiple=True,
    metavar="PATH",
    help="A file or directory of what a model will be evaluated on; what holds text of it is not kept. "
    "May be given again.",
)
@click.option(
    "--memory",
    metavar="DIR",
    help="Remember in DIR what is kept, and keep nothing that a run before remembered there.",
)
@click.option(
    "--against",
    multiple=True,
    metavar="FILE",
    help="A data file or directory; what repeats its texts is not kept. May be given again.",
)
@click.option(
    "--semantic",
    metavar="[EMBEDDER]",
    is_flag=False,
    flag_value="wordllama",
    help="Compare by meaning, too: wordllama (the default), minilm or openai:MODEL.",
)
@budget_options
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines on standard output.")
def command(
    graph: str,
    n: int | None,
    keep: int | None,
    out: Path,
    models: tuple[str, ...],
    config: Path | None,
    seed: int | None,
    concurrency: int | None,
    workers: int | None,
    executor: str | None,
    ledger: str | None,
    agents: tuple[str, ...],
    evaluation_sets: tuple[str, ...],
    memory: str | None,
    against: tuple[str, ...],
    semantic: str | None,
    as_json: bool,
    **budget: Any,
) -> None:
    """Run GRAPH over N candidates and keep what verifies.

    Writes records.jsonl (kept) and rejected.jsonl (with reasons) to DIR. Ctrl-C stops cleanly; go on
    with `proofset resume DIR`.
    """
    from ..agents import DEFAULT_MODEL, ROLES
    from ..engine import Order, as_replay, make_config, read_config_file
    from ..graphs import find_graph
    from ..models import DEFAULT_ROLE, parse_models
    from .follow import follow

    find_graph(graph)
    from_file = read_config_file(config) if config else {}
    flags: dict[str, Any] = {
        "n": n,
        "keep": keep,
        "seed": seed,
        "concurrency": concurrency,
        "workers": workers,
        "executor": executor,
        "ledger": ledger,
        "memory": memory,
    }
    values: dict[str, Any] = {
        **from_file,
        "graph": graph,
        **{name: value for name, value in flags.items() if value is not None},
    }
    if models:
        values["models"] = {**values.get("models", {}), **parse_models(models, ROLES)}
    values.setdefault("models", {DEFAULT_ROLE: DEFAULT_MODEL})
    if agents:
        values["agents"] = {**values.get("agents", {}), **dict(_pair(agent) for agent in agents)}
    if against:
        values["against"] = against
    settings = {"evaluation_sets": evaluation_sets, "novelty_embedder": semantic}
    if given := {name: value for name, value in settings.items() if value}:
        values["settings"] = {**values.get("settings", {}), **given}
    if given := limits(budget):
        values["budget"] = {**values.get("budget", {}), **given}
    values = as_replay(values)
    if "n" not in values:
        raise UsageError("run: --n is missing; say how many candidates to try, such as --n 20")
    source = f"config {config}" if config else "run"
    follow(Order(make_config(values, source=source), out), as_json=as_json)


def _pair(option: str) -> tuple[str, str]:
    role, equals, target = option.partition("=")
    if not equals:
        raise UsageError(f"--agent {option}: write ROLE=module:attribute")
    return role, target
