"""The solver of Evol-Instruct: answers an instruction in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...models import Reply, Sampling
from ..asking import ask_text, refuse_malformed
from ..context import Context, bench_of
from ..instruction_task import instruction_proposal
from ..prompts import load_prompt
from ..state import Instance, State


@dataclass(frozen=True, slots=True)
class Responder:
    """Writes one response; one that is cut off, or empty, is none."""

    role: str = "solver"
    prompt: str = "respond"
    sampling: Sampling = Sampling(temperature=0.3, max_tokens=1024)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        proposal = instruction_proposal(state)
        asked = await ask_text(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values={"instruction": proposal.problem},
            read=whole_reply,
            sampling=self.sampling,
            sample=state.get("evolutions", 0),
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=proposal)
        return {"instances": (Instance(input="", output=asked.value),), "refusal": None, **asked.told}


def whole_reply(reply: Reply) -> str:
    """The text of a reply. Raises ValueError where it is cut off or empty."""
    if reply.finish_reason == "length":
        raise ValueError("the response was cut off at the length limit")
    if not reply.text.strip():
        raise ValueError("the response is empty")
    return reply.text.strip()
