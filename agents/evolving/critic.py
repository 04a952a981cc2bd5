"""The critic of Evol-Instruct: does an evolved instruction ask for more, and may a person still ask it?

copies the prompt (rule 4) ─▶ grown too much ─▶ asked: equal (rule 1), realistic, answerable?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime
from pydantic import BaseModel, ConfigDict

from ...models import Sampling
from ..asking import ask, refuse_malformed
from ..context import Context, bench_of
from ..instruction_task import instruction_proposal
from ..judging.example import mark_of
from ..prompts import load_operators, load_prompt
from ..state import State, refuse
from .elimination import copies_prompt


class Compared(BaseModel):
    """What the critic says of an evolved instruction beside its parent."""

    model_config = ConfigDict(extra="forbid", strict=True)

    equal: bool
    realistic: bool
    answerable: bool


@dataclass(frozen=True, slots=True)
class EvolutionCritic:
    """Turns an evolution down by rules 1 and 4 of the elimination, and where it drifts.

    Attributes:
        operators: the sets whose words must not be copied.
    """

    role: str = "critic"
    prompt: str = "compare_instructions"
    operators: tuple[str, ...] = ("instruction_evolutions", "code_evolutions")
    sampling: Sampling = Sampling(temperature=0.0, max_tokens=60)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)
        self._said(None)

    def _said(self, directory: str | None) -> list[str]:
        sets = (load_operators(name, directory) for name in self.operators)
        return [operator.says for operators in sets for operator in operators.values()]

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        proposal = instruction_proposal(state)
        text, parent = proposal.problem, proposal.ancestors[-1]
        grown, most = len(text.split()) - len(parent.split()), bench.context.max_growth
        too_much = f"it has {grown} words more than its parent, at most {most} are wanted"
        for code, reason in (
            ("copies_prompt", copies_prompt(text, parent, self._said(bench.context.prompts))),
            ("grown_too_much", too_much if grown > most else ""),
        ):
            if reason:
                return refuse(state, stage=self.role, code=code, reason=reason, candidate=proposal)
        asked = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={"parent": parent, "instruction": text, "mark": mark_of(parent, text)},
            form=Compared,
            sampling=self.sampling,
            sample=state.get("evolutions", 0),
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=proposal)
        said = asked.value
        for failed, code, reason in (
            (said.equal, "no_gain", "it asks for nothing that its parent did not"),
            (not said.realistic, "unrealistic", "no person would ask this"),
            (not said.answerable, "unanswerable", "it cannot be answered from what it says"),
        ):
            if failed:
                return refuse(
                    state, stage=self.role, code=code, reason=reason, candidate=proposal, **asked.told
                )
        return {"refusal": None, **asked.told}
