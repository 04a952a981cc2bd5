"""Self-Instruct's filters on the instances of one instruction, each named by the code it drops with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..state import Instance


class Dropped(NamedTuple):
    """One instance that is not used, and why."""

    instance: Instance
    code: str
    reason: str


class Filtered(NamedTuple):
    """What is left, and what is not."""

    kept: tuple[Instance, ...]
    dropped: tuple[Dropped, ...]


def filter_instances(instances: Sequence[Instance], most: int) -> Filtered:
    """The paper's rules: those on one instance first, then copies, then inputs with several outputs.

    `most` instances are kept, the first ones.
    """
    kept: list[Instance] = []
    dropped: list[Dropped] = []
    for instance in instances:
        code, reason = fault_in(instance)
        if not code and instance in kept:
            code, reason = "duplicate_instance", "the same input and output stand there before"
        if code:
            dropped.append(Dropped(instance, code, reason))
        else:
            kept.append(instance)
    given = [instance.input for instance in kept if instance.input]
    if len(set(given)) < len(given):
        twice = next(text for text in given if given.count(text) > 1)
        reason = f"one input has different outputs: {twice[:60]!r}"
        dropped += [Dropped(instance, "same_input_other_output", reason) for instance in kept]
        kept = []
    dropped += [Dropped(one, "too_many_instances", f"more than {most} instances") for one in kept[most:]]
    return Filtered(tuple(kept[:most]), tuple(dropped))


def fault_in(instance: Instance) -> tuple[str, str]:
    """Code and reason of what is wrong with one instance; empty where nothing is."""
    if not instance.output.strip():
        return "empty_output", "the output is empty"
    if instance.input == instance.output:
        return "output_is_input", "the output repeats the input"
    for name, text in instance:
        if text.rstrip().endswith(":"):
            return "ends_in_colon", f"the {name} ends in a colon, as what is cut off does"
    return "", ""
