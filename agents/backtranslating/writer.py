"""The backward model: reads a text and writes the instruction that it would be the answer to.

The paper trains it on seed pairs, and again on what was kept; here these pairs stand in its prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from langgraph.runtime import Runtime

from ...models import Sampling
from ...records import Message, Origin, rng
from ...seeds import SeedInstruction
from ..asking import ask, refuse_malformed
from ..backtranslation_task import BACKTRANSLATION, FunctionDraft, is_function, problem_for, segment_of
from ..context import Bench, Context, bench_of
from ..instruction_task import InstructionDraft
from ..judging.example import mark_of
from ..prompts import load_prompt
from ..state import State, afresh, attempt_of
from ..task import Task

_LEAST_SHOWN = 80
"""Characters of a seed's output that is shown: a label or a number says nothing of its instruction."""


@dataclass(frozen=True, slots=True)
class Backtranslator:
    """Writes instructions; sampled as in the paper: temperature 0.7, top_p 0.9 (arXiv 2308.06259).

    Attributes:
        functions: the prompt where the text is a function in Python.
    """

    task: Task[Any] = BACKTRANSLATION
    role: str = "proposer"
    prompt: str = "backtranslate"
    functions: str = "backtranslate_code"
    sampling: Sampling = Sampling(temperature=0.7, top_p=0.9, max_tokens=300)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)
        load_prompt(self.functions)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        segment = segment_of(state)
        origin = Origin(topic=segment.kind, source=segment.source)
        if is_function(state):
            asked = await ask(
                bench,
                state,
                role=self.role,
                prompt=self.functions,
                values={"code": segment.text, "mark": mark_of(segment.text)},
                form=FunctionDraft,
                sampling=self.sampling,
            )
            if asked.value is None:
                return refuse_malformed(state, stage=self.role, asked=asked, origin=origin)
            return {**afresh(problem_for(asked.value, segment.text, origin)), "verdict": None, **asked.told}
        shots, shown = self._shots(bench, state)
        origin = origin.model_copy(update={"exemplars": shown})
        told = await ask(
            bench,
            state,
            role=self.role,
            prompt=self.prompt,
            values=_values(segment.text, segment.source.heading, bench.context.corpus_tag),
            shots=shots,
            form=InstructionDraft,
            sampling=self.sampling,
        )
        if told.value is None:
            return refuse_malformed(state, stage=self.role, asked=told, origin=origin)
        return {**afresh(told.value.proposal(origin)), "verdict": None, **told.told}

    def _shots(self, bench: Bench, state: State) -> tuple[list[Message], tuple[str, ...]]:
        """Seed pairs, then kept ones, as turns of the chat; each says by its tag of which kind it is."""
        settings, random = (
            bench.context,
            rng(state.get("seed", 0), state.get("slot", 0), attempt_of(state), self.role),
        )
        prompt = load_prompt(self.prompt, settings.prompts)
        seeds = _shown_seeds(
            self.task.seeds_in(bench.services.seeds), settings.backtranslation_exemplars, random
        )
        pairs = [(one.id, one.instruction, one.instances[0].output, settings.seed_tag) for one in seeds]
        pairs += [(one.id, one.text, one.output, settings.corpus_tag) for one in state.get("shown", ())]
        shots: list[Message] = []
        for _, instruction, output, tag in pairs:
            *_, question = prompt.render(**_values(output, "", tag))
            reply = InstructionDraft.model_construct(instruction=instruction).model_dump_json()
            shots += [question, Message(role="assistant", content=reply)]
        return shots, tuple(name for name, *_ in pairs)


def _values(text: str, heading: str, tag: str) -> dict[str, str]:
    return {"text": text, "heading": heading or "(none)", "style": tag, "mark": mark_of(text, heading)}


def _shown_seeds(seeds: tuple[SeedInstruction, ...], count: int, random: Random) -> list[SeedInstruction]:
    """Pairs without an input, for a text of the corpus has none; the longer ones where there are enough."""
    plain = [seed for seed in seeds if not seed.instances[0].input and not seed.is_classification]
    longer = [seed for seed in plain if len(seed.instances[0].output) >= _LEAST_SHOWN]
    fit = longer if len(longer) >= count else plain
    return random.sample(fit, min(count, len(fit)))
