"""Wrong programs: one change to a right one, which gives another value on a call that its tests make."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random
from typing import NamedTuple

from ...tools.programs.asserts import read_asserts
from ...tools.programs.expressions import Inexpressible
from ...tools.programs.mutants import mutants_of
from ...tools.programs.variants import kills_of
from ...tools.sandbox import Sandbox
from .fingerprints import of_code
from .wrong import MUTANTS, Wrong


class Coded(NamedTuple):
    """A right program.

    Attributes:
        suite: asserts that it passes.
    """

    program: str
    entry_point: str
    suite: tuple[str, ...]


async def wrong_code(right: Coded, random: Random, sandbox: Sandbox) -> AsyncIterator[Wrong[Coded]]:
    """Its mutants, as far as they are known to be wrong; none where its tests are no asserts."""
    asserts = read_asserts("\n".join(right.suite), right.entry_point)
    if not right.entry_point or isinstance(asserts, Inexpressible):
        return
    mutants = mutants_of(right.program, limit=MUTANTS, seed=random.randrange(2**31))
    killed = await kills_of(
        right.program, [m.source for m in mutants], asserts.calls, right.entry_point, sandbox
    )
    for mutant, places in zip(mutants, killed, strict=True):
        if places:
            told, made = f"{mutant.operator} in line {mutant.line}", right._replace(program=mutant.source)
            yield Wrong("mutant", told, of_code(mutant.source), made)
