"""`proofset flywheel …`: the steps that close the loop, each in a file of its own."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click


class Step(NamedTuple):
    """Where a command lives and its line in the help, so that the help loads none of them."""

    module: str
    summary: str


STEPS = {
    "publish": Step("flywheel_publish", "Train on a version, and say who generates and judges next."),
    "status": Step("flywheel_status", "Say what was trained, and who generates and judges now."),
    "heldout": Step("flywheel_heldout", "Register evaluation sets that no graph may read."),
}


class _Steps(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(STEPS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        step = STEPS.get(name)
        if step is None:
            return None
        command: click.Command = import_module(f".{step.module}", __package__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, step.summary) for name, step in STEPS.items()])


@click.group("flywheel", cls=_Steps)
def command() -> None:
    """Traffic in, people decide, a mixed training set out, a model trained: and again."""
