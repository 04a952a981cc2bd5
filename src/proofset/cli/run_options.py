"""The options of a run, shared by all verbs that begin one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import UsageError
from .budget import budget_options, limits
from .named import sandbox_option

if TYPE_CHECKING:
    from ..engine import RunConfig, Told

F = TypeVar("F", bound=Callable[..., Any])

TRACE_OPTIONS = (
    click.option(
        "--trace",
        metavar="URL|FILE",
        help="Send traces to a collector that takes OTLP by HTTP, such as Phoenix at http://127.0.0.1:6006, "
        "or append them to a file. Default: OTEL_EXPORTER_OTLP_ENDPOINT, where that is set; else none.",
    ),
    click.option("--trace-sample", "trace_share", type=float, help="Share of the slots that are traced."),
    click.option(
        "--trace-text",
        "trace_text",
        is_flag=True,
        default=None,
        help="Put prompts, replies and programs into traces, not their hashes alone.",
    ),
)

_OPTIONS = (
    click.option("--n", type=int, help="Slots: candidates to try."),
    click.option("--keep", type=int, help="Stop as soon as so many records are kept."),
    click.option(
        "--model",
        "models",
        multiple=True,
        metavar="[ROLE=]SPEC",
        help="openai:NAME[@URL], local:NAME or scripted:FILE; for all roles or for one. scripted:RUN_DIR "
        "replays a recorded run; loop:DIR is who serves after `flywheel publish`. Without it: "
        "local:qwen2.5-coder-1.5b.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        help="YAML file; flags override it. `proofset config` shows and checks it.",
    ),
    click.option("--seed", type=int, help="All randomness derives from it. Default 0."),
    click.option("--concurrency", type=int, help="Model calls at once. Default 8."),
    click.option("--workers", type=int, help="Processes that share the work. Default 1."),
    click.option(
        "--executor",
        type=click.Choice(["local", "processes", "ray"]),
        help="Where slots are driven. Default: processes where there are workers, else local.",
    ),
    sandbox_option,
    click.option(
        "--ledger",
        metavar="URL",
        help="Keep the run's truth in PostgreSQL: postgresql://USER@HOST/DATABASE, the password in "
        "PGPASSWORD. Default: a file in the directory.",
    ),
    click.option(
        "--agent",
        "agents",
        multiple=True,
        metavar="ROLE=NAME",
        help="An agent of your own for a role: module:attribute, or the name of an installed plug-in.",
    ),
    click.option(
        "--seeds",
        metavar="FILE",
        help="Seeds of your own in place of the built-in ones: JSONL, in the form of the graph's seeds.",
    ),
    click.option(
        "--constitution",
        metavar="FILE",
        help="Principles of your own, for constitutional: a YAML list of id, critique, revision, comparison.",
    ),
    click.option(
        "--prompts",
        metavar="DIR",
        help="Prompts of your own: files that take the place of the built-in ones of the same name.",
    ),
    click.option(
        "--evaluation-set",
        "evaluation_sets",
        multiple=True,
        metavar="PATH",
        help="A file or directory of what a model will be evaluated on; what holds text of it is not kept. "
        "May be given again.",
    ),
    click.option(
        "--corpus",
        multiple=True,
        metavar="PATH",
        help="A file (JSONL, text, Markdown, Python) or a directory of texts that people wrote; for graphs "
        "that begin with one. May be given again.",
    ),
    click.option(
        "--traffic",
        multiple=True,
        metavar="PATH",
        help="A directory of traffic, or a file of its items, as `proofset flywheel ingest` writes them; for "
        "flywheel. May be given again.",
    ),
    click.option(
        "--memory",
        metavar="DIR",
        help="Remember in DIR what is kept, and keep nothing that a run before remembered there.",
    ),
    click.option(
        "--against",
        multiple=True,
        metavar="FILE",
        help="A data file or directory; what repeats its texts is not kept. May be given again.",
    ),
    click.option(
        "--anchor",
        multiple=True,
        metavar="HUMAN",
        help="Texts that people wrote: the run ends where what it keeps has lost their breadth. May be given "
        "again.",
    ),
    click.option(
        "--canaries",
        metavar="N|SHARE",
        help="Known-wrong candidates before the verifier, between the others: about so many in the run, or "
        "with a point, as 0.1, for so many of what it lets pass; 0 for none. Default: 0.05.",
    ),
    click.option("--allow-collapse", is_flag=True, help="Tell of that, and go on."),
    *TRACE_OPTIONS,
    click.option(
        "--semantic",
        metavar="[EMBEDDER]",
        is_flag=False,
        flag_value="wordllama",
        help="Compare by meaning, too: wordllama (the default), minilm, openai:MODEL or a plug-in's.",
    ),
)


def run_options(command: F) -> F:
    """Add them, and those of a budget."""
    return budget_options(_with(_OPTIONS, command))


def trace_options(command: F) -> F:
    """Add those of traces."""
    return _with(TRACE_OPTIONS, command)


def _with(options: tuple[Callable[[F], F], ...], command: F) -> F:
    for option in reversed(options):
        command = option(command)
    return command


def told_of(graph: str | None, given: Mapping[str, Any]) -> Told:
    """The config of a run from its argument and options over a config file, with the source of each value.

    Raises UsageError where one cannot be read.
    """
    from ..engine import layered, open_config_file
    from ..engine.opening import roles_of
    from ..graphs import find_graph

    file = open_config_file(given["config"]) if given["config"] else None
    named = graph or (file.values.get("graph") if file else None)
    if not isinstance(named, str):
        raise UsageError("GRAPH is missing: name one, such as verified_math, or write `graph:` into --config")
    find_graph(named)
    flags: list[tuple[str, tuple[str, ...], Any]] = [("argument GRAPH", ("graph",), named)] if graph else []
    flags += [
        (f"flag {option_name(name)}", place, list(given[name]) if place[-1] in _LISTS else given[name])
        for name, place in _PLACES.items()
        # A zero is given, and refused later on.
        if given[name] is not None and given[name] is not False and given[name] != ()
    ]
    if given["models"]:
        from ..models import parse_models

        specs = parse_models(given["models"], roles_of(named))
        flags += [("flag --model", ("models", role), spec) for role, spec in specs.items()]
    for agent in given["agents"]:
        role, target = _pair(agent)
        flags.append(("flag --agent", ("agents", role), target))
    flags += [
        (f"flag {option_name(f'budget_{name}')}", ("budget", name), value)
        for name, value in limits(given).items()
    ]
    if given["canaries"] is not None:
        wanted = _canaries(given["canaries"])
        flags += [("flag --canaries", ("settings", name), value) for name, value in wanted.items()]
    return layered(file, flags)


def config_of(graph: str | None, given: Mapping[str, Any]) -> RunConfig:
    """The same, checked. Raises UsageError that says where the wrong value came from."""
    from ..engine import check_roles

    told = told_of(graph, given)
    if "n" not in told.values:
        raise UsageError("--n is missing; say how many candidates to try, such as --n 20")
    config = told.config()
    check_roles(config, told.where)
    return config


TRACE = ("trace", "trace_share", "trace_text")
_PLAIN = ("n", "keep", "seed", "concurrency", "workers", "executor", "sandbox", "ledger", "memory", *TRACE)
_SETTINGS = ("corpus", "traffic", "evaluation_sets", "prompts", "seeds", "constitution")
_LISTS = ("against", "anchor", "corpus", "traffic", "evaluation_sets")
_PLACES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in (*_PLAIN, "against", "anchor", "allow_collapse")},
    **{name: ("settings", name) for name in _SETTINGS},
    "semantic": ("settings", "novelty_embedder"),
}
"""Where in the config each option goes."""

NOTHING: Mapping[str, Any] = {
    **{name: () if name in _LISTS else None for name in _PLACES},
    **dict.fromkeys(("budget_calls", "budget_tokens", "budget_usd", "config", "canaries")),
    **dict.fromkeys(("models", "agents"), ()),
}
"""The options where none is given."""


def option_name(name: str) -> str:
    """An option as it is written on the command line."""
    written = {"evaluation_sets": "evaluation-set", "trace_share": "trace-sample"}
    return f"--{written.get(name, name.replace('_', '-'))}"


def _canaries(option: str) -> dict[str, Any]:
    """The settings that `--canaries` stands for."""
    try:
        if option.isdigit():
            count = int(option)
            return {"canaries": count} if count else {"canaries": None, "canary_share": 0.0}
        return {"canaries": None, "canary_share": float(option)}
    except ValueError:
        raise UsageError(
            f"--canaries {option}: give a number, such as 300, or a share, such as 0.1"
        ) from None


def _pair(option: str) -> tuple[str, str]:
    role, equals, target = option.partition("=")
    if not equals:
        raise UsageError(f"--agent {option}: write ROLE=module:attribute, or ROLE=NAME of a plug-in")
    return role, target
