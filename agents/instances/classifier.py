"""Classifier: is an instruction a classification task? Its instances are then made label first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...models import Reply, Sampling
from ..asking import ask_text, refuse_malformed
from ..context import Context, bench_of
from ..instruction_task import instruction_proposal
from ..prompts import load_prompt
from ..state import State


@dataclass(frozen=True, slots=True)
class Classifier:
    """Asks by few examples, 3 tokens at temperature 0 (Self-Instruct, arXiv 2212.10560).

    A reply that is neither yes nor no decides nothing: it is a refusal, never a silent "no".
    """

    role: str = "classifier"
    prompt: str = "classify_task"
    sampling: Sampling = Sampling(temperature=0.0, max_tokens=3)

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
            values=proposal.asked(),
            read=_yes_or_no,
            sampling=self.sampling,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=proposal)
        decided = proposal.model_copy(update={"is_classification": asked.value})
        return {"proposal": decided, "refusal": None, **asked.told}


def _yes_or_no(reply: Reply) -> bool:
    word = reply.text.strip().partition("\n")[0].strip(" .,!*\"'").lower()
    if word not in ("yes", "no"):
        raise ValueError(f"it is neither yes nor no: {reply.text.strip()[:40]!r}")
    return word == "yes"
