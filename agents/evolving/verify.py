"""How an evolved instruction's response is verified: rules 2 and 3, then as any instance."""

from __future__ import annotations

from ...records import Verdict
from ..context import Bench
from ..ruling import Ruling
from ..state import State
from ..verify_instruction import verify_instances
from .elimination import apology, empty_response


async def verify_evolved(bench: Bench, state: State) -> Ruling:
    """A rejection by a rule, or what the checks find."""
    response = state["instances"][0].output
    for code, reason in (
        ("apology", apology(response, bench.context.apology_words)),
        ("empty_response", empty_response(response)),
    ):
        if reason:
            return Ruling(Verdict.reject(code, reason))
    return await verify_instances(bench, state)
