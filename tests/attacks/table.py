"""The table of attacks: what each is, and which layers stop it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from proofset.tools.sandbox import Job, Limits, Result

from . import inside
from .inside import Attempt

Program = Callable[[], Attempt]
Judge = Callable[[Result, Limits], Attempt]
Tier = Literal["A", "B"]

FRESH = "fresh process"
"""No switch: a job is a process of its own, with nothing open and nothing left of another job."""
WATCH = "supervisor"
"""No switch: who started the job reads its clock, cuts its output and ends all of it."""
UNSWITCHABLE = frozenset({FRESH, WATCH})

LIMITS = Limits(cpu_s=2.0, wall_s=6.0)


@dataclass(frozen=True, slots=True)
class Attack:
    """One attempt on the host or on another job.

    Attributes:
        name: of the program, e.g. `tcp`.
        kind: of the module it stands in, e.g. `network`.
        reaches: what counts as reached, in one line.
        stopped_by: each of these stops it alone, in tier A: a layer, or two that it takes both, as `a+b`.
        stopped_in_b: the same for tier B, where a layer is not the same: no fork, nothing writable.
        program: runs inside and says what it found.
        before: the program of a job that ran earlier in the same sandbox.
        beside: the program of a job that runs at the same time.
        judge: says from the job's Result what was reached, where the program cannot.
        alone: no other attack runs meanwhile.
        victim: the host has a process for it to attack.
        canary: where it is reached, the host sees that too.
    """

    name: str
    kind: str
    reaches: str
    stopped_by: frozenset[str]
    stopped_in_b: frozenset[str]
    program: Program
    before: Program | None = None
    beside: Program | None = None
    judge: Judge | None = None
    limits: Limits = LIMITS
    alone: bool = False
    victim: bool = False
    canary: bool = False

    def stoppers(self, tier: Tier) -> frozenset[str]:
        return self.stopped_by if tier == "A" else self.stopped_in_b

    def is_stopped(self, tier: Tier, layers: Set[str]) -> bool:
        """Whether one of its stoppers is among the layers that are on, or one that has no switch."""
        on = layers | UNSWITCHABLE
        return any(set(stopper.split("+")) <= on for stopper in self.stoppers(tier))


ATTACKS: dict[str, Attack] = {}


def attack(
    *stopped_by: str,
    stopped_in_b: tuple[str, ...] | None = None,
    **options: Any,
) -> Callable[[Program], Program]:
    """Enter a program into the table under its own name. Its docstring's first line is `reaches`."""

    def enter(program: Program) -> Program:
        name = program.__name__
        if name in ATTACKS:
            raise ValueError(f"two attacks are called {name}")
        ATTACKS[name] = Attack(
            name=name,
            kind=program.__module__.rpartition(".")[2],
            reaches=(inspect.getdoc(program) or "").splitlines()[0],
            stopped_by=frozenset(map(str, stopped_by)),
            stopped_in_b=frozenset(map(str, stopped_by if stopped_in_b is None else stopped_in_b)),
            program=program,
            **options,
        )
        return program

    return enter


def source_of(program: Program, facts: Mapping[str, Any]) -> str:
    """The text of a program that stands alone: the prelude, what the host planted, and the attack."""
    text = inspect.getsource(program)
    return "\n".join(
        (
            _PRELUDE,
            f"CANARY.update(json.loads({json.dumps(dict(facts))!r}))",
            text[text.index("def ") :],
            f"run({program.__name__})",
        )
    )


def job_of(entry: Attack, program: Program, facts: Mapping[str, Any]) -> Job:
    return Job(source_of(program, facts), limits=entry.limits)


_PRELUDE = Path(inside.__file__).read_text(encoding="utf-8")
