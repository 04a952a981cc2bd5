"""Tester: writes tests from the problem's text alone. It sees no solution, and no solver sees its tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ..models import Sampling
from ..tools.programs import fault_of_tests
from .asking import ask, refuse_malformed
from .code_task import TestsReply, code_proposal
from .context import Context, bench_of
from .prompts import load_prompt
from .state import State, refuse


@dataclass(frozen=True, slots=True)
class Tester:
    """Tests programming problems."""

    role: str = "tester"
    prompt: str = "test_code"
    sampling: Sampling = Sampling(temperature=0.2, max_tokens=600)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        proposal = code_proposal(state)
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values=proposal.asked() | {"count": str(bench.context.tests)},
            form=TestsReply,
            sampling=self.sampling,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=proposal)
        tests = tuple(asked.value.tests)
        fault = fault_of_tests(tests, proposal.entry_point)
        if fault:
            return refuse(
                state,
                stage=self.role,
                code="no_tests",
                reason=fault,
                candidate=proposal,
                tests=tests,
                **asked.told,
            )
        return {"tests": tests, "refusal": None, **asked.told}
