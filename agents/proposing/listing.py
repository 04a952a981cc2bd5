"""The proposer of Self-Instruct: a list of new tasks after old ones; each attempt takes the next of the list.

a task left of the last list? ──no──▶ ask: 6 of people, 2 of its own, then "9."
          │ yes                                  │
          └────────▶ filters ◀───────────────────┘
                        │ the first that may stay, or a refusal for each that may not
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from langgraph.runtime import Runtime

from ...models import Reply, Sampling
from ...records import Origin, rng
from ..asking import ask_text, refuse_malformed
from ..context import Bench, Context, bench_of
from ..instruction_task import INSTRUCTIONS
from ..prompts import load_prompt
from ..state import InstructionProposal, State, afresh, attempt_of, refuse
from ..task import Task
from .exemplars import draw_shown
from .filters import Rule, fault_of
from .numbered import as_list, items_in


@dataclass(frozen=True, slots=True)
class ListProposer:
    """Proposes instructions; sampled as in Self-Instruct (arXiv 2212.10560).

    Attributes:
        only_classification: the prompt where classification tasks alone are wanted.
    """

    task: Task[Any] = INSTRUCTIONS
    role: str = "proposer"
    prompt: str = "propose_instructions"
    only_classification: str = "propose_classification"
    sampling: Sampling = Sampling(temperature=0.7, top_p=0.5, presence_penalty=2.0, max_tokens=1024)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.prompt)
        load_prompt(self.only_classification)

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)

        async def listed() -> Listing:
            settings, slot = bench.context, state.get("slot", 0)
            key = f"{state.get('seed', 0)} {slot} {attempt_of(state)}"
            seeds = self.task.seeds_in(bench.services.seeds)
            shown = await draw_shown(bench, slot, seeds, key, rng(self.role, key))
            prompt = self.only_classification if settings.classification_only else self.prompt
            origin = Origin(exemplars=tuple(one.id for one in shown))
            return Listing(prompt, [one.instruction for one in shown], settings.new_tasks, origin)

        return await take_next(bench, state, listed, role=self.role, sampling=self.sampling)


class Listing(NamedTuple):
    """A list to ask for: the prompt, what it is shown, how many to write, and where they come from."""

    prompt: str
    shown: Sequence[str]
    most: int
    origin: Origin
    values: Mapping[str, str] = {}


async def take_next(
    bench: Bench,
    state: State,
    listed: Callable[[], Awaitable[Listing]],
    *,
    role: str,
    sampling: Sampling,
    rules: Sequence[Rule] | None = None,
) -> dict[str, Any]:
    """The update with the next of the list as the proposal, or its refusal by a rule; a new list is asked for
    where nothing is left of the last one.
    """
    left, origin = state.get("listed", ()), state.get("listed_from", Origin())
    told: dict[str, Any] = {}
    if not left:
        wanted = await listed()
        origin, first, most = wanted.origin, len(wanted.shown) + 1, wanted.most
        asked = await ask_text(
            bench,
            state,
            role=role,
            prompt=wanted.prompt,
            values={
                "tasks": as_list(wanted.shown),
                "first": str(first),
                "last": str(first + most - 1),
                **wanted.values,
            },
            read=lambda reply: _items(reply, first, most),
            sampling=replace(sampling, stop=(f"\n{first + most}.",)),
        )
        told = asked.told
        if asked.value is None:
            return refuse_malformed(state, stage=role, asked=asked, origin=origin)
        left = asked.value
    proposal = InstructionProposal(problem=left[0], **dict(origin))
    found = {**told, "listed": left[1:], "listed_from": origin}
    fault = fault_of(proposal.problem, bench.context, rules)
    if fault is not None:
        return refuse(state, stage=role, **fault._asdict(), candidate=proposal, **found)
    return {**afresh(proposal), **found}


def _items(reply: Reply, first: int, most: int) -> tuple[str, ...]:
    if reply.finish_reason == "length":
        # As in the paper's code: nobody knows which of its items are whole.
        raise ValueError("the list was cut off at the length limit")
    items = items_in(reply.text, first, most)
    if not items:
        raise ValueError("there is no item in the list")
    return items
