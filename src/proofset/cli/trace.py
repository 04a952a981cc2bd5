"""`proofset trace RECORD_ID RUN`: a record's whole history, from the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..release.history import Step


@click.command("trace")
@click.argument("record_id")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per step on standard output.")
def command(record_id: str, run: Path, as_json: bool) -> None:
    """Tell how the record RECORD_ID of RUN came to be: every prompt, answer, rejection and check."""
    from ..release.history import history_of

    for step in history_of(run, record_id):
        if as_json:
            click.echo(json.dumps(step.as_json(), ensure_ascii=False))
        else:
            for line in _lines(step):
                click.echo(line)


def _lines(step: Step) -> Iterator[str]:
    said = step.said
    if step.event == "record":
        record = said["record"]
        line = record["lineage"]
        yield f"{record['id']}: slot {line['slot']} of seed {line['seed']}, kept at attempt {step.attempt}"
        for name in ("instruction", "input", "output"):
            yield from _text(name, record[name])
    elif step.event == "call":
        yield ""
        took = "" if said["seconds"] is None else f", {said['seconds']:.1f} s"
        yield (
            f"attempt {step.attempt}: {said['role']} asks {_plain(said['model'])}, sample {said['sample']}: "
            f"{said['input_tokens']} tokens in, {said['output_tokens']} out{took}"
        )
        for message in said["messages"]:
            yield from _text(str(message.get("role")), str(message.get("content") or ""))
        yield from _text(f"answer ({said['finish_reason']})", said["answer"])
        for call in said["tool_calls"]:
            yield from _text("calls", json.dumps(call, ensure_ascii=False))
    elif step.event == "turned_down":
        yield ""
        why = f"{said['stage']}: {said['code']}: {_plain(said['reason'])}"
        yield f"attempt {step.attempt}: turned down by {why}"
    elif step.event == "solution":
        yield ""
        reason = f": {_plain(said['reason'])}" if said["reason"] else ""
        yield f"solution {said['number']}: {said['decision']}{reason}"
        yield from _text("output", said["output"])
    else:
        yield from _check(said)


def _check(said: dict[str, Any]) -> Iterator[str]:
    detail = _plain(str(said["observed"].get("detail") or ""))
    yield (
        f"  {said['outcome']:<12} {said['check']} ({said['kind']}, by {_plain(said['basis'])}): "
        + _plain(said["claim"])
        + (f"; {detail}" if detail else "")
    )


def _text(name: str, text: str) -> Iterator[str]:
    if text:
        yield f"  {name}:"
        yield from (f"    {_plain(line)}" for line in text.splitlines())


def _plain(text: str) -> str:
    # Models wrote it: nothing that a terminal obeys.
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in " ".join(text.splitlines()))
