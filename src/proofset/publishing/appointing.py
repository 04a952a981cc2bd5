"""Appointments: where the new model may serve, by the stronger-model guard.

A generator must be larger than the model that the next round trains, unless all that was generated is proved:
then a check vouches for it, whoever wrote it. A judge must be larger in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..loop import Appointment, Standing
from ..loop.entries import LoopRole
from ..mixing.guard import Guard, Ruling

NO_TARGET = "no_target"


class Bench(NamedTuple):
    """What appointments are made by.

    Attributes:
        guard: None where nothing says which model is trained next.
        all_proved: whether all generated rows of the version are.
    """

    guard: Guard | None
    all_proved: bool


def appointments(
    model: str, roles: Sequence[LoopRole], bench: Bench, before: Standing
) -> tuple[Appointment, ...]:
    """Those of the new model; and, where the target has grown, those of who served until now."""
    made = [appointment(model, role, bench) for role in roles]
    taken = {one.role for one in made if one.serves}
    incumbents: dict[LoopRole, str] = {}
    if before.generator is not None and before.generator.why.startswith("round "):
        incumbents["generator"] = before.generator.model
    if before.judge is not None:
        incumbents["judge"] = before.judge.model
    for role, incumbent in incumbents.items():
        if role not in taken and incumbent != model:
            again = appointment(incumbent, role, bench)
            made += [again] if again.ruling == Ruling.WEAKER and not again.serves else []
    return tuple(made)


def appointment(model: str, role: LoopRole, bench: Bench) -> Appointment:
    """Whether a model may serve in a role."""

    def ruled(serves: bool, ruling: str, reason: str) -> Appointment:
        return Appointment(role=role, model=model, serves=serves, ruling=ruling, reason=reason)

    if bench.guard is None:
        return ruled(False, NO_TARGET, "nothing says which model is trained next; give --target-model NAME")
    target, ruling = bench.guard.target, bench.guard.of_model(model)
    if ruling is Ruling.STRONGER:
        return ruled(True, ruling, f"it is larger than {target}")
    if role == "generator" and bench.all_proved:
        return ruled(True, Ruling.PROVED, "all that was generated is proved, whoever wrote it")
    if ruling is Ruling.UNKNOWN:
        return ruled(False, ruling, f"nothing says how large {model} is; --tiers FILE would say")
    return ruled(False, ruling, f"it is no larger than {target}, the model that the next round trains")
