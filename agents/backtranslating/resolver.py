"""The solver of backtranslation: solves an instruction anew where the result can be compared with the text.

a function              ─▶ several solvers write it from the problem alone
a text with an answer   ─▶ one answer in words
any other text          ─▶ nothing is asked
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...models import Sampling
from ...tools.instructions import stated_answer
from ..asking import ask_text, refuse_malformed
from ..backtranslation_task import is_function, segment_of
from ..code_task import PLAINLY, STRAIGHT
from ..context import Context, bench_of
from ..evolving.respond import whole_reply
from ..prompts import load_prompt
from ..solver import Solver
from ..state import Solution, State

_SOLVING = Sampling(temperature=0.8, max_tokens=700)
"""Warm, so that solutions differ: copies of one program are one witness."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Solves what was made for a text, without sight of the text.

    Attributes:
        functions: solves problems whose answer is a function.
        prompt: asks for an answer in words.
    """

    role: str = "solver"
    functions: Solver = Solver(styles=(STRAIGHT, PLAINLY), samples=4, sampling=_SOLVING)
    prompt: str = "respond"
    sampling: Sampling = Sampling(temperature=0.0, max_tokens=700)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        if is_function(state):
            return await self.functions(state, runtime)
        if not stated_answer(segment_of(state).text):
            return {"solutions": (), "refusal": None}
        bench = await bench_of(runtime)
        asked = await ask_text(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={"instruction": state["proposal"].problem},
            read=whole_reply,
            sampling=self.sampling,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=state["proposal"])
        basis = bench.services.models.spec(self.role)
        solved = Solution(style="reasoning", sample=0, basis=basis, reasoning=asked.value)
        return {"solutions": (solved,), "refusal": None, **asked.told}
