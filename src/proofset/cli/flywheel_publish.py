"""`proofset flywheel publish VERSION_DIR`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.command("publish")
@click.argument("version", metavar="VERSION_DIR", type=click.Path(path_type=Path))
@click.option("--command", "command_", metavar="CMD", help="Who trains: a program and its arguments.")
@click.option("--webhook", metavar="URL", help="Who is told to train: https, or http on this machine.")
@click.option("--model", metavar="SPEC", help="What came of it, where the one who trains does not say.")
@click.option(
    "--pairs",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Preference pairs that go with it. May be given again.",
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["generator", "judge", "none"]),
    default=("generator",),
    show_default=True,
    help="Where the new model is to serve, if the stronger-model guard lets it. May be given again.",
)
@click.option(
    "--target-model", "target", metavar="NAME", help="What the next round trains. Default: as in the mix."
)
@click.option("--tiers", metavar="FILE", help="YAML of `part of a model's name: billions of parameters`.")
@click.option(
    "--loop",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Of the ledger. Default: beside the version.",
)
@click.option("--again", is_flag=True, help="Publish a version that was published before.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, min_open=True),
    default=86_400.0,
    show_default=True,
    metavar="SECONDS",
    help="Longest time for the command.",
)
@click.option(
    "--webhook-secret-env",
    "secret_variable",
    default="PROOFSET_WEBHOOK_SECRET",
    show_default=True,
    metavar="NAME",
    help="Environment variable with the key of the webhook's signature.",
)
@click.option("--dry-run", is_flag=True, help="Check all of it, say what would happen, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="What came of it as JSON on standard output.")
def command(command_: str | None, roles: tuple[str, ...], dry_run: bool, as_json: bool, **given: Any) -> None:
    """Have a model trained on a version, record it, and say whether it may serve the next round.

    The command finds the version in PROOFSET_VERSION, PROOFSET_SHARDS and PROOFSET_PUBLICATION (JSON), and
    writes {"model": SPEC} to the file that PROOFSET_RESULT names.
    """
    from ..publishing.publish import plan_of, publish
    from ..publishing.request import Request

    wanted = tuple(dict.fromkeys(role for role in roles if role != "none"))
    plan = plan_of(Request(command=command_, roles=wanted, **given))  # type: ignore[arg-type]
    if dry_run:
        for line in plan.would():
            click.echo(line)
        return
    done = publish(plan, tell=lambda line: click.echo(line, err=True))
    if as_json:
        told = {**done._asdict(), "appointments": [one.model_dump() for one in done.appointments]}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if done.model is None:
        click.echo(f"round {done.round}: sent; when it is trained, publish again with --model SPEC")
        return
    click.echo(f"round {done.round}: {done.model}")
    for one in done.appointments:
        click.echo(f"{one.role:<10} {one.model} {'serves' if one.serves else 'does not serve'}: {one.reason}")
    click.echo(f"next       proofset run GRAPH --model loop:{plan.ledger.directory} …")
