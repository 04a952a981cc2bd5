"""`proofset config show|validate|schema`: the config of a run, before it is one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..errors import ProofsetError, UsageError
from .named import GRAPH
from .run_options import run_options, told_of

if TYPE_CHECKING:
    from ..engine import RunConfig, Told


@click.group("config")
def command() -> None:
    """Show, check and describe the config of a run: what a file, flags and defaults come to."""


@command.command("show")
@click.argument("graph", required=False, type=GRAPH)
@run_options
@click.option("--changed", is_flag=True, help="Leave out what is as it is by default.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per value on standard output.")
def show(graph: str | None, changed: bool, as_json: bool, **options: Any) -> None:
    """Print the config that a run with these options would have, and where each value came from.

    What is printed is a config file itself.
    """
    told = told_of(graph, options)
    config = _config(told)
    lines = [line for line in _lines(config, told) if not changed or line.source != "default"]
    # A heading says nothing where nothing is left below it.
    told_of_parts = {line.place.partition(".")[0] for line in lines if line.source}
    lines = [line for line in lines if line.place.partition(".")[0] in told_of_parts]
    if as_json:
        for line in lines:
            if line.source:
                click.echo(json.dumps(line._asdict(), ensure_ascii=False))
        return
    width = min(max((len(line.text) for line in lines), default=0), 60)
    for line in lines:
        note = f"; {line.note}" if line.note else ""
        click.echo(f"{line.text:<{width}}  # {line.source}{note}" if line.source else line.text)
    for said in _environment(config):
        click.echo(f"# environment: {said}")


@command.command("validate")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("graph", required=False, type=GRAPH)
def validate(file: Path, graph: str | None) -> None:
    """Check a config file, and all that can be checked of what it names, without running it.

    GRAPH is needed where the file names none. Exit code 1 where something is wrong, a line for each.
    """
    from ..engine import open_config_file

    opened, named = None, graph or ""
    try:
        opened = open_config_file(file)
        named = graph or str(opened.values.get("graph") or "")
        if not named:
            raise UsageError(f"config {file}: it names no graph; give one after the file's name")
        wrong = _wrong(named, file)
    except UsageError as error:
        wrong = [str(error)]
    if len(wrong) == 1:
        raise ProofsetError(wrong[0])
    if wrong:
        for line in wrong:
            click.echo(line, err=True)
        raise ProofsetError(f"{file} is not valid: {len(wrong)} faults")
    config = _config(_told(named, file))
    slots = f"{config.n} slots" if opened and "n" in opened.values else "without n, which --n gives"
    click.echo(
        f"{file} is valid for {config.graph}: {slots}, {', '.join(sorted(set(config.models.values())))}"
    )
    for said in _environment(config):
        click.echo(f"environment: {said}")


@command.command("schema")
@click.argument("graph", required=False, type=GRAPH)
def schema(graph: str | None) -> None:
    """Print the JSON Schema of a config file, for editors; with the roles of GRAPH where it is named."""
    from ..engine.schema import config_schema

    click.echo(json.dumps(config_schema(graph), indent=2, ensure_ascii=False))


def _told(graph: str, file: Path) -> Told:
    from .run_options import NOTHING

    return told_of(graph, {**NOTHING, "config": file})


def _config(told: Told) -> RunConfig:
    """The config; where nobody has said how many slots, one, so that the rest can be checked."""
    from ..engine import check_roles, make_config

    config = make_config({"n": 1, **told.values}, where=told.where)
    check_roles(config, told.where)
    return config


def _wrong(graph: str, file: Path) -> list[str]:
    from ..agents.prompts import check_prompts
    from ..engine import faults_of
    from ..engine.opening import compiled_graph, seeds_of
    from ..models import ModelSpec

    told = _told(graph, file)
    found = faults_of({"n": 1, **told.values}, told.where)
    if found:
        return found
    config = _config(told)
    for check in (
        lambda: [ModelSpec.parse(spec) for spec in config.models.values()],
        lambda: compiled_graph(config),
        lambda: check_prompts(config.settings.prompts, config.settings.constitution),
        lambda: seeds_of(config),
        lambda: _paths(config),
    ):
        try:
            check()
        except ProofsetError as error:
            found.append(f"config {file}: {error}")
    return found


def _paths(config: RunConfig) -> None:
    settings = config.settings
    for name, paths in (
        ("against", config.against),
        ("anchor", config.anchor),
        ("settings.evaluation_sets", settings.evaluation_sets),
        ("settings.corpus", settings.corpus),
    ):
        for path in paths:
            if not Path(path).exists():
                raise UsageError(f"{name}: {path} is not there; paths are seen from where you run")


class _Line(NamedTuple):
    """One value as YAML, where it came from, and what it stands over."""

    text: str
    place: str
    value: Any
    source: str
    note: str = ""


def _lines(config: RunConfig, told: Told) -> Iterator[_Line]:
    for name, value in config.model_dump(mode="json").items():
        if name not in ("models", "agents", "settings", "budget", "prices") or not value:
            yield _line(told, (name,), value, "")
            continue
        inner = [_line(told, (name, key), one, "  ") for key, one in value.items()]
        yield _Line(f"{name}:", name, None, "")
        yield from inner


def _line(told: Told, place: tuple[str, ...], value: Any, indent: str) -> _Line:
    hidden = told.hidden.get(place)
    note = f"over {_yaml(hidden[1])} of {hidden[0]}" if hidden else ""
    return _Line(
        f"{indent}{_yaml(place[-1])}: {_yaml(value)}", ".".join(place), value, told.source(place), note
    )


def _yaml(value: Any) -> str:
    import yaml

    shown: str = yaml.safe_dump(value, default_flow_style=True, width=1_000_000, allow_unicode=True)
    return shown.removesuffix("\n").removesuffix("\n...")


def _environment(config: RunConfig) -> Iterator[str]:
    """What the environment gives; secrets come from there alone, and are not shown."""
    from .environment import variables

    for one in variables(config):
        yield f"{one.name} is {one.shown}" + (f", {one.about}" if one.about else "")
