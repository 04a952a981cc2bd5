"""`proofset check answers|problems|code IN.jsonl --out OUT.jsonl`: batch verifiers, no model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from pydantic import BaseModel

from .named import sandbox_option

if TYPE_CHECKING:
    from ..tools.checks import BadLine, Ruled, Ruling
    from ..tools.sandbox import Sandbox

RowT = TypeVar("RowT", bound=BaseModel)


@click.group("check")
def command() -> None:
    """Check files of answers, problems or code without a model; each row gets a verdict and its evidence."""


@command.command("answers")
@click.argument("source", metavar="IN.jsonl", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="OUT.jsonl", type=click.Path(path_type=Path), help="New file.")
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row on standard output.")
def answers(source: Path, out: Path, sandbox: str | None, as_json: bool) -> None:
    """Compare given answers with gold ones.

    Rows are {id, problem, gold, answer, type?}; the type is inferred from the gold where it is missing.
    Exit code 1 where a line could not be read.
    """
    from ..tools.checks import AnswerRow, check_answer_rows

    _check(source, out, AnswerRow, check_answer_rows, sandbox, as_json=as_json)


@command.command("problems")
@click.argument("source", metavar="IN.jsonl", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="OUT.jsonl", type=click.Path(path_type=Path), help="New file.")
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row on standard output.")
def problems(source: Path, out: Path, sandbox: str | None, as_json: bool) -> None:
    """Check problems with the answers that their authors claim; no gold answers.

    Rows are {id, problem, claimed_answer, program, peers}: the author's program, and those of independent
    solvers; each prints its answer. Exit code 1 where a line could not be read.
    """
    from ..tools.checks import ProblemRow, check_problem_rows

    _check(source, out, ProblemRow, check_problem_rows, sandbox, as_json=as_json)


@command.command("code")
@click.argument("source", metavar="IN.jsonl", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="OUT.jsonl", type=click.Path(path_type=Path), help="New file.")
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row on standard output.")
def code(source: Path, out: Path, sandbox: str | None, as_json: bool) -> None:
    """Check solutions by their tests and, on new inputs, by other solutions.

    Rows are {id, prompt, entry_point, solution, tests, peers}: asserts on the function, or `candidate`, and
    solutions made without sight of this one. Exit code 1 where a line could not be read.
    """
    from ..tools.checks import CodeRow, check_code_rows

    _check(source, out, CodeRow, check_code_rows, sandbox, as_json=as_json)


def _check(
    source: Path,
    out: Path,
    form: type[RowT],
    check: Callable[[Sequence[RowT], Sandbox], Awaitable[Sequence[Ruling]]],
    sandbox: str | None,
    *,
    as_json: bool,
) -> None:
    from ..records import Decision
    from ..tools.checks import check_file

    report = _Report(source, as_json=as_json)
    totals = asyncio.run(check_file(source, out, form, check, partial(_open, sandbox), report.tell))
    counts = {decision.value: totals.verdicts[decision] for decision in Decision}
    if as_json:
        click.echo(
            json.dumps({"event": "summary", **counts, "unreadable": totals.unreadable, "out": str(out)})
        )
    else:
        shown = ", ".join(f"{count} {decision}" for decision, count in counts.items())
        click.echo(f"{sum(counts.values())} rows: {shown}; in {out}")
    if totals.unreadable:
        raise SystemExit(1)


class _Report:
    """Says what becomes of each line: rulings on request, unreadable lines always."""

    def __init__(self, source: Path, *, as_json: bool) -> None:
        self.source = source
        self.as_json = as_json

    def tell(self, line: Ruled | BadLine) -> None:
        from ..tools.checks import BadLine

        if isinstance(line, BadLine):
            click.echo(
                f"error: {self.source} line {line.number}: {line.reason}; the line is left out", err=True
            )
        elif self.as_json:
            ruling = line.ruling
            said = {
                "event": "ruling",
                "id": ruling.id,
                "verdict": ruling.verdict.value,
                "reason": ruling.reason,
            }
            click.echo(json.dumps(said, ensure_ascii=False))


async def _open(name: str | None) -> Sandbox:
    from ..tools.sandbox import open_sandbox

    return await asyncio.to_thread(open_sandbox, name)
