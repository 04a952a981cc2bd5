"""Consensus on graded answers of real models: how wrong it is, how often it speaks, how honest it is.

Rows are {id, problem, solutions: [{model, solution, answer, is_correct}]}; the grades are never fitted to.
Accuracies are fitted from agreement alone, on other rows than the ones that are estimated.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from shares import shown

from proofset.errors import UsageError
from proofset.records import Decision
from proofset.tools.checks import false_calculations
from proofset.tools.consensus import Ballot, Consensus, Prior, Tally, Vote, decide, fit, tally
from proofset.tools.sandbox import Sandbox, open_sandbox

FOLDS, SEEDS = 5, 10
BINS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
"""Upper ends of the reliability table's bins."""


@dataclass(frozen=True, slots=True)
class Graded:
    ballot: Ballot
    right: tuple[bool, ...]
    """Of each vote."""


class Judged(NamedTuple):
    """One consensus, and whether its answer is right."""

    reached: Consensus
    right: bool


def read_graded(path: Path) -> list[Graded]:
    """Raises UsageError: the file cannot be read, or a row lacks a field."""
    rows: list[Graded] = []
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            votes = tuple(
                Vote(str(each["answer"] or ""), each["model"], each["solution"]) for each in row["solutions"]
            )
            right = tuple(each["is_correct"] is True for each in row["solutions"])
            rows.append(Graded(Ballot(votes, row["problem"]), right))
    except OSError as error:
        raise UsageError(f"{path}: cannot read it ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} line {len(rows) + 1}: {error!r}; rows need problem and solutions with model, solution, "
            "answer, is_correct"
        ) from error
    return rows


async def without_false(rows: Sequence[Graded], sandbox: Sandbox) -> list[Graded]:
    """The rows without the solutions that write out a false calculation."""
    votes = [vote for row in rows for vote in row.ballot.votes]
    false = iter(await false_calculations(votes, sandbox))
    return [_only(row, [k for k in range(len(row.right)) if not next(false)]) for row in rows]


def _only(row: Graded, places: Iterable[int]) -> Graded:
    kept = list(places)
    ballot = row.ballot._replace(votes=tuple(row.ballot.votes[k] for k in kept))
    return Graded(ballot, tuple(row.right[k] for k in kept))


def judged(rows: Sequence[Graded], tallies: Sequence[Tally], prior: Prior) -> list[Judged]:
    found = []
    for row, counted in zip(rows, tallies, strict=True):
        reached = decide(counted, prior)
        chosen = [group for group in reached.groups if group.answer == reached.answer]
        found.append(Judged(reached, bool(chosen) and any(row.right[k] for k in chosen[0].members)))
    return found


def across_folds(rows: Sequence[Graded], tallies: Sequence[Tally], seed: int) -> list[Judged]:
    """Each row by accuracies that were fitted to the rows of the other folds."""
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    found: list[Judged] = []
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        prior = fit(tallies[k] for k in set(order) - set(held))
        found += judged([rows[k] for k in held], [tallies[k] for k in held], prior)
    return found


def line(name: str, found: Sequence[Judged]) -> str:
    """Yield, wrong share and mean estimate of the accepted."""
    accepted = [each for each in found if each.reached.decision is Decision.ACCEPT]
    wrong = sum(not each.right for each in accepted)
    cells = [name, shown(len(accepted), len(found)), shown(wrong, len(accepted)), *_honesty(accepted, wrong)]
    return f"| {' | '.join(cells)} |"


def _honesty(found: Sequence[Judged], wrong: int) -> tuple[str, str]:
    """The mean estimate, and how far it is from the truth, both in percent."""
    if not found:
        return "–", "–"
    mean = sum(each.reached.p_wrong for each in found) / len(found)
    return f"{100 * mean:.1f}", f"{100 * (mean - wrong / len(found)):+.1f}"


