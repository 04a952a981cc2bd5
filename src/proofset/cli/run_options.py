"""The options of a run, shared by all verbs that begin one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import UsageError
from .budget import budget_options, limits

if TYPE_CHECKING:
    from ..engine import RunConfig

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
    click.option("--config", type=click.Path(path_type=Path), help="YAML file; flags override it."),
    click.option("--seed", type=int, help="All randomness derives from it. Default 0."),
    click.option("--concurrency", type=int, help="Model calls at once. Default 8."),
    click.option("--workers", type=int, help="Processes that share the work. Default 1."),
    click.option(
        "--executor",
        type=click.Choice(["local", "processes", "ray"]),
        help="Where slots are driven. Default: processes where there are workers, else local.",
    ),
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
        metavar="ROLE=MODULE:ATTR",
        help="An agent of your own for a role.",
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
        help="Compare by meaning, too: wordllama (the default), minilm or openai:MODEL.",
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


def config_of(graph: str, given: Mapping[str, Any]) -> RunConfig:
    """The config of a run from its options; a config file lies beneath them. Raises UsageError."""
    from ..agents import DEFAULT_MODEL, ROLES
    from ..engine import as_replay, make_config, read_config_file, with_user_prices
    from ..graphs import find_graph
    from ..models import DEFAULT_ROLE, parse_models

    find_graph(graph)
    config = given["config"]
    values = read_config_file(config) if config else {}
    values |= {name: given[name] for name in _PLAIN if given[name] is not None}
    values["graph"] = graph
    if given["models"]:
        values["models"] = {**values.get("models", {}), **parse_models(given["models"], ROLES)}
    values.setdefault("models", {DEFAULT_ROLE: DEFAULT_MODEL})
    if given["agents"]:
        values["agents"] = {**values.get("agents", {}), **dict(_pair(agent) for agent in given["agents"])}
    for name in ("against", "anchor", "allow_collapse"):
        if given[name]:
            values[name] = given[name]
    settings = {
        "corpus": given["corpus"],
        "traffic": given["traffic"],
        "evaluation_sets": given["evaluation_sets"],
        "novelty_embedder": given["semantic"],
        "prompts": given["prompts"],
        "seeds": given["seeds"],
        "constitution": given["constitution"],
    }
    if given["canaries"] is not None:
        values["settings"] = {**values.get("settings", {}), **_canaries(given["canaries"])}
    for name, part in (
        ("settings", {name: value for name, value in settings.items() if value}),
        ("budget", limits(given)),
    ):
        if part:
            values[name] = {**values.get(name, {}), **part}
    values = with_user_prices(as_replay(values))
    if "n" not in values:
        raise UsageError("--n is missing; say how many candidates to try, such as --n 20")
    return make_config(values, source=f"config {config}" if config else "run")


TRACE = ("trace", "trace_share", "trace_text")
_PLAIN = ("n", "keep", "seed", "concurrency", "workers", "executor", "ledger", "memory", *TRACE)


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
        raise UsageError(f"--agent {option}: write ROLE=module:attribute")
    return role, target
