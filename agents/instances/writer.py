"""The solver of Self-Instruct: makes instances of an instruction, label first for classification tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ...models import Reply, Sampling
from ..asking import ask_text, refuse_malformed
from ..context import Context, bench_of
from ..instruction_task import instruction_proposal
from ..prompts import load_prompt
from ..state import Instance, State, refuse
from .filters import filter_instances
from .reading import input_first, label_first


@dataclass(frozen=True, slots=True)
class InstanceWriter:
    """Writes instances: temperature 0, presence penalty 1.5, 300 tokens label first, 350 input first
    (Self-Instruct, arXiv 2212.10560).
    """

    role: str = "solver"
    input_first: str = "instances_input_first"
    label_first: str = "instances_output_first"
    sampling: Sampling = Sampling(temperature=0.0, presence_penalty=1.5, max_tokens=350)
    label_sampling: Sampling = Sampling(temperature=0.0, presence_penalty=1.5, max_tokens=300)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.input_first)
        load_prompt(self.label_first)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        proposal = instruction_proposal(state)
        by_label = proposal.is_classification
        asked = await ask_text(
            bench,
            state,
            role=self.role,
            prompt=self.label_first if by_label else self.input_first,
            values=proposal.asked(),
            read=_labelled if by_label else _worked,
            sampling=self.label_sampling if by_label else self.sampling,
        )
        if asked.value is None:
            return refuse_malformed(state, stage=self.role, asked=asked, candidate=proposal)
        kept, dropped = filter_instances(asked.value, bench.context.instances)
        labels = {instance.output.casefold() for instance in asked.value}
        code = reason = ""
        if not kept:
            code, reason = dropped[0].code, dropped[0].reason
        elif by_label and len(labels) < 2:
            # Not of the paper: what was taken for a classification task by mistake shows itself here.
            code, reason = "one_label", f"all inputs have the label {min(labels)[:60]!r}: this sorts nothing"
        if code:
            return refuse(state, stage=self.role, code=code, reason=reason, candidate=proposal, **asked.told)
        return {"instances": kept, "refusal": None, **asked.told}


def _labelled(reply: Reply) -> tuple[Instance, ...]:
    return label_first(reply.text, cut=reply.finish_reason == "length")


def _worked(reply: Reply) -> tuple[Instance, ...]:
    return input_first(reply.text, cut=reply.finish_reason == "length")
