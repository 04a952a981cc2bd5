"""`proofset graphs` and `proofset graphs show NAME`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .named import GRAPH

if TYPE_CHECKING:
    from ..graphs import Graph


@click.group("graphs", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the graphs, or show one. Those of installed packages are listed, and not loaded."""
    if ctx.invoked_subcommand is not None:
        return
    from ..graphs import GRAPHS, graph_plugins

    for graph in GRAPHS.values():
        click.echo(f"{graph.name:<20} {graph.summary}")
    for graph in graph_plugins():
        click.echo(f"{graph.name:<20} plug-in {graph.summary} ({graph.module}:{graph.builder})")


@command.command("show")
@click.argument("name", type=GRAPH)
@click.option("--prompts", is_flag=True, help="Print the graph's prompts and operators instead.")
def show(name: str, prompts: bool) -> None:
    """Draw the graph NAME as Mermaid, with its inputs and settings."""
    from ..agents import Settings
    from ..graphs import load_graph
    from ..graphs.form import Input

    graph = load_graph(name)
    if prompts:
        _prompts(graph)
        return
    click.echo(graph.about)
    click.echo("\nInput:")
    _fields(Input)
    click.echo("\nSettings (in a config file, under `settings:`):")
    _fields(Settings)
    click.echo("\n" + graph.ready.get_graph().draw_mermaid())


def _prompts(graph: Graph) -> None:
    from ..agents.prompts import file_of
    from ..graphs.prompts import prompts_of

    for file in prompts_of(graph):
        click.echo(f"──── {file}\n{file_of(file)}")


def _fields(form: type) -> None:
    for name, field in form.model_fields.items():  # type: ignore[attr-defined]
        click.echo(f"  {name} = {field.default!r}\n      {field.description}")
