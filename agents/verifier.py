"""Verifier: decides by running things whether a proposal is kept. How is the method's own matter:
see `verify_math`, `verify_code`,
`verify_instruction`.

No check trusts what model text asserts about itself: values come from the sandbox and are compared
outside of the programs that gave them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from .context import Bench, Context, bench_of
from .ruling import Ruling
from .state import State, refuse
from .telling import tell_new
from .verify_math import verify_math


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies a proposal with its independent solutions.

    Attributes:
        prompts: what `verify` asks by.
    """

    role: str = "verifier"
    verify: Callable[[Bench, State], Awaitable[Ruling]] = verify_math
    prompts: tuple[str, ...] = ()

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        ruling = await self.verify(await bench_of(runtime), state)
        verdict = ruling.verdict
        if verdict is None:
            # None of an attempt before either.
            return {"verdict": None, "refusal": None, **ruling.found}
        tell_new(runtime, state, self.role, verdict)
        if verdict.accepted:
            return {"verdict": verdict, "refusal": None, **ruling.found}
        return refuse(
            state,
            stage=self.role,
            code=verdict.code,
            reason=verdict.reason,
            candidate=state["proposal"],
            verdict=verdict,
            **ruling.found,
        )
