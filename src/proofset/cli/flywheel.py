"""`proofset flywheel`: traffic in, a training set out. A file per command, loaded when it is called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "ingest": ("flywheel_ingest", "Take in logs of traffic, sampled, scrubbed and filtered, each row once."),
    "publish": ("flywheel_publish", "Train on a version, and say who generates and judges next."),
    "status": ("flywheel_status", "Say what was trained, and who generates and judges now."),
    "heldout": ("flywheel_heldout", "Register evaluation sets that no graph may read."),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"..{COMMANDS[name][0]}", __name__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group("flywheel", cls=_Commands)
def command() -> None:
    """Turn production traffic into training data, round after round."""
