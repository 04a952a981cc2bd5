"""The command line: one small file per verb, loaded when it is called."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from typing import Any, NamedTuple

import click

from .. import __version__
from ..errors import ProofsetError


class Verb(NamedTuple):
    """Where a command lives and its line in the help, so that the help loads none of them."""

    module: str
    summary: str


VERBS = {
    "run": Verb("run", "Run a graph and keep what verifies."),
    "resume": Verb("resume", "Go on with a run that was stopped or killed."),
    "estimate": Verb("estimate", "Say what a run would take, from a few of its slots."),
    "report": Verb("report", "Say what a run yielded, by operator, topic, seed and model."),
    "check": Verb("check", "Check files of answers or problems without a model."),
    "audit": Verb("audit", "Put known-wrong candidates before the verifiers, without a model."),
    "export": Verb("export", "Write records in the format of a trainer, with their evidence."),
    "verify": Verb("verify", "Check every row of a run or an export again, without a model."),
    "trace": Verb("trace", "Tell a record's whole history: every prompt, answer and check."),
    "review": Verb("review", "Let people accept, edit or reject what a run kept, in a browser."),
    "decontaminate": Verb("decontaminate", "Drop rows that hold text of evaluation sets."),
    "dedup": Verb("dedup", "Keep the first of each group of near-twins."),
    "collapse": Verb("collapse", "Say whether generated texts lost the breadth of human ones."),
    "mix": Verb("mix", "Mix human and synthetic rows into a version of a training set."),
    "flywheel": Verb("flywheel", "Turn production traffic into training data, round after round."),
    "graphs": Verb("graphs", "List the graphs, or draw one."),
    "studio": Verb("studio", "Serve the graphs to LangGraph Studio, on this machine."),
    "models": Verb("models", "List and fetch the embedded models."),
    "doctor": Verb("doctor", "Say what works on this machine and what to install."),
}


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        verb = VERBS.get(name)
        if verb is None:
            return None
        command: click.Command = import_module(f".{verb.module}", __name__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="proofset")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Training data that carries its proof: agents propose and solve, only what verifies is kept."""


def main(args: list[str] | None = None) -> None:
    """The entry point. Errors that a user can mend are one line, with exit code 1 or 2."""
    arguments = sys.argv[1:] if args is None else args
    debug = "--debug" in arguments
    try:
        cli.main(_global_options_first(arguments), prog_name="proofset", standalone_mode=True)
    except ProofsetError as error:
        if debug:
            traceback.print_exc()
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    except Exception as error:
        if debug:
            raise
        click.echo(
            f"error: {type(error).__name__}: {error} (a defect in proofset; --debug shows where)", err=True
        )
        raise SystemExit(1) from error


def _global_options_first(arguments: list[str]) -> list[str]:
    # `--debug` works wherever it stands.
    rest: list[Any] = [argument for argument in arguments if argument != "--debug"]
    return ["--debug", *rest] if len(rest) < len(arguments) else rest