def reliability(found: Sequence[Judged]) -> list[str]:
    """Estimate against truth in bins, of every answer that two voters and more give, accepted or not."""
    spoken = [each for each in found if len(each.reached.bases) > 1]
    lines = ["| estimate | answers | of them wrong | mean estimate, % | off, points |", "|---|" + "--:|" * 4]
    for low, high in zip((-1.0, *BINS), BINS, strict=False):
        inside = [each for each in spoken if low < each.reached.p_wrong <= high]
        wrong = sum(not each.right for each in inside)
        cells = [f"to {high:g}", str(len(inside)), shown(wrong, len(inside)), *_honesty(inside, wrong)]
        lines += [f"| {' | '.join(cells)} |"] if inside else []
    return lines


def unanimous(rows: Sequence[Graded], tallies: Sequence[Tally]) -> list[str]:
    """Where voters agree without dissent: the defaults' estimate against the truth, by how many they are."""
    alike: dict[int, list[Judged]] = {}
    for each in judged(rows, tallies, Prior()):
        if len(each.reached.groups) == 1:
            alike.setdefault(len(each.reached.groups[0].members), []).append(each)
    lines = []
    for size, found in sorted(alike.items()):
        wrong = sum(not each.right for each in found)
        lines.append(f"| {size} | {shown(wrong, len(found))} | {' | '.join(_honesty(found, wrong))} |")
    return lines


def subsets(rows: Sequence[Graded], size: int) -> dict[str, list[Graded]]:
    """The rows with the votes of some voters only, for each choice of so many."""
    voters = sorted({vote.basis for row in rows for vote in row.ballot.votes})
    return {
        ", ".join(chosen): [
            _only(row, [k for k, vote in enumerate(row.ballot.votes) if vote.basis in chosen]) for row in rows
        ]
        for chosen in combinations(voters, size)
    }


_HEAD = [
    "| votes | accepted | of them wrong | mean estimate, % | off, points |",
    "|---|" + "--:|" * 4,
]


async def measured(path: Path) -> str:
    rows = read_graded(path)
    sandbox = await asyncio.to_thread(open_sandbox)
    try:
        sound = await without_false(rows, sandbox)
        counted = [await tally([row.ballot for row in each], sandbox) for each in (rows, sound)]
        parts = [(name, part) for size in (2, 3) for name, part in subsets(rows, size).items()]
        of_parts = [await tally([row.ballot for row in part], sandbox) for _, part in parts]
    finally:
        await sandbox.close()
    whole = list(_HEAD)
    for name, each, tallies in zip(("all", "true calculations only"), (rows, sound), counted, strict=True):
        folds = [across_folds(each, tallies, seed) for seed in range(SEEDS)]
        pooled = [found for fold in folds for found in fold]
        whole += [
            line(f"{name}; fitted to the batch itself", judged(each, tallies, fit(tallies))),
            line(f"{name}; fitted to other folds, {SEEDS} seeds pooled", pooled),
            line(f"{name}; defaults", judged(each, tallies, Prior())),
        ]
    some = list(_HEAD)
    agreed = ["| agree, no dissent | of them wrong | mean estimate, % | off, points |", "|---|" + "--:|" * 3]
    for size in (2, 3):
        chosen = [
            (part, tallies)
            for (name, part), tallies in zip(parts, of_parts, strict=True)
            if name.count(",") == size - 1
        ]
        pooled_rows = [row for part, _ in chosen for row in part]
        agreed += unanimous(pooled_rows, [each for _, tallies in chosen for each in tallies])[-1:]
    agreed += unanimous(rows, counted[0])[-1:]
    some += [
        line(f"{name}; fitted", judged(part, tallies, fit(tallies)))
        for (name, part), tallies in zip(parts, of_parts, strict=True)
    ]
    return "\n\n".join(
        "\n".join(lines) for lines in (whole, some, agreed, reliability(across_folds(rows, counted[0], 0)))
    )


def tables(path: Path) -> str:
    """What is accepted, by subsets of voters, by unanimity, and the reliability of every estimate."""
    return asyncio.run(measured(path))
