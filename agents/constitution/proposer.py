"""The proposer of Constitutional AI: a prompt of a red team, or an ordinary one, as the slot has it.

slot ─▶ ordinary or red team? ─▶ given: the next of the seeds, as it is
                              ─▶ written: a list of new ones in a category, after seeds of that category
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from langgraph.runtime import Runtime

from ...models import Sampling
from ...records import RED_TEAM, Origin, rng
from ...seeds import SeedPrompt, load_seed_prompts
from ..constitution_task import CONSTITUTIONAL
from ..context import Bench, Context, bench_of
from ..evolving.parent import lap_order
from ..prompts import load_prompt
from ..proposer import draw_exemplars
from ..proposing.filters import punctuation_first, too_long, too_short
from ..proposing.listing import Listing, take_next
from ..state import InstructionProposal, State, afresh, attempt_of
from ..task import Task

HELPFUL = "helpful"
"""The first operator of what began with an ordinary prompt."""
_FILTERS = (too_short, too_long, punctuation_first)
_STRIDE = 7919
"""From one given prompt of a slot to its next: far away, so that it is not the next slot's."""
_KNOWN_ALREADY = ("not_new", "contaminated")


def is_helpful(slot: int, share: float) -> bool:
    """Whether the slot takes an ordinary prompt; spread evenly, so that every run has the share."""
    return _helpful_before(slot + 1, share) > _helpful_before(slot, share)


def _helpful_before(slots: int, share: float) -> int:
    # A share such as 0.4 is no binary fraction: five slots of it are two all the same.
    return int(slots * share + 1e-9)


@dataclass(frozen=True, slots=True)
class PromptProposer:
    """Takes prompts, or has a model write them after a few, as the paper does with most of its red team's
    (arXiv 2212.08073).
    """

    task: Task[SeedPrompt] = CONSTITUTIONAL
    role: str = "proposer"
    red_team: str = "propose_red_team"
    helpful: str = "propose_helpful"
    sampling: Sampling = Sampling(temperature=0.7, top_p=0.9, presence_penalty=0.5, max_tokens=700)

    def __post_init__(self) -> None:
        # Now, not inside the event loop; and a prompt that is not there is told when the graph is built.
        load_prompt(self.red_team)
        load_prompt(self.helpful)
        _built_in()

    async def __call__(self, state: State, runtime: Runtime[Context]) -> dict[str, Any]:
        bench = await bench_of(runtime)
        settings, slot = bench.context, state.get("slot", 0)
        helpful = is_helpful(slot, settings.helpful_share)
        seeds = self._seeds(bench, helpful)
        ordinary = _helpful_before(slot, settings.helpful_share)
        turn = ordinary if helpful else slot - ordinary
        begun: dict[str, Any] = {
            "versions": (),
            "finding": None,
            "critiques": 0,
            "clean": 0,
            "traces": (),
            "scores": {},
        }
        if settings.takes_prompts:
            return {**self._given(state, seeds, turn, helpful), **begun}

        async def listed() -> Listing:
            attempt = attempt_of(state)
            named = () if helpful else settings.topics
            topics = named or sorted({seed.category for seed in seeds})
            topic = topics[(turn + attempt - 1) % len(topics)]
            random = rng(state.get("seed", 0), slot, attempt, self.role)
            shown = draw_exemplars(seeds, topic, settings.exemplars, random)
            ids = tuple(seed.id for seed in shown)
            origin = Origin(topic=topic, operators=(_kind(helpful),), exemplars=ids)
            prompt = self.helpful if helpful else self.red_team
            texts = [seed.prompt for seed in shown]
            return Listing(prompt, texts, settings.new_prompts, origin, {"category": topic})

        taken = await take_next(bench, state, listed, role=self.role, sampling=self.sampling, rules=_FILTERS)
        return {**taken, **begun}

    def _seeds(self, bench: Bench, helpful: bool) -> Sequence[SeedPrompt]:
        """Those of the slot's kind; the built-in ones where a user's file has none of it."""
        mine = [seed for seed in self.task.seeds_in(bench.services.seeds) if seed.helpful is helpful]
        return mine or [seed for seed in _built_in() if seed.helpful is helpful]

    def _given(self, state: State, seeds: Sequence[SeedPrompt], turn: int, helpful: bool) -> dict[str, Any]:
        """Every prompt once, in an order that the run's seed draws, before one is taken again. A slot keeps
        to its prompt through all attempts, unless it is known already.
        """
        known = sum(rejection.code in _KNOWN_ALREADY for rejection in state.get("rejections", ()))
        lap, place = divmod(turn + _STRIDE * known, len(seeds))
        order = lap_order(state.get("seed", 0), f"{self.role} {_kind(helpful)}", lap, len(seeds))
        seed = seeds[order[place]]
        origin = Origin(topic=seed.category, operators=(_kind(helpful),), parent=seed.id)
        return afresh(InstructionProposal(problem=seed.prompt, **dict(origin)))


def _kind(helpful: bool) -> str:
    return HELPFUL if helpful else RED_TEAM


@cache
def _built_in() -> tuple[SeedPrompt, ...]:
    return load_seed_prompts()
